from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from xml.etree import ElementTree

from search.jobs.trial import Trial
from search.problem import objectives
from search.report import report
from spaces.pattern.sharing_pattern import SharingPattern
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


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _write(folder: Path, trials: list[Trial]) -> tuple[Trial, ...]:
    return report.write_report(folder, trials, CHOSEN, REFERENCE, TASKS)


def test_members_get_a_folder_and_former_members_lose_it(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "0004.pt").write_bytes(b"weights of 4")
    (tmp_path / "front" / "mine").mkdir(parents=True)
    _write(tmp_path, TRIALS)
    member = tmp_path / "front" / f"4-{TRIALS[4].key}"
    assert (member / "weights.pt").read_bytes() == b"weights of 4"
    pattern = SharingPattern.from_json(json.loads((member / "pattern.json").read_text()))
    assert pattern == TRIALS[4].pattern
    assert "trial 4" in ElementTree.parse(member / "pattern.svg").getroot()[0].text  # type: ignore[operator]
    assert "segmentation" in (member / "pattern.txt").read_text()

    better = complete(5, 3.0, 8_000_000)
    _write(tmp_path, [*TRIALS, better])
    assert sorted(p.name for p in (tmp_path / "front").iterdir()) == [f"5-{better.key}", "mine"]


def test_newer_weights_replace_older_ones(tmp_path: Path) -> None:
    weights = tmp_path / "trials" / "0000.pt"
    weights.parent.mkdir()
    weights.write_bytes(b"old")
    _write(tmp_path, TRIALS)
    weights.write_bytes(b"new")
    os.utime(weights, (2_000_000_000, 2_000_000_000))
    _write(tmp_path, TRIALS)
    assert (tmp_path / "front" / f"0-{TRIALS[2].key}" / "weights.pt").read_bytes() == b"new"
