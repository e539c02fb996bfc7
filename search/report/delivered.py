"""What a search delivers and how its supernet ranked, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from search.jobs.trial import Trial
from search.problem.objectives import BEFOREHAND, Objective, format_spread, volume_units
from search.study.fronts.final_files import Final, choose_ended
from search.study.fronts.final_trainings import SUPERNET
from search.study.fronts.front import FrontView, compute_volume
from spaces.common.formatting import format_count, format_macs
from spaces.drawing.one_line import describe_in_line

NO_EPOCHS: Mapping[int, int] = MappingProxyType({})
FEWEST = 4  # trials of which a rank correlation has an interval


def describe_delivered(delivered: Sequence[Trial], view: FrontView) -> list[str]:
    """The networks that were trained to the end, a line each, with what their trials had shown; then the ranking."""
    searched = {trial.number: trial for trial in view.trials}
    volume = format_count(compute_volume(delivered, view.objectives, view.reference))
    units = volume_units(view.objectives)
    many = "1 network" if len(delivered) == 1 else f"{len(delivered)} networks"
    lines = [f"Delivered, trained to the end: {many}, in front/ and finals.csv; hypervolume {volume} [{units}]."]
    for final in delivered:
        told = [objective for objective in view.objectives if objective not in BEFOREHAND]
        spreads = view.final_spreads.get(final.number, {})
        values = ", ".join(f"{o.name} {_format_known(o, final, spreads)}" for o in told)
        before = searched.get(final.number)
        shown = ", ".join(_format_known(o, before, view.spreads[final.number]) for o in told) if before else "?"
        lines.append(
            f"trial {final.number}: {values} after {_count_epochs(final.epochs)} of its own (its trial: {shown}), "
            f"{format_macs(final.macs)}, {describe_in_line(final.pattern)}"
        )
    return [*lines, *describe_ranking(view)]


def _format_known(objective: Objective, trial: Trial, spreads: Mapping[str, float]) -> str:
    """What its training has shown, in no more digits than are known of it."""
    return format_spread(objective, trial.objectives[objective.name], spreads.get(objective.name, math.nan))


def count_before(trials: Iterable[Trial]) -> dict[int, int]:
    """Epochs of the trials that each one went on from, by its number."""
    every = {trial.number: trial for trial in trials}
    spent: dict[int, int] = {}
    for number, trial in sorted(every.items()):  # whoever is followed comes before
        earlier = None if trial.follows is None else every.get(trial.follows)
        spent[number] = earlier.epochs + spent[earlier.number] if earlier else 0
    return spent


def explain_reference(
    members: Sequence[Trial], trials: Sequence[Trial], finals: Sequence[Final], reference: int, shared: int
) -> str:
    """As `describe_reference`, of a run's trials and trainings to the end."""
    before = {number: (each.start, each.before) for number, each in choose_ended(finals).items()}
    return describe_reference(members, reference, before, shared, count_before(trials))


def describe_reference(
    members: Sequence[Trial],
    reference: int,
    before: Mapping[int, tuple[str, int]],
    shared: int,
    followed: Mapping[int, int] = NO_EPOCHS,
) -> str:
    """What deltas of networks are against, where these had more epochs than the single-task ones; else empty.

    Args:
        members: that are delivered.
        reference: epochs of the single-task networks; 0 if not known.
        before: of those that were trained to the end, by number: whose weights they began on, and epochs of these.
        shared: epochs of the supernet whose weights trials start on; 0 where they start from nothing.
        followed: epochs of the trials that each one went on from, by number.
    """
    if not reference or not members:
        return ""
    starts = {trial.number: before.get(trial.number, (SUPERNET, shared)) for trial in members}
    totals = {each.number: each.epochs + starts[each.number][1] + followed.get(each.number, 0) for each in members}
    longest = max(members, key=lambda trial: totals[trial.number])
    start, earlier = starts[longest.number]
    if not start:  # of an earlier version, which did not say what it began on
        return ""
    total = totals[longest.number]
    if total <= reference:
        return ""
    parts = [f"{_count_epochs(longest.epochs)} of its own"]
    if earlier:
        parts.append(f"{earlier} {'that all patterns shared' if start == SUPERNET else 'of its trial'}")
    if gone := followed.get(longest.number, 0):
        parts.append(f"{gone} of those that it went on from")
    told = " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)
    up_to = "up to " if len(set(totals.values())) > 1 else ""
    return (
        f"Deltas are against single-task networks of {_count_epochs(reference)}; each of these networks had {up_to}"
        f"{told}. baselines.epochs={total} compares them with single-task "
        "networks of as many, in a run of another run.name."
    )


def _count_epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


def describe_ranking(view: FrontView) -> list[str]:
    """How well a supernet's estimates ranked the trials so far, beside MACs alone; nothing without estimates."""
    lines = []
    for objective in view.objectives:
        sound = [t for t in view.trials if t.complete and math.isfinite(t.estimates.get(objective.name, math.nan))]
        if objective in BEFOREHAND or len(sound) < FEWEST:
            continue
        measured = np.array([trial.objectives[objective.name] for trial in sound])
        estimated = np.array([trial.estimates[objective.name] for trial in sound])
        costs = np.array([trial.macs for trial in sound], dtype=float)
        rank, low, high = correlate_ranks(estimated, measured)
        alone = correlate_ranks(costs, measured)[0]
        told = f"a correlation of {rank:.2f} ({low:.2f} to {high:.2f})" if math.isfinite(rank) else "no correlation"
        cost = f"{alone:.2f}" if math.isfinite(alone) else "none"
        what = f"The supernet's estimates of {objective.name} rank {len(sound)} trials"
        lines.append(f"{what} with {told}, MACs alone with {cost}.")
    return lines


def correlate_ranks(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Spearman's correlation and its 95 % interval, by Fisher's transformation (Bonett & Wright 2000); NaN for ties."""
    from scipy.stats import spearmanr  # scipy.stats: 0.5 s, for a report with estimates alone

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return math.nan, math.nan, math.nan
    rank = float(spearmanr(one, other).statistic)
    bounded = min(max(rank, -0.999999), 0.999999)
    error = 1.96 * math.sqrt((1 + bounded**2 / 2) / (len(one) - 3))
    centre = math.atanh(bounded)
    return rank, math.tanh(centre - error), math.tanh(centre + error)
