"""How a search stands: what its run folder says at this moment, and what of it is damaged. Nothing is written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from search.confirming.confirmation import PLACE
from search.jobs.heartbeat import Beat, read_beat
from search.jobs.trial import FAILED
from search.standing.confirming import Confirming, estimate_confirming, find_time, list_ended
from search.standing.delivered import (
    Confirmed,
    list_delivered,
    read_confirmed,
    read_finals,
    read_front,
    read_scatter,
)
from search.standing.holder import Holder, find_holder
from search.standing.started import FILE as STARTED_FILE
from search.standing.started import Started, read_started
from search.standing.state import DAMAGED, find_last, find_state, judge_end
from search.standing.time_left import BASELINE, CONFIRMATION, FINAL, SUPERNET, TRIAL, estimate_left, plan_work
from search.study.baselines import read_kept_baselines
from search.study.fronts.final_files import FINALS, Final, choose_ended
from search.study.run_config import read_config
from search.study.run_folder import OWNER, TRIALS
from search.study.supernet_training import KEPT, SUPERNETS
from spaces.common.atomic_files import as_mapping
from spaces.common.formatting import format_list
from spaces.errors import ConfigError, DataError

FRESH = re.compile(r"(trial \d+|alone|anew), seed")  # in the label of a training that confirms


@dataclass(frozen=True)
class Standing:
    """A run at a moment.

    Args:
        path: its folder.
        state: a word of `search.standing.state`.
        holder: the process that works on it, if any.
        since: Unix time in seconds from which on it does; 0 for none, or if that is not known.
        started: what its last start left.
        objectives: names of what is traded off.
        trials: how many ended how, by status.
        wanted: trials that there are to be; None if not known.
        baselines: single-task networks that are there; None where that is not known.
        running: where trainings stand.
        front: its members as the report has them, cheapest first: "number", objectives by name, and best guesses with
            their deviations, where there are some, as "<objective>.guess" and "<objective>.sd".
        finals: networks that were trained to the end.
        earlier: those of them that an earlier start has trained.
        delivered: the front of these, as `list_delivered` has it; empty where the front's trials are delivered.
        confirmed: what fresh seeds show of the networks that are delivered, as `read_confirmed` has it.
        confirming: the confirmation that is at work, or was stopped where nothing runs; None for none.
        fresh: trainings of it that have ended.
        seconds_left: until its end; None where nothing is known or nothing runs.
        last: Unix time in seconds when something ended last; 0 for never.
        problems: what of it is damaged, a sentence each.
    """

    path: Path
    state: str
    holder: Holder | None = None
    since: float = 0.0
    started: Started = field(default_factory=Started)
    objectives: tuple[str, ...] = ()
    trials: Mapping[str, int] | None = None
    wanted: int | None = None
    baselines: int | None = None
    running: tuple[Beat, ...] = ()
    front: tuple[Mapping[str, float], ...] = ()
    finals: int = 0
    earlier: int = 0
    delivered: tuple[Mapping[str, float], ...] = ()
    confirmed: Mapping[int, Mapping[str, Confirmed]] = field(default_factory=dict)
    confirming: Confirming | None = None
    fresh: int = 0
    seconds_left: float | None = None
    last: float = 0.0
    problems: tuple[str, ...] = ()

    @property
    def ended(self) -> int:
        """Trials that have."""
        return sum((self.trials or {}).values())


def read_standing(path: Path) -> Standing:
    """How the run in a folder stands; files that are damaged are told and left out."""
    holder, problems = find_holder(path), list[str]()
    since = find_time(path / OWNER) if holder else 0.0  # a holder has left that file
    try:
        config = read_config(path)
    except (ConfigError, OSError) as error:
        return Standing(path, DAMAGED, holder, problems=(str(error),))
    started, rows = read_started(path), _read_trials(path, problems)
    for name in (KEPT, "confirmed.json", "receipt.json"):
        _read_json(path / name, problems)
    _check_journal(path, problems)
    names = tuple(map(str, config.get("objectives") or ()))
    wanted = started.trainings.get(TRIAL) or config.get("trials")
    running = _list_running(path, since) if holder else ()
    scatter = read_scatter(path, config)
    front = read_front(path / "front.csv", names, scatter, problems)
    _check_front(path, front, problems)
    there, last = _count_baselines(path, started, problems), find_last(path, _list_ends(rows))
    finals = read_finals(path, problems)
    ended, delivered = choose_ended(finals).values(), list_delivered(finals, config, scatter)
    end = judge_end(path, len(rows), wanted, last, started.began)
    state, confirming = find_state(path, since, end, started.began)
    left = None
    if holder and confirming:
        left = estimate_confirming(path, confirming, running, _list_seconds(rows), started.epochs.get(TRIAL, 1.0))
    elif holder and not 0 < find_time(path / STARTED_FILE) < since - 1:  # else what runs is no search
        left = _estimate(path, started, rows, finals, wanted, there, running, len(front))
    return Standing(
        path,
        state,
        holder,
        since,
        started,
        names,
        Counter(str(row.get("status")) for row in rows),
        wanted,
        there,
        running,
        front,
        len(ended),
        sum(each.trial.ended < started.began for each in ended),
        delivered,
        read_confirmed(path, delivered or front, names, problems),
        confirming,
        len(list_ended(path, confirming)) if confirming else 0,
        left,
        last,
        tuple(problems),
    )


def _list_ends(rows: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """When trials ended, by number; without those that do not tell it."""
    found = {row.get("number"): row.get("ended") for row in rows}
    return {n: float(end) for n, end in found.items() if isinstance(n, int) and isinstance(end, (int, float))}


def _read_trials(path: Path, problems: list[str]) -> list[dict[str, Any]]:
    found = [_read_json(each, problems) for each in sorted((path / TRIALS).glob("[0-9]*.json"))]
    return [each for each in found if each is not None]


def _read_json(path: Path, problems: list[str]) -> dict[str, Any] | None:
    """The mapping in a file; None where it is not there, or damaged, which is told."""
    try:
        return as_mapping(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, TypeError, ValueError) as error:
        problems.append(f"{path} cannot be read ({error}); restore it from a copy")
        return None


def _count_baselines(path: Path, started: Started, problems: list[str]) -> int | None:
    """Those that the run keeps; before it has all, those of its last start that lie in the folder for all runs."""
    kept = path / "baselines.json"
    if kept.exists():
        try:
            return len(read_kept_baselines(kept))
        except DataError as error:
            problems.append(str(error))
            return None
    if not started.baselines:
        return None
    found = [(_read_json(path.parent / "baselines" / name, []) or {}).get("outcome") for name in started.baselines]
    return sum(isinstance(each, dict) and not each.get("reason") for each in found)


def _check_front(path: Path, front: Sequence[Mapping[str, float]], problems: list[str]) -> None:
    """The trials of the front have ended, so their files are there."""
    missing = [each["number"] for each in front if not (path / TRIALS / f"{each['number']:04d}.json").exists()]
    if missing:
        problems.append(
            f"{path / TRIALS} lacks the files of trials {format_list(missing)}, which are on the front; restore them "
            "from a copy"
        )


def _check_journal(path: Path, problems: list[str]) -> None:
    """A killed process may leave half a line at the end, which is cut off when the search goes on."""
    journal = path / "study.journal"
    if not journal.exists():
        if any((path / TRIALS).glob("[0-9]*.json")):
            problems.append(f"{journal} is missing, but its trials are there; restore it from a copy")
        return
    lines = journal.read_bytes().split(b"\n")[:-1]
    for number, line in enumerate(lines, start=1):
        if not (line.startswith(b"{") and line.endswith(b"}")):
            problems.append(f"{journal} is damaged in line {number}; restore it from a copy")
            return


def _list_running(path: Path, since: float) -> tuple[Beat, ...]:
    """Where the trainings of this start stand; what lies beside all runs counts from then on."""
    shared = [path.parent / "baselines", path.parent / SUPERNETS]
    folders = [path / ".outcomes", path / FINALS, path / PLACE, *shared]
    files = [file for folder in folders for file in sorted(folder.glob("*.begun"))]
    beats = [read_beat(file) for file in files if file.exists() and file.stat().st_mtime >= since - 1]
    return tuple(beat for beat in beats if beat)


def _estimate(
    path: Path,
    started: Started,
    rows: Sequence[Mapping[str, Any]],
    finals: Sequence[Final],
    wanted: int | None,
    there: int | None,
    running: Sequence[Beat],
    front: int,
) -> float | None:
    """Seconds until the end, as the search itself would tell; single-task networks with fresh seeds count as left."""
    works = plan_work(started, front)
    fresh = [file.stat() for file in (path / PLACE).glob("*.json")]
    works[CONFIRMATION].ended = sum(each.st_mtime >= started.began for each in fresh)
    trained = [each.trial for each in finals if each.trial.ended >= started.began]
    works[FINAL].ended = len(trained)
    works[FINAL].seconds = [each.seconds for each in trained if not each.failed]
    trials = works[TRIAL]
    trials.trainings, trials.ended = wanted or 0, len(rows)
    trials.seconds = _list_seconds(rows)
    works[BASELINE].ended = there or 0
    kinds = [(_find_kind(beat), beat) for beat in running]
    if (path / KEPT).exists() and all(kind != SUPERNET for kind, _ in kinds):  # else it is trained once more
        works[SUPERNET].ended = works[SUPERNET].trainings
    if not trials.trainings:
        return None
    return estimate_left(works, kinds, replace(started, concurrency=started.concurrency or len(running)))


def _list_seconds(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    """Of the trials that did not fail."""
    return [float(row["seconds"]) for row in rows if row.get("status") != FAILED and "seconds" in row]


def _find_kind(beat: Beat) -> str:
    if FRESH.search(beat.label):
        return CONFIRMATION
    return next((kind for kind in (SUPERNET, FINAL, TRIAL) if beat.label.startswith(kind)), BASELINE)
