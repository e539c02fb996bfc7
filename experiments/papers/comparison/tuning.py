"""Contestants with the learning rate that does best for each: tried with the same seeds on the validation split."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from experiments.papers.comparison.contestants import change_rate, choose_best, list_tries
from experiments.papers.comparison.measured import Measured, measure
from search.config.settings import Settings
from search.study.replicates import Entrant

FIRST_TRIED = 5000  # seed of the tries, apart from those of searches, landscapes and judges


def read_rates(text: str) -> tuple[float, ...]:
    """Shares of the usual learning rate, as an argument says them.

    Raises:
        argparse.ArgumentTypeError: fewer than two, the same twice, or one that is not above 0.
    """
    try:
        rates = tuple(map(float, text.split(",")))
    except ValueError:
        rates = ()
    if len(rates) < 2 or len(set(rates)) < len(rates) or any(not 0 < rate < math.inf for rate in rates):
        raise argparse.ArgumentTypeError(f"{text}: want two or more different numbers above 0, such as 1,2,4")
    return rates


def find_rates(
    settings: Settings,
    contestants: Mapping[str, Entrant],
    rates: Sequence[float],
    seeds: Sequence[int],
    say: Callable[[str], None],
    others: Mapping[str, Entrant] | None = None,
) -> tuple[Measured, dict[str, float]]:
    """What the tries came to, and by contestant the share that did best.

    Args:
        settings: of the comparison.
        contestants: by name; each is tried with every share.
        rates: shares of the usual learning rate.
        seeds: of a try.
        say: takes the lines of progress.
        others: measured beside, once each, as they are.
    """
    tries = list_tries(contestants, settings.trainer, rates)
    everything = {**(others or {}), **{name: each for some in tries.values() for name, each in some.items()}}
    measured = measure(settings, everything, seeds, say, "val")
    deltas = measured.average()
    shares = {name: dict(zip(some, rates, strict=True)) for name, some in tries.items()}
    return measured, {name: some[choose_best(list(some), deltas)] for name, some in shares.items()}


def tune(contestants: Mapping[str, Entrant], settings: Settings, rates: Mapping[str, float]) -> dict[str, Entrant]:
    """Contestants with the share of the learning rate that did best for each, the usual one where none was tried."""
    return {
        name: replace(each, recipe=change_rate(each.recipe or settings.trainer, rates.get(name, 1.0)))
        for name, each in contestants.items()
    }


def describe_rates(best: Mapping[str, float], tried: Sequence[float]) -> str:
    """What did best, and where it is at the end of what was tried, so that more might do better still."""
    ends = [name for name, rate in best.items() if rate in (min(tried), max(tried))]
    told = ", ".join(f"{name} x {rate:g}" for name, rate in best.items())
    return f"learning rates: {told}" + (f"; at the end of those tried: {', '.join(ends)}" if ends else "")
