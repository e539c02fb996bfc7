"""How long a rival trains beside a method that starts from trained networks.

It may take all the epochs that the method took, or those of one training: whichever did better on the validation
split, at the learning rate that did best for as many epochs as one training has. Once trainings have converged more
epochs can cost points, and a rival is not bound to lose them. Our choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from experiments.papers.comparison.contestants import choose_best
from experiments.papers.comparison.measured import Measured, measure
from search.config.settings import Settings
from search.study.replicates import Entrant
from trainers.recipe import stretch_recipe


def list_lengths(rivals: Mapping[str, Entrant], epochs: float, settings: Settings) -> dict[str, dict[str, Entrant]]:
    """Rivals with the epochs of one training and with as many as a method took; by rival, then by try.

    Args:
        rivals: by name.
        epochs: that the method took, those of networks that it started from among them.
        settings: whose recipe has the epochs of one training.
    """
    usual = settings.trainer
    lengths = dict.fromkeys((usual.epochs, max(usual.epochs, round(epochs))))
    return {
        name: {
            f"{name}, {length} epochs": replace(each, recipe=stretch_recipe(each.recipe or usual, length))
            for length in lengths
        }
        for name, each in rivals.items()
    }


def choose_lengths(
    tries: Mapping[str, Mapping[str, Entrant]], settings: Settings, seeds: Sequence[int], say: Callable[[str], None]
) -> tuple[dict[str, Entrant], Measured | None]:
    """Each rival with the length that did best on the validation split, and what was measured: None of one length."""
    everything = {name: each for some in tries.values() for name, each in some.items()}
    if len(everything) == len(tries):
        return {name: next(iter(some.values())) for name, some in tries.items()}, None
    measured = measure(settings, everything, seeds, say, "val")
    deltas = measured.average()
    return {name: some[choose_best(list(some), deltas)] for name, some in tries.items()}, measured
