"""How a search spends its epochs: on a supernet, on trials, on the final training of what is delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.config.sections import Final, Supernet
from spaces.errors import ConfigError

if TYPE_CHECKING:
    from search.samplers.sampler import Sampler

TRIALS = 14  # patterns that a search trains where nothing is said: our choice, so that every space takes minutes
DELIVERED = 3  # networks that are trained to the end of a large budget: our choice, four held less in a single try
FEWER = 2  # where three would get fewer than so many times a trial's epochs each: better with 40, 88 and 120 in all
TWICE, FOURFOLD = 2, 4  # the last of networks that are trained one after the other: our choice
USUAL = 11  # trainings' worth of epochs, of a supernet and what is delivered on its weights, where nothing is said
SHARED = 0.6  # of a budget for the supernet: our choice, by one seed of `experiments.benchmarks.delivered`
CHAINED = 0.25  # likewise where what is delivered is trained one after the other: our choice, by two of its seeds
SEARCHED = 0.5  # of a budget for trials that are trained on at the end; with a supernet, of what that leaves


@dataclass(frozen=True)
class EpochSplit:
    """Epochs by what they are for.

    Args:
        supernet: of the one training of all patterns; 0 for none.
        trials: patterns to train, earlier starts counted.
        trial: epochs of each.
        members: networks that are trained to the end after the trials; 0 for none.
        final: epochs of each.
        delivers: whether trials are final trainings themselves.
    """

    supernet: int
    trials: int
    trial: int
    members: int
    final: int
    delivers: bool

    @property
    def total(self) -> int:
        """All of them, single-task networks apart."""
        return self.supernet + self.trials * self.trial + self.members * self.final

    def describe(self) -> str:
        """In words, such as "supernet 53 + 2 networks x 17 = 87 epochs"."""
        what = "networks" if self.delivers else "trials"
        parts = [f"supernet {self.supernet}"] if self.supernet else []
        parts.append(f"{self.trials} {what} x {self.trial}")
        if self.members:
            parts.append(f"{self.members} final trainings x {self.final}")
        return f"{' + '.join(parts)} = {self.total} epochs"


def split_epochs(
    trials: int | None,
    budget: int | None,
    epochs: int,
    sampler: Sampler,
    supernet: Supernet,
    final: Final,
    available: Callable[[int], int] = lambda wanted: wanted,
) -> EpochSplit:
    """What every part gets.

    Args:
        trials: as they were given, or None.
        budget: epochs in all, or None.
        epochs: of a trial's training, as the recipe has them.
        sampler: of the search.
        supernet: section of the configuration.
        final: section of the configuration.
        available: how many patterns there are where so many are wanted; a budget is split among these.

    Raises:
        ConfigError: the budget leaves nothing for a part, or a final training is shorter than a trial's.
    """
    _refuse_idle(sampler, supernet, final, budget)
    members = final.members or DELIVERED
    if final.epochs is not None and final.epochs < epochs and not sampler.delivers:
        raise ConfigError(
            f"final.epochs={final.epochs}: a trial has {epochs} already (trainer.epochs); give at least as many, or "
            "leave it out"
        )
    if budget is not None:
        _refuse_doubles(supernet, final, sampler)
        return _split_budget(trials, budget, epochs, sampler, members, available)
    usual = _share_supernet(sampler, USUAL * epochs)
    shared = supernet.epochs or usual if sampler.uses_supernet else 0
    if sampler.delivers:
        count = trials or FEWER
        own = final.epochs or _share(final.budget, shared, count) or (USUAL * epochs - usual) // FEWER
        return EpochSplit(shared, count, own, 0, 0, delivers=True)
    count = trials or TRIALS
    own = final.epochs or _share(final.budget, shared + count * epochs, members)
    if 0 < own < epochs:
        raise ConfigError(
            f"final.budget={final.budget:g}: {own} epochs for each of {members} networks, and a trial has {epochs} "
            "already (trainer.epochs); give a larger share, or fewer final.members"
        )
    return EpochSplit(shared, count, epochs, members if own else 0, own, delivers=False)


def _share_supernet(sampler: Sampler, budget: int) -> int:
    """Epochs of the supernet."""
    return round((CHAINED if sampler.chained else SHARED) * budget) if sampler.uses_supernet else 0


def _share(share: float | None, spent: int, members: int) -> int:
    """Epochs of each final training that takes a share of all epochs; 0 where none is given."""
    if share is None:
        return 0
    own = int(share / (1.0 - share) * spent / members + 1e-9)  # 0.6 of all beside 40 is 60, not 59.99...
    if own < 1:
        raise ConfigError(
            f"final.budget={share:g}: beside {spent} epochs that is less than one for each of {members} networks; "
            "give a larger share, or final.epochs=N"
        )
    return own


def _refuse_idle(sampler: Sampler, supernet: Supernet, final: Final, budget: int | None) -> None:
    """Settings that nothing would come of."""
    ends = final.epochs is not None or final.budget is not None or budget is not None
    given = {"final.members": final.members, "final.start": None if final.start == "auto" else final.start}
    idle = [f"{name}={value}" for name, value in given.items() if value is not None]
    if idle and not ends and not sampler.delivers:
        raise ConfigError(
            f"{' and '.join(idle)}: no network is trained to the end; give final.epochs=N, final.budget=SHARE or "
            "budget=EPOCHS too, or leave it out"
        )
    if supernet.epochs is not None and not sampler.uses_supernet:
        raise ConfigError(
            f"supernet.epochs={supernet.epochs}: this sampler rests on no supernet; take sampler=oneshot or "
            "sampler.prior=supernet, or leave it out"
        )
    if final.start == "supernet" and not sampler.uses_supernet:
        raise ConfigError(
            "final.start=supernet: this sampler rests on no supernet; take final.start=auto, sampler=oneshot or "
            "sampler.prior=supernet"
        )
    if sampler.delivers and (final.members is not None or final.start not in ("auto", "supernet")):
        raise ConfigError(
            "final.members and final.start: with sampler=oneshot trials are final trainings on the supernet's weights; "
            "trials=N says how many, or take another sampler"
        )


def _refuse_doubles(supernet: Supernet, final: Final, sampler: Sampler) -> None:
    given = {"final.epochs": final.epochs, "final.budget": final.budget}
    if sampler.uses_supernet:
        given["supernet.epochs"] = supernet.epochs
    doubled = [f"{name}={value}" for name, value in given.items() if value is not None]
    if doubled:
        raise ConfigError(
            f"budget and {', '.join(doubled)}: a budget is split by itself; leave it out and say every part, or leave "
            "these out"
        )


def _split_budget(
    trials: int | None,
    budget: int,
    epochs: int,
    sampler: Sampler,
    members: int,
    available: Callable[[int], int],
) -> EpochSplit:
    shared = _share_supernet(sampler, budget)
    left = budget - shared
    if sampler.delivers:
        long = (FOURFOLD if sampler.chained else TWICE) * epochs
        count = available(trials or (DELIVERED if left >= DELIVERED * long else FEWER))
        split = EpochSplit(shared, count, left // count, 0, 0, delivers=True)
        least = split.supernet and split.trial
    else:
        count = available(trials or int(SEARCHED * left / epochs))
        members = min(members, count) or members
        own = max(0, left - count * epochs) // members
        split = EpochSplit(shared, count, epochs, members, own, delivers=False)
        least = (split.supernet or not sampler.uses_supernet) and split.trials and split.final >= epochs
    if not least:
        none = "supernet 0 + " if sampler.uses_supernet and not split.supernet else ""
        raise ConfigError(
            f"budget={budget}: leaves too little for a part ({none}{split.describe()}); give more epochs, or fewer "
            "trials" + ("" if split.delivers else "; a final training has at least the trainer.epochs of a trial")
        )
    return split
