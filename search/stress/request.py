"""What is asked about the networks of a run: which of them, on which images, under which conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spaces.errors import ConfigError
from trainers.data.splits.arrays import SPLITS
from trainers.robustness.corruptions.catalogue import FAMILIES, find_corruptions
from trainers.robustness.corruptions.corruption import Corruption

JUDGED = SPLITS[1:]


@dataclass(frozen=True)
class Request:
    """What the command line says.

    Args:
        numbers: of trials; none for all that the run has delivered.
        split: "val" or "test".
        images: how many of its first images; None for all.
        corruptions: names of corruptions or families, or "none".
        attacks: names of attacks, or "none"; None for the usual ones, which depend on the run's tasks.
        seed: of what corruptions and attacks draw.
        device: such as "cpu" or "cuda"; None for a GPU where there is one.

    Raises:
        ConfigError: with every value that is not allowed.
    """

    numbers: tuple[int, ...] = ()
    split: str = "test"
    images: int | None = None
    corruptions: Sequence[str] = FAMILIES
    attacks: Sequence[str] | None = None
    seed: int = 0
    device: str | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.split not in JUDGED:
            problems.append(f"--split {self.split}: want {' or '.join(JUDGED)}; networks were trained on train")
        if self.images is not None and self.images < 1:
            problems.append(
                f"--images {self.images}: want a whole number of at least 1, or leave it out for all images"
            )
        if self.seed < 0:
            problems.append(f"--seed {self.seed}: want a whole number of at least 0")
        try:
            find_corruptions(self.corruptions)
        except ConfigError as error:
            problems += error.problems
        if problems:
            raise ConfigError(problems)

    @property
    def chosen(self) -> tuple[Corruption, ...]:
        """The corruptions that are meant."""
        return find_corruptions(self.corruptions)
