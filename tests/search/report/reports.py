"""A report of five made-up trials, and what it leaves in a folder."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from search.jobs.trial import Trial
from search.problem import objectives
from search.report import report
from tests.search.trials import TASKS, complete, failed

CHOSEN = objectives.resolve_objectives(["delta_mtl", "macs"], TASKS)
REFERENCE = (-20.0, 21e6)
TRIALS = [
    complete(3, -2.0, 9_000_000),
    failed(2),
    complete(0, 1.5, 18_000_000),
    complete(1, -4.0, 16_000_000),  # dominated
    complete(4, 1.0, 12_400_000),
]


def read_rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def read_files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(folder: Path, trials: Sequence[Trial]) -> tuple[Trial, ...]:
    return report.write_report(folder, trials, CHOSEN, REFERENCE, TASKS)
