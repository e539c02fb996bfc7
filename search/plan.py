"""The plan of a search: what there is to try, what it would take, and the command that starts it.

argv -> settings -> census of the space -> what is left to train -> a few timed steps -> text, pictures, plan.json.
Nothing is told to a sampler or a study, and the run folder stays as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from search.config.command import EXIT_FAILED, explain_unwritable, run_command, spell_command
from search.config.problem_statement import state_problem
from search.config.settings import Settings
from search.config.validation import check_settings
from search.latency.pattern_latencies import recall_latencies
from search.preview.forecast import Forecast, make_forecast
from search.preview.kept_plan import PLAN, locate_plan
from search.preview.places import count_places
from search.preview.plan_text import format_patterns, format_time, format_trainings
from search.preview.remaining import Remaining, count_remaining
from search.preview.step_timing import NotTimed
from search.problem.census import Census, Priced, take_census
from search.results.picture import title_drawing
from spaces.common.atomic_files import write_json, write_text
from spaces.drawing.svg import draw_svg
from spaces.errors import ConfigError

FILES = (PLAN, "cheapest.svg", "costliest.svg")


def main(argv: Sequence[str] | None = None) -> int:
    """Plan a search from the command line; every user mistake ends in one message and exit status 2."""
    return run_command(argv, "search.plan", _run)


def _run(settings: Settings, given: str) -> int:
    check_settings(settings)
    return _plan(settings, spell_command("search.run", given))


def _plan(settings: Settings, command: str) -> int:
    """Print the plan, what is known first, and keep it beside the run folders."""
    searched = state_problem(settings)
    census = take_census(searched, settings.run.seed)
    settings.sampler.check(searched)
    where = count_places(settings)
    left = count_remaining(settings, census.allowed.patterns if census.exact else None, where.device)
    folder = locate_plan(settings)
    _keep(folder, _plain(command, census, left, None), census)
    _, latency = recall_latencies(searched, settings, settings.run.folder / settings.run.name)
    known = [format_patterns(settings, census), latency, format_trainings(settings, left)]
    print("\n\n".join(filter(None, known)), end="\n\n", flush=True)
    failed = False
    try:
        expected = make_forecast(settings, left, [census.cheapest.pattern, census.costliest.pattern], where)
        _keep(folder, _plain(command, census, left, expected), census)
        print(format_time(expected), end="\n\n")
    except NotTimed as error:
        failed = True
        print(f"No forecast: a training that was to be timed failed: {error}", file=sys.stderr)
    print(f"Written to {folder}: {', '.join(FILES)}\n\nThe search starts with\n  {command}")
    return EXIT_FAILED if failed else 0


def _keep(folder: Path, plain: dict[str, Any], census: Census) -> None:
    """Write the plan's files, whole or not at all."""
    try:
        write_json(folder / FILES[0], plain)
        for name, extreme in zip(FILES[1:], (census.cheapest, census.costliest), strict=True):
            title = title_drawing(extreme.name, extreme.cost.macs, extreme.cost.params)
            write_text(folder / name, draw_svg(extreme.pattern, title))
    except OSError as error:
        raise ConfigError(explain_unwritable(folder, error)) from error


def _plain(command: str, census: Census, left: Remaining, expected: Forecast | None) -> dict[str, Any]:
    """The plan in values of JSON."""
    return {
        "command": command,
        "exact": census.exact,
        "all": census.seen.to_json(),
        "within_limits": census.allowed.to_json(),
        "cheapest": _extreme(census.cheapest),
        "costliest": _extreme(census.costliest),
        "trials": {"finished": left.finished, "to_train": left.trials},
        "baselines": {"cached": left.cached, "to_train": len(left.untrained)},
        "confirming": asdict(left.confirming),
        "forecast": expected.to_json() if expected else None,
    }


def _extreme(extreme: Priced) -> dict[str, Any]:
    cost = extreme.cost
    return {
        "name": extreme.name,
        "key": extreme.pattern.key,
        "macs": cost.macs,
        "flops": cost.flops,
        "params": cost.params,
        "pattern": extreme.pattern.to_json(),
    }


if __name__ == "__main__":
    sys.exit(main())
