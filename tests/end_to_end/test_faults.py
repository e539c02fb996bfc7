"""A short campaign of faults; `experiments.faults.campaign` is the long one."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from experiments.faults.case import Case, write_images
from experiments.faults.strikes import HALF, kill_inside, spoil
from experiments.faults.verdict import judge
from tests.end_to_end.searches import finish, trials_in


@pytest.mark.slow
def test_killed_while_it_writes_and_with_a_torn_journal_a_search_ends_as_if_undisturbed(tmp_path: Path) -> None:
    write_images(tmp_path / "images")
    undisturbed, case = (Case(tmp_path / name, tmp_path / "images", trials=6) for name in ("calm", "struck"))
    undisturbed.folder.mkdir()
    finish(undisturbed.words, undisturbed.folder)
    calm = trials_in(undisturbed.run)
    rng = Random(12)  # both kills come before the search is over
    before = kill_inside("trial", case, rng) + kill_inside("journal", case, rng)
    assert len(before) == 2
    spoil("runs/case/study.journal", HALF, case)
    finish(case.words, case.folder)
    found = judge(case, before, calm)
    assert found.clean, found
    assert found.struck == 2
    assert sorted(case.read_finished()) == [f"{number:04d}.json" for number in range(6)]
    # What a judge must see.
    spoilt = [{"0000.json": b"another training"}, {"0099.json": b"gone"}]
    assert (judge(case, spoilt, calm).again, judge(case, spoilt, calm).lost) == (1, 1)
    assert judge(case, [], {}).other == 1
