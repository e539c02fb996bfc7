"""The plan of a sweep: its runs, what each would train, and how long that takes; nothing is trained to its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from search.config.problem_statement import state_problem
from search.config.settings import Settings
from search.preview.forecast import Forecast, make_forecast
from search.preview.places import Places, count_places
from search.preview.remaining import Remaining, count_remaining
from search.preview.step_timing import NotTimed
from search.problem.census import Census, take_census
from search.sweeping.record import Record
from search.sweeping.sharing import list_groundwork
from search.sweeping.sweep import Sweep, SweptRun
from spaces.common.formatting import align_columns, format_duration
from spaces.common.terminal import find_room


@dataclass(frozen=True)
class PlannedRun:
    """What is left of one run.

    Args:
        name: of its folder.
        trials: to train.
        baselines: single-task networks to train, those left out that an earlier run of the sweep trains.
        epochs: of all its trainings, confirmations apart.
        seconds: least and most; None where no training could be timed.
    """

    name: str
    trials: int
    baselines: int
    epochs: int
    seconds: tuple[float, float] | None


def plan_runs(sweep: Sweep, record: Record, say: Callable[[str], None]) -> list[PlannedRun]:
    """What is left of every run; steps are timed once for runs that differ in nothing but their seeds.

    Args:
        sweep: checked.
        record: of it.
        say: is told why trainings cannot be timed.

    Raises:
        UserError: no pattern of a space meets the limits, or a sampler cannot serve it.
    """
    claimed: set[str] = set()
    timed: dict[str, Forecast | None] = {}
    counted: dict[str, tuple[Census, Places]] = {}
    planned = []
    for run in sweep.runs:
        if record.has(run):
            planned.append(PlannedRun(run.name, 0, 0, 0, (0.0, 0.0)))
            continue
        kind = json.dumps({**run.settings.plain, "run": None}, sort_keys=True, default=str)
        if kind not in counted:
            counted[kind] = _count(run.settings)
        census, where = counted[kind]
        left = _leave_out(run, _remain(run.settings, census, where), claimed)
        key = f"{kind} {left.trials} {len(left.untrained)} {left.supernet} {left.final} {left.confirming}"
        failed = ""
        if key not in timed:
            timed[key], failed = _time(run.settings, left, census, where)
        if failed:
            say(f"{run.name}: no forecast, for a training that was to be timed failed: {failed}")
            planned.append(_describe(run.settings, left, None, known=False))
            del timed[key]
        else:
            planned.append(_describe(run.settings, left, timed[key], known=True))
    return planned


def format_plan(sweep: Sweep, planned: list[PlannedRun]) -> str:
    """The plan as a table with its sum."""
    rows = [["run", "trials", "baselines", "epochs", "time"]]
    rows += [
        [each.name, str(each.trials), str(each.baselines), str(each.epochs), _span(each.seconds)] for each in planned
    ]
    known = [each.seconds for each in planned if each.seconds is not None]
    seconds = (sum(low for low, _ in known), sum(high for _, high in known)) if len(known) == len(planned) else None
    trials, baselines, epochs = (
        sum(each) for each in zip(*((p.trials, p.baselines, p.epochs) for p in planned), strict=True)
    )
    rows.append(["together", str(trials), str(baselines), str(epochs), _span(seconds)])
    alone = [run.name for run in sweep.runs if run.settings.confirm.seeds]
    lines = [f"{len(planned)} runs in {sweep.folder}, one after the other", "", *align_columns(rows, find_room()), ""]
    lines.append("Single-task networks and supernets that runs share are counted with the first of them.")
    return "\n".join([*lines, *(["Epochs of confirmations are not among these."] if alone else [])])


def _count(settings: Settings) -> tuple[Census, Places]:
    searched = state_problem(settings)
    census = take_census(searched, settings.run.seed)
    settings.sampler.check(searched)
    return census, count_places(settings)


def _remain(settings: Settings, census: Census, where: Places) -> Remaining:
    return count_remaining(settings, census.allowed.patterns if census.exact else None, where.device)


def _leave_out(run: SweptRun, left: Remaining, claimed: set[str]) -> Remaining:
    """The same without what an earlier run trains; what this one trains is claimed."""
    own = list_groundwork(run.settings)
    shared = any(job.members is not None and job.fingerprint in claimed for job in own)
    untrained = tuple(job for job in left.untrained if job.fingerprint not in claimed)
    claimed |= {job.fingerprint for job in own}
    return replace(left, untrained=untrained, supernet=0 if shared else left.supernet)


def _time(settings: Settings, left: Remaining, census: Census, where: Places) -> tuple[Forecast | None, str]:
    try:
        return make_forecast(settings, left, [census.cheapest.pattern, census.costliest.pattern], where), ""
    except NotTimed as error:
        return None, str(error)


def _describe(settings: Settings, left: Remaining, expected: Forecast | None, *, known: bool) -> PlannedRun:
    alone = settings.baselines.epochs or settings.trainer.epochs
    epochs = left.supernet + left.trials * settings.split.trial + left.final + len(left.untrained) * alone
    seconds = (expected.search if expected else (0.0, 0.0)) if known else None
    return PlannedRun(settings.run.name, left.trials, len(left.untrained), epochs, seconds)


def _span(seconds: tuple[float, float] | None) -> str:
    if seconds is None:
        return "not known"
    if not seconds[1]:
        return "nothing left"
    low, high = map(format_duration, seconds)
    return low if low == high else f"{low} to {high}"
