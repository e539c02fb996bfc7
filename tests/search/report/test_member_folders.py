from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

from spaces.pattern.sharing_pattern import SharingPattern
from tests.search.report.reports import TRIALS, write
from tests.search.trials import complete


def test_members_get_a_folder_and_former_members_lose_it(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "0004.pt").write_bytes(b"weights of 4")
    (tmp_path / "front" / "mine").mkdir(parents=True)
    write(tmp_path, TRIALS)
    member = tmp_path / "front" / f"4-{TRIALS[4].key}"
    assert (member / "weights.pt").read_bytes() == b"weights of 4"
    pattern = SharingPattern.from_json(json.loads((member / "pattern.json").read_text()))
    assert pattern == TRIALS[4].pattern
    assert "trial 4" in ElementTree.parse(member / "pattern.svg").getroot()[0].text  # type: ignore[operator]
    assert "segmentation" in (member / "pattern.txt").read_text()

    better = complete(5, 3.0, 8_000_000)
    write(tmp_path, [*TRIALS, better])
    assert sorted(p.name for p in (tmp_path / "front").iterdir()) == [f"5-{better.key}", "mine"]


def test_newer_weights_replace_older_ones(tmp_path: Path) -> None:
    weights = tmp_path / "trials" / "0000.pt"
    weights.parent.mkdir()
    weights.write_bytes(b"old")
    write(tmp_path, TRIALS)
    weights.write_bytes(b"new")
    os.utime(weights, (2_000_000_000, 2_000_000_000))
    write(tmp_path, TRIALS)
    assert (tmp_path / "front" / f"0-{TRIALS[2].key}" / "weights.pt").read_bytes() == b"new"
