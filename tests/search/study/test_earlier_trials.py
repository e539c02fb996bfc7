from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.trial import save_trial
from search.study.earlier_trials import load_earlier_trials
from search.study.run_folder import RunFolder
from spaces.errors import DataError
from tests.search.trials import complete, failed

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
TRIALS = [failed(n) if n % 4 == 3 else complete(n, float(n), 1000 + n) for n in range(8)]


@quick
@given(unfinished=st.sets(st.integers(0, len(TRIALS) - 1)))
def test_what_had_ended_comes_back_in_order_and_what_was_running_does_not(unfinished: set[int]) -> None:
    with TemporaryDirectory() as path:
        folder = RunFolder(Path(path), "id", resumed=True)
        ended = [trial for trial in TRIALS if trial.number not in unfinished]
        for trial in ended:
            save_trial(folder.trial(trial.number), trial)
        assert load_earlier_trials(folder, range(len(TRIALS)), unfinished) == ended


def test_a_file_that_is_missing_and_one_that_the_study_does_not_know_are_refused(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "id", resumed=True)
    for trial in TRIALS[:3]:
        save_trial(folder.trial(trial.number), trial)
    with pytest.raises(DataError, match=r"knows 2 trials, but .*0002\.json is there: the journal was lost"):
        load_earlier_trials(folder, range(2), set())
    with pytest.raises(DataError, match=r"0003\.json: cannot be read"):
        load_earlier_trials(folder, range(4), set())
    folder.weights(9).write_bytes(b"")  # a worker's, of a trial that has not ended
    assert load_earlier_trials(folder, range(4), {3}) == TRIALS[:3]
