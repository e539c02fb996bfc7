"""How searches stand, in words for the terminal: one run at length, or all of a folder in a table."""

from __future__ import annotations

import math
import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from search.jobs.trial import COMPLETE, FAILED, PRUNED
from search.problem.objectives import DELTA_MTL, MAXIMISE, WORST_DELTA, Objective, format_interval, format_spread
from search.standing.delivered import KNOWN, Confirmed
from search.standing.standing import Standing
from search.standing.started import Started
from search.standing.state import BEGUN, DAMAGED, FINISHED, STOPPED
from search.standing.time_left import BASELINE, FINAL, describe_left
from spaces.common.formatting import align_columns, format_duration
from spaces.common.interpreter import spell_anew, spell_python

SHOWN = 8  # members of a front at most: our choice; the page has all


def describe_run(run: Standing, width: int | None) -> str:
    """One run: what is running or finished, the front so far, time left, where to look."""
    rows = [["state", _describe_state(run)]]
    if run.state != DAMAGED:
        rows.append(["trials", _describe_trials(run)])
        rows += [["baselines", text]] if (text := _describe_baselines(run)) else []
        rows += [["confirming", text]] if (text := _describe_confirming(run)) else []
        rows += [
            [word, beat.describe()] for word, beat in zip(_label("training", run.running), run.running, strict=True)
        ]
        rows += _list_front(run)
    if run.seconds_left is not None:
        rows.append(["time left", describe_left(run.seconds_left).removesuffix(" left")])
    rows += [[word, text] for word, text in zip(_label("damaged", run.problems), run.problems, strict=True)]
    places = _list_places(run)
    wide = max(len(word) for word, _ in [*rows, *places])
    told = align_columns([[word.ljust(wide), text] for word, text in rows], width)
    # Commands and links are not wrapped, so that they can be copied.
    return "\n".join([str(run.path), *told, *align_columns([[word.ljust(wide), text] for word, text in places])])


def describe_runs(runs: Sequence[Standing], width: int | None, folder: Path) -> str:
    """All of a folder, a row each, named as they lie in it."""
    rows = [["run", "state", "trials", "front", "best delta, time left"]]
    for run in runs:
        trials = f"{run.ended} of {run.wanted}" if run.wanted else str(run.ended)
        parts = [_describe_best(run)]
        parts += [] if run.seconds_left is None else [describe_left(run.seconds_left)]
        parts += [run.problems[0]] if run.problems else []
        name = str(run.path.relative_to(folder))
        rows.append([name, run.state, trials, str(len(run.front)), "; ".join(filter(None, parts)) or "-"])
    return "\n".join(align_columns(rows, width))


def _label(word: str, of: Sequence[object]) -> list[str]:
    """The word for the first of them, and nothing for the others."""
    return [word, *[""] * (len(of) - 1)][: len(of)]


def _describe_state(run: Standing) -> str:
    text = run.state
    if run.holder:
        text += f", {run.holder.describe()}"
        return f"{text}, for {format_duration(time.time() - run.since)}" if run.since else text
    if run.last and run.state in (FINISHED, STOPPED):
        return f"{text}, the last trial ended {time.strftime('%Y-%m-%d %H:%M', time.localtime(run.last))}"
    return text


def _describe_trials(run: Standing) -> str:
    counts = run.trials or {}
    told = f"{counts.get(COMPLETE, 0)} complete"
    words = {FAILED: "failed", PRUNED: "stopped early"}
    told += "".join(f", {counts[status]} {word}" for status, word in words.items() if counts.get(status))
    told += f", of {run.wanted}" if run.wanted else ""
    if run.finals:
        wanted = run.started.trainings.get(FINAL, 0)
        # Of an earlier start's it is not known whether they are among those that are wanted now.
        told += f"; {run.finals}{f' of {wanted}' if wanted and not run.earlier else ''} trained to the end"
    return told


def _describe_baselines(run: Standing) -> str:
    wanted = run.started.trainings.get(BASELINE)
    if run.baselines is None:
        return ""
    return f"{run.baselines} of {wanted}" if wanted else f"{run.baselines} are there"


