"""How long trainings take to converge: epochs are doubled until nobody gains by it.

The rule: trainings of E epochs have converged if each contestant's mean delta_mtl on the validation split, against the
single-task networks of the shortest trainings, gains less than `FLAT` points by twice the epochs. A learning rate that
falls to nothing makes every validation curve flat at its end, so the curve itself tells nothing. Our choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.config.settings import Settings
from search.study.replicates import Entrant, replicate
from trainers.recipe import stretch_recipe
from trainers.trainer import Trainer

FLAT = 1.0  # points of delta_mtl


@dataclass(frozen=True)
class Course:
    """What was found.

    Args:
        epochs: of trainings that have converged, or the most that were tried.
        gains: points by name of the contestant that the last doubling gained, by its epochs.
    """

    epochs: int
    gains: Mapping[int, Mapping[str, float]]

    @property
    def converged(self) -> bool:
        """Whether they have."""
        return 2 * self.epochs in self.gains

    def describe(self) -> str:
        """In a sentence."""
        if not self.converged:
            last = self.gains.get(self.epochs, {})
            told = f"the last doubling gained up to {max(last.values()):+.1f} points" if last else "none was doubled"
            return f"{self.epochs} epochs, the most that were allowed; {told}, so trainings have not converged."
        return f"{self.epochs} epochs: with twice as many nobody gains {FLAT:g} points, so trainings have converged."


def find_course(
    settings: Settings,
    contestants: Mapping[str, Entrant],
    seeds: Sequence[int],
    most: int,
    say: Callable[[str], None],
) -> Course:
    """Double the epochs until trainings have converged.

    Args:
        settings: whose recipe has the fewest epochs.
        contestants: that must all have.
        seeds: of the trainings.
        most: epochs that a training may have.
        say: hears of the progress.
    """
    epochs, gains = settings.trainer.epochs, {}
    before = _measure(settings, contestants, epochs, seeds, say)
    while 2 * epochs <= most:
        after = _measure(settings, contestants, 2 * epochs, seeds, say)
        gains[2 * epochs] = {name: after[name] - before[name] for name in contestants}
        say(f"{epochs} -> {2 * epochs} epochs: " + ", ".join(f"{n} {g:+.2f}" for n, g in gains[2 * epochs].items()))
        if max(gains[2 * epochs].values()) < FLAT:
            break
        epochs, before = 2 * epochs, after
    return Course(epochs, gains)


def _measure(
    settings: Settings,
    contestants: Mapping[str, Entrant],
    epochs: int,
    seeds: Sequence[int],
    say: Callable[[str], None],
) -> dict[str, float]:
    longer = {name: replace(each, recipe=_stretch(each, settings, epochs)) for name, each in contestants.items()}
    found = replicate(settings, longer, seeds, judged="val", say=say)
    return {name: float(found.metrics["delta_mtl"][row].mean()) for row, name in enumerate(found.names)}


def _stretch(each: Entrant, settings: Settings, epochs: int) -> Trainer:
    return stretch_recipe(each.recipe or settings.trainer, epochs)
