"""What is asked of a confirmation: which networks, how many seeds, on which images they are trained."""

from __future__ import annotations

from dataclasses import dataclass

from spaces.errors import ConfigError

SEEDS = 3  # of every network where nothing is said: our choice, the fewest that tell a spread from luck
MOST = 100  # seeds of a network; from 500 on they would be those of searches with the next run.seed
AS_SEARCHED, WITH_VAL, RESPLIT = "as searched", "with validation", "resplit"
DIVISIONS = {
    AS_SEARCHED: "on train",
    WITH_VAL: "on train and validation",
    RESPLIT: "on train, drawn anew from train and validation with each seed",
}
"""What networks are trained on, in words."""

FLAGS = {WITH_VAL: "--with-val", RESPLIT: "--resplit"}


@dataclass(frozen=True)
class Request:
    """What the command line says.

    Args:
        numbers: of trials; none for all that were delivered.
        best: so many by expected hypervolume, in place of these; None for all of them.
        seeds: of every network.
        budget: trainings of networks in all; those beyond ``seeds`` of each go where they decide most; None for
            no more.
        division: what they are trained on, a key of ``DIVISIONS``.

    Raises:
        ConfigError: with every value that is not allowed.
    """

    numbers: tuple[int, ...] = ()
    best: int | None = None
    seeds: int = SEEDS
    budget: int | None = None
    division: str = AS_SEARCHED

    def __post_init__(self) -> None:
        given = {"--best": self.best, "--seeds": self.seeds, "--budget": self.budget}
        problems = [
            f"{name} {value}: want a whole number of at least 1"
            for name, value in given.items()
            if value is not None and value < 1
        ]
        if self.seeds > MOST:
            problems.append(f"--seeds {self.seeds}: want at most {MOST}, for intervals shrink with the root of it")
        if self.numbers and self.best is not None:
            problems.append("--trials and --best: each says which networks; give one of them")
        if problems:
            raise ConfigError(problems)

    def spell(self) -> str:
        """The flags of `search.confirm` that ask for it.

        >>> Request((3, 7), seeds=5, division=WITH_VAL).spell()
        '--trials 3 7 --seeds 5 --with-val'
        """
        words = ["--trials", *map(str, self.numbers)] if self.numbers else []
        words += ["--best", str(self.best)] if self.best is not None else []
        words += ["--seeds", str(self.seeds)]
        words += ["--budget", str(self.budget)] if self.budget is not None else []
        words += [FLAGS[self.division]] if self.division in FLAGS else []
        return " ".join(words)