def _describe_confirming(run: Standing) -> str:
    """How far the confirmation is that runs, or was stopped; empty for none."""
    if run.confirming is None:
        return ""
    lacked = len(run.confirming.networks) + len(run.confirming.alone)
    told = f"{run.fresh} of {lacked} trainings with fresh seeds"
    return told if run.holder else f"stopped; {told} have ended and are kept"


def _list_front(run: Standing) -> list[list[str]]:
    """What is delivered: the front, or where some were trained to the end, the front of these."""
    members = run.delivered or run.front
    if not members:
        lost = (
            run.state in (FINISHED, STOPPED)
            and (run.trials or {}).get(COMPLETE)
            and not (run.path / "front.csv").exists()
        )
        return [["front", "front.csv is missing; the command of the search writes it anew" if lost else "none yet"]]
    shown = [_describe_member(run, member) for member in members[:SHOWN]]
    if more := len(members) - len(shown):
        shown.append(f"and {more} more")
    label = _label(f"delivered {len(members)}" if run.delivered else f"front of {len(members)}", shown)
    rows = [[word, text] for word, text in zip(label, shown, strict=True)]
    many = "1 trial" if len(run.front) == 1 else f"{len(run.front)} trials"
    return rows + ([["front", f"{many}, in front.csv"]] if run.delivered else [])


def _describe_member(run: Standing, member: Mapping[str, float]) -> str:
    """What is believed of it, then what fresh seeds have shown, where they have."""
    told = [f"trial {member['number']}", *(f"{name} {_format(name, member)}" for name in run.objectives)]
    confirmed = run.confirmed.get(int(member["number"]), {})
    told += [f"confirmed {name} {_format_confirmed(name, each)}" for name, each in confirmed.items()]
    return "  ".join(told)


def _find_objective(name: str) -> Objective:
    return KNOWN.get(name, Objective(name, "", MAXIMISE))


def _format(name: str, member: Mapping[str, float]) -> str:
    """As the report's table has it: the best guess, else what was measured, with how sure it is."""
    objective = _find_objective(name)
    guess, sd = (member.get(f"{name}.{what}", math.nan) for what in ("guess", "sd"))
    return format_spread(objective, guess if math.isfinite(guess) else member[name], sd)


def _format_confirmed(name: str, confirmed: Confirmed) -> str:
    """The mean with its interval, as the table of a confirmation has them."""
    objective = _find_objective(name)
    mean, low, high = format_interval(objective, *confirmed)
    ends = f"{low} to {high}" if math.isfinite(confirmed[1]) else "one seed"
    return f"{mean} ({ends}) {objective.unit}".rstrip()


def _describe_best(run: Standing) -> str:
    """What is delivered that is best in the first objective that tells what sharing gains; empty for none."""
    name = next((each for each in run.objectives if KNOWN.get(each) in (DELTA_MTL, WORST_DELTA)), None)
    members = run.delivered or run.front
    if name is None or not members:
        return ""
    return _describe_member(run, max(members, key=lambda member: member.get(f"{name}.guess", member[name])))


def _list_places(run: Standing) -> list[list[str]]:
    """Where to look, and what to do next."""
    rows = []
    if (run.path / "front.html").exists():
        rows.append(["page", str(run.path / "front.html")])
    if run.started.view:
        rows.append(["MLflow", spell_anew(run.started.view)])
        rows += [["", link] for link in run.started.links]
    if run.state in (STOPPED, BEGUN):
        given = run.started.arguments
        again = "the command of the search again" if given is None else _spell_search(run.started)
        rows.append(["next", f"{again}, which goes on with it" if given is None else again])
    if run.state == FINISHED:
        command = "pick" if run.confirmed and not run.confirming else "confirm"
        flags = run.confirming.flags if run.confirming else ""
        rows.append(["next", f"{spell_python()} -m search.{command} {shlex.quote(str(run.path))} {flags}".strip()])
    return rows


def _spell_search(started: Started) -> str:
    """The command of a search, from where the person stands: paths in it are those of the folder where it was given."""
    elsewhere = started.place not in ("", str(Path.cwd()))
    way = f"cd {shlex.quote(started.place)} && " if elsewhere else ""
    return f"{way}{spell_python(anywhere=elsewhere)} -m search.run {started.arguments}".strip()
