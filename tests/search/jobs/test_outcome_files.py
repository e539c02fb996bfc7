from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import OutcomeFiles, read_outcome, read_result
from search.jobs.worker import run_job
from spaces.common.atomic_files import write_json
from spaces.errors import DataError
from tests.search.jobs.tiny_job import make_job

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
NUMBERS = st.integers(0, 99_999)
DONE = Outcome(metrics={"depth.abs_err_m": 0.5}, curves={"loss": [1.0, 0.5]}, seconds=2.0, node="here", ended=9.0)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return make_job(tmp_path)


def leave(job: Job, outcome: Outcome, fingerprint: str = "") -> None:
    write_json(job.outcome, {"fingerprint": fingerprint or job.fingerprint, "outcome": asdict(outcome)})


def write_all(files: OutcomeFiles, number: int) -> set[Path]:
    """Every file that a trial can have, a worker's mark among them."""
    ends = [files.file(number, until) for until in (None, 1, 20)]
    paths = {*ends, *(end.with_suffix(".begun") for end in ends), files.checkpoint(number)}
    for path in paths:
        path.write_text("")
    return paths


@quick
@given(numbers=st.sets(NUMBERS, min_size=2, max_size=6))
def test_what_is_left_of_a_trial_is_cleared_and_no_file_is_anothers(numbers: set[int]) -> None:
    with TemporaryDirectory() as folder:
        files = OutcomeFiles(Path(folder))
        written = {number: write_all(files, number) for number in numbers}
        assert sum(map(len, written.values())) == len(set().union(*written.values()))
        for number in sorted(numbers):
            files.clear(number)
            assert set(Path(folder).iterdir()) == set().union(*(written[each] for each in numbers if each > number))


def test_a_driver_that_starts_forgets_who_ran_and_nothing_else(tmp_path: Path) -> None:
    files = OutcomeFiles(tmp_path / "run" / ".outcomes")
    files.make()
    written = write_all(files, 3)
    files.make()
    assert set(files.folder.iterdir()) == {path for path in written if path.suffix != ".begun"}


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".outcomes").write_text("a file")
    with pytest.raises(DataError, match=r"\.outcomes cannot be made \(.*\): move away what is there"):
        OutcomeFiles(tmp_path / ".outcomes").make()


def test_an_outcome_is_that_of_its_job_and_a_result_that_of_its_device(job: Job) -> None:
    assert read_outcome(job) is None
    leave(job, DONE)
    assert read_outcome(job) == read_result(job, "cpu") == DONE
    assert read_result(job, "cuda") is None
    assert read_outcome(replace(job, seed=1)) is None
    leave(job, replace(DONE, reason="no luck"))
    assert read_outcome(job) == replace(DONE, reason="no luck")
    assert read_result(job, "cpu") is None


@pytest.mark.parametrize("text", ['{"fingerprint": "FP", "outcome": {}}', "{", "[]", "null"])
def test_a_damaged_outcome_is_none(job: Job, text: str) -> None:
    job.outcome.write_text(text.replace("FP", job.fingerprint))
    assert read_outcome(job) is None
    assert run_job(job).complete


def test_numbers_that_are_not_finite_survive_the_file(job: Job) -> None:
    run_job(job)
    text = job.outcome.read_text()
    job.outcome.write_text(text.replace('"loss": [', '"loss": [null, ', 1))
    back = read_outcome(job)
    assert isinstance(back, Outcome)
    assert back.curves["loss"][0] != back.curves["loss"][0]  # NaN
