"""What the runs of a sweep come to together: one front where they can be compared, and the table over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from search.comparison.comparable import refuse_incomparable
from search.comparison.pooled import Pooled, pool_runs
from search.comparison.writing import FILES, describe_runs, describe_terms, format_front, write_comparison
from search.problem.objectives import Objective
from search.results.results import Results
from search.sweeping.seeds import SettingRow, format_seeds, measure_run, tabulate_seeds
from spaces.common.atomic_files import write_text
from spaces.errors import ConfigError, UserError

TABLE = "seeds.csv"


@dataclass(frozen=True)
class Ended:
    """A run that has finished.

    Args:
        setting: its values, the seed apart.
        results: what it has left.
    """

    setting: Mapping[str, str]
    results: Results


def join_runs(folder: Path, ended: Sequence[Ended]) -> str:
    """Write the joint front and the table over seeds; the same in words.

    Args:
        folder: of the sweep.
        ended: its runs that have finished, at least one.

    Raises:
        OSError: the folder cannot be written.
    """
    whole, why = _pool([each.results for each in ended])
    lines = _describe_front(folder, whole, why)
    groups: dict[tuple[tuple[str, str], ...], list[Ended]] = {}
    for each in ended:
        groups.setdefault(tuple(each.setting.items()), []).append(each)
    rows: list[SettingRow] = []
    kinds: list[Sequence[Objective]] = []
    for setting, members in groups.items():
        pooled = whole or _pool([each.results for each in members])[0]
        if pooled is None:
            lines.append(f"No row of {' '.join('='.join(pair) for pair in setting)}: its runs cannot be compared.")
            continue
        rows.append(SettingRow(dict(setting), [measure_run(pooled, each.results.path.name) for each in members]))
        kinds.append(pooled.view.objectives)
    shared = [each for each in kinds[0] if all(each in kind for kind in kinds)] if kinds else []
    if rows:
        write_text(folder / TABLE, tabulate_seeds(rows, shared))
        point = "" if whole else "; hypervolumes of two rows are from two points, and not to be compared"
        lines += [
            f"Over seeds: mean +- standard deviation; best is that of single trainings{point}",
            "",
            format_seeds(rows, shared),
            "",
        ]
    written = [*(FILES if whole and len(ended) > 1 else ()), *([TABLE] if rows else [])]
    return "\n".join([*lines, f"Written to {folder}  ({', '.join(written)})"] if written else lines)


def _pool(runs: Sequence[Results]) -> tuple[Pooled | None, str]:
    """Runs on one front, or why there is none."""
    try:
        if len(runs) > 1:
            refuse_incomparable(runs)
        return pool_runs(runs), ""
    except UserError as error:
        return None, "; ".join(" ".join(problem.split()) for problem in error.problems)


def _describe_front(folder: Path, whole: Pooled | None, why: str) -> list[str]:
    """The front of all, written and in words, or why there is none."""
    if whole is None:
        return [f"No front of all: {why}", ""]
    if len(whole.numbers) < 2:
        return ["No front of all: one run alone has finished.", ""]
    write_comparison(folder, whole)
    front = (
        f"Pareto front of all, cheapest first\n\n{format_front(whole)}" if whole.view.front else "No front: no trial."
    )
    return [front, "", *describe_runs(whole), *describe_terms(whole), ""]


def explain_unwritable_folder(folder: Path, error: OSError) -> ConfigError:
    """The refusal where front and table cannot be written."""
    return ConfigError(
        f"{folder} cannot be written ({error.strerror or error}); nothing is lost: mend that, then the same command "
        "writes it"
    )
