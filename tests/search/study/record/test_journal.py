from __future__ import annotations

from pathlib import Path

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.study import StudyDirection

from search.study.record.journal import open_journal
from spaces.errors import DataError

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
WAYS = [StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE]
HALVES = st.binary(min_size=1, max_size=40).filter(lambda half: b"\n" not in half)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of three trials, to be copied or left as it is."""
    path = tmp_path_factory.mktemp("study") / "study.journal"
    study = open_journal(path, WAYS)
    for number in range(3):
        study.add_trial(optuna.trial.create_trial(values=[float(number), 1.0]))
    return path


@quick
@given(half=HALVES)
def test_half_a_line_at_the_end_is_cut_off_and_all_before_it_stays(whole: Path, half: bytes) -> None:
    before = whole.read_bytes()
    whole.write_bytes(before + half)
    Path(f"{whole}.lock").write_text("left by a killed process")
    study = open_journal(whole, WAYS)
    assert whole.read_bytes() == before
    assert [trial.values for trial in study.trials] == [[float(number), 1.0] for number in range(3)]


def test_a_journal_that_was_killed_in_its_first_line_begins_anew(whole: Path, tmp_path: Path) -> None:
    journal = tmp_path / "study.journal"
    journal.write_bytes(whole.read_bytes()[:10])
    assert open_journal(journal, WAYS).trials == []
    assert open_journal(journal, WAYS).study_name == tmp_path.name


@pytest.mark.parametrize("ways", [WAYS[::-1], WAYS[:1], [*WAYS, StudyDirection.MINIMIZE]], ids=str)
def test_other_objectives_are_refused_and_nothing_is_written(whole: Path, ways: list[StudyDirection]) -> None:
    before = whole.read_bytes()
    with pytest.raises(DataError, match=r"is the study of 2 objectives to maximize, minimize, and this search has"):
        open_journal(whole, ways)
    assert whole.read_bytes() == before


def test_a_journal_that_was_lost_or_spoilt_is_refused(whole: Path, tmp_path: Path) -> None:
    journal = tmp_path / "study.journal"
    first, *others = whole.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([first, b'{"op_code": 4, gar\n', *others]))
    with pytest.raises(DataError, match="is damaged"):
        open_journal(journal, WAYS)
    journal.unlink()
    (tmp_path / "trials").mkdir()
    (tmp_path / "trials" / "0000.json").write_text("{}")
    with pytest.raises(DataError, match="is missing, but its trials are there"):
        open_journal(journal, WAYS)
    assert not journal.exists()


@pytest.mark.parametrize("where", ["alone", "first", "last"])
def test_a_whole_line_that_is_no_record_is_one_message(whole: Path, tmp_path: Path, where: str) -> None:
    sound = whole.read_bytes()
    journal = tmp_path / "study.journal"
    journal.write_bytes({"alone": b"{x\n", "first": b"{x\n" + sound, "last": sound + b"{x\n"}[where])
    try:
        study = open_journal(journal, WAYS)
        study.add_trial(optuna.trial.create_trial(values=[3.0, 1.0]))
    except DataError as error:
        assert str(journal) in str(error)
        assert "restore it from a copy" in str(error)
    else:
        pytest.fail("it went on with a damaged journal")


def test_a_record_of_no_known_kind_is_one_message(tmp_path: Path) -> None:
    journal = tmp_path / "study.journal"
    journal.write_text('{"op_code": 99, "worker_id": "0"}\n')
    with pytest.raises(DataError, match="is damaged"):
        open_journal(journal, WAYS)
