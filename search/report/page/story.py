"""What a search has found, in two sentences with numbers, and what these numbers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.jobs.trial import FAILED, PRUNED, Trial
from search.picking.choose import Aim, choose_knee
from search.problem.objectives import BEFOREHAND, DELTA_MTL, MACS, MAXIMISE, WORST_DELTA, Objective, format_value
from search.report.page.shown_values import Shown, choose_shown, format_shown
from search.study.fronts.front import FrontView
from search.study.fronts.single_tasks import SingleTask
from spaces.common.formatting import format_count

HOLDING = (
    "What +- tells of a delta has the error of that mean in it, which moves all networks alike; of what is not "
    "confirmed +- holds for this search's validation images, and search.confirm measures what fresh seeds show on test "
    "images."
)
MEANING = "delta_mtl is the mean change of the main tasks' headline metrics"


def find_first(view: FrontView) -> int | None:
    """The trial that is shown first: the knee of what is delivered, else of the front, else the first one."""
    values = _list_believed(view)
    if not values:
        return view.trials[0].number if view.trials else None
    return choose_knee(values, [Aim(each.name, each.direction == MAXIMISE) for each in view.objectives]).number


def _list_believed(view: FrontView) -> dict[int, dict[str, float]]:
    """What is believed of the objectives of what is delivered, else of the front, by number."""
    members = {each.number for each in view.finals} or view.members
    return {
        trial.number: {
            **trial.objectives,
            **{name: shown.value for name, shown in choose_shown(view, trial).items()},
        }
        for trial in view.trials
        if trial.number in members
    }


def _name_first(number: int, values: Mapping[int, Mapping[str, float]], objectives: Sequence[Objective]) -> str:
    """What the first is called: a trade-off lies between networks that are better in one thing and worse in others."""
    if len(values) == 1:
        return "The best network"
    for each in objectives:
        known = [row[each.name] for row in values.values() if each.name in row]
        best = max(known) if each.direction == MAXIMISE else min(known)
        if values[number].get(each.name) == best:
            return f"Best in {each.name}"
    return "The best trade-off"


def tell_story(view: FrontView) -> list[str]:
    """Two sentences: the best of what is delivered, else of the front, and its range; nothing without a front."""
    if not view.front:
        return []
    number = find_first(view)
    known = {trial.number: (trial, choose_shown(view, trial)) for trial in view.trials}
    knee, shown = known[number]  # type: ignore[index]  # there is a front, so there is a first
    numbers = _list_numbers(view.objectives, knee, shown)
    if any(each in (DELTA_MTL, WORST_DELTA) for each in view.objectives):
        numbers += " against single-task networks"
    basis = next((f" ({each.basis})" for each in shown.values()), "")
    cost = f", at {format_count(knee.macs)} multiply-accumulates an image"
    if view.separate:
        share = f"{100 * knee.macs / view.separate:.0f} % of"
        cost += f", {share} the {format_count(view.separate)} of {len(view.singles)} separate networks"
    values = _list_believed(view)
    first = f"{_name_first(knee.number, values, view.objectives)} is trial {number}: {numbers}{basis}{cost}."
    if len(values) == 1:
        return [first, _dismiss(len(view.trials) - 1, "is delivered" if view.finals else "is on the front")]
    members = sorted((known[each] for each in values), key=lambda pair: (pair[0].macs, pair[0].number))
    low, high = (_tell_end(view.objectives, *end, basis) for end in (members[0], members[-1]))
    those = "Delivered are" if view.finals else "The front has"
    return [first, f"{those} {len(values)} of {len(view.trials)} trials, from {low} to {high}."]


def _tell_end(objectives: Sequence[Objective], trial: Trial, shown: Mapping[str, Shown], basis: str) -> str:
    """An end of the range; what its numbers rest on is said where it is not what the first's do."""
    own = next((each.basis for each in shown.values()), "")
    other = f", {own.partition(',')[0]}" if own and f" ({own})" != basis else ""
    return f"{_list_numbers(objectives, trial, shown)} at {format_count(trial.macs)} (trial {trial.number}{other})"


def _dismiss(others: int, what: str) -> str:
    if others > 1:
        return f"None of the other {others} trials {what}."
    return f"The other trial {what.replace('is ', 'is not ', 1)}." if others else "There is no other trial."


def _list_numbers(objectives: Sequence[Objective], trial: Trial, shown: Mapping[str, Shown]) -> str:
    words = []
    for each in objectives:
        if each.name in shown:
            name = "" if each == DELTA_MTL else f"{each.name} "
            words.append(f"{name}{format_shown(each, shown[each.name])}")
        elif each in BEFOREHAND and each != MACS:
            words.append(f"{each.name} {format_value(each, trial.objectives[each.name])}")
    return ", ".join(words) or "the cheapest of its kind"


def explain_numbers(singles: Sequence[SingleTask]) -> str:
    """What delta_mtl is, of these tasks; empty where single-task networks are not known."""
    if not singles:
        return ""
    main = ", ".join(f"{each.task} {each.metric}" for each in singles if each.main) or "none"
    many = max(each.networks for each in singles)
    return (
        f"{MEANING} ({main}) against networks of one task alone, trained here too; positive is better, and "
        f"0 is the mean of {many} of them a task. {HOLDING}"
    )


def summarise(view: FrontView) -> str:
    """What was sought, and how the trials ended."""
    if not view.trials:
        return "No trial has finished."
    if not view.front:
        return "No front: no trial has completed. The table tells why each one failed."
    failed, stopped = (sum(trial.status == status for trial in view.trials) for status in (FAILED, PRUNED))
    names = ", ".join(objective.name for objective in view.objectives)
    counts = {"stopped early": stopped, "failed": failed}
    note = "".join(f", {count} {what}" for what, count in counts.items() if count)
    trials = f"{len(view.trials)} trial" + "s" * (len(view.trials) > 1)
    return f"Pareto front of {names}: {len(view.front)} of {trials}{note}."
