from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import torch

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
    copy = tmp_path / "front" / f"0-{TRIALS[2].key}" / "weights.pt"
    for time, value in enumerate((1.0, 2.0), start=2_000_000_000):
        torch.save({"weight": torch.tensor(value)}, weights)
        os.utime(weights, (time, time))
        write(tmp_path, TRIALS)
        assert torch.load(copy, weights_only=True)["weight"] == value


def test_a_damaged_file_does_not_replace_the_copy_that_may_be_the_last_good_one(tmp_path: Path) -> None:
    weights = tmp_path / "trials" / "0000.pt"
    weights.parent.mkdir()
    torch.save({"weight": torch.ones(9)}, weights)
    write(tmp_path, TRIALS)
    whole = weights.read_bytes()
    weights.write_bytes(whole[:100])
    write(tmp_path, TRIALS)
    copy = tmp_path / "front" / f"0-{TRIALS[2].key}" / "weights.pt"
    assert copy.read_bytes() == whole
    changed = bytearray(whole)
    changed[whole.find(torch.ones(9).numpy().tobytes())] ^= 1  # which torch reads without a word
    weights.write_bytes(changed)
    write(tmp_path, TRIALS)
    assert copy.read_bytes() == whole
