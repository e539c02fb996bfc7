"""A short campaign of faults; `experiments.faults.campaign` is the long one."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from experiments.faults.campaign import search_undisturbed
from experiments.faults.case import Case, write_images
from experiments.faults.strikes import kill_inside, tear
from experiments.faults.verdict import judge


@pytest.mark.slow
def test_killed_while_it_writes_and_with_a_torn_journal_a_search_ends_as_if_undisturbed(tmp_path: Path) -> None:
    write_images(tmp_path / "images")
    calm, span = search_undisturbed(Case(tmp_path / "calm", tmp_path / "images", trials=6))
    case = Case(tmp_path / "struck", tmp_path / "images", trials=6, span=span)
    rng, before = Random(0), []
    for site in ("trial", "journal"):
        before += kill_inside(site, case, rng)
    before += tear("runs/case/study.journal", b'{"op_code": 6, "worker_id": "12', case, rng)
    assert before
    assert case.finish() == ""
    found = judge(case, before, calm)
    assert found.clean, found
    assert found.struck == len(before)
    assert sorted(case.read_finished()) == [f"{number:04d}.json" for number in range(6)]
    # What a judge must see.
    spoilt = [{"0000.json": b"another training"}, {"0099.json": b"gone"}]
    assert (judge(case, spoilt, calm).again, judge(case, spoilt, calm).lost) == (1, 1)
    assert judge(case, [], {}).other == 1
