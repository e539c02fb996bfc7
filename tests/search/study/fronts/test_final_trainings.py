from __future__ import annotations

from pathlib import Path

import pytest

from search.jobs.members import Inherited
from search.problem.objectives import DELTA_MTL, MACS
from search.study.fronts.final_trainings import FINALS, Starts, choose_members, load_finals
from spaces.errors import DataError
from tests.search.trials import complete, failed

SUPERNET, TRIAL = Inherited(Path("a"), "a"), Inherited(Path("b"), "b")


@pytest.mark.parametrize(
    ("start", "starts", "chosen"),
    [
        ("auto", Starts(SUPERNET, TRIAL), SUPERNET),
        ("auto", Starts(None, TRIAL), TRIAL),
        ("auto", Starts(None, None), None),
        ("trial", Starts(SUPERNET, TRIAL), TRIAL),
        ("supernet", Starts(SUPERNET, TRIAL), SUPERNET),
        ("nothing", Starts(SUPERNET, TRIAL), None),
    ],
)
def test_the_first_weights_that_are_there_are_taken_unless_others_are_wanted(
    start: str, starts: Starts, chosen: Inherited | None
) -> None:
    assert starts.choose(start) == chosen


def test_weights_that_are_not_there_are_refused() -> None:
    with pytest.raises(DataError, match=r"^final.start=trial: there are no such weights; take final.start=auto$"):
        Starts(SUPERNET, None).choose("trial")


def test_members_hold_most_hypervolume_between_them() -> None:
    trials = [complete(0, 1.0, 10), complete(1, 5.0, 20), complete(2, 5.1, 21), complete(3, 4.0, 30), failed(4)]
    chosen = choose_members(trials, (DELTA_MTL, MACS), (-20.0, 40.0), 2)
    assert [trial.number for trial in chosen] == [0, 1]
    assert choose_members([failed(0)], (DELTA_MTL, MACS), (-20.0, 40.0), 2) == []


@pytest.mark.parametrize("text", ["[1]", "{", '{"training": "a"}'])
def test_a_damaged_file_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    (tmp_path / FINALS).mkdir()
    (tmp_path / FINALS / "0003.json").write_text(text)
    with pytest.raises(DataError, match="no final training") as caught:
        load_finals(tmp_path)
    assert "remove it, and the same command trains it again" in str(caught.value)
    assert "restore" not in str(caught.value)
