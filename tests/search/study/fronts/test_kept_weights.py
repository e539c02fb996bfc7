from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.jobs.trial import Trial
from search.problem.objectives import DELTA_MTL, MACS
from search.study.fronts import kept_weights
from search.study.fronts.best_guess import FEWEST
from search.study.fronts.kept_weights import KeptWeights, drop_dominated_weights
from tests.search.trials import complete, failed

quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours
WANTED = (DELTA_MTL, MACS)
VALUES = st.none() | st.tuples(st.integers(-5, 5), st.integers(1, 9))


@st.composite
def histories(draw: st.DrawFn) -> list[Trial]:
    """Trials of different patterns in the order in which they ended, failed ones among them."""
    values = draw(st.lists(VALUES, max_size=8))
    trials = [complete(n, *each) if each else failed(n) for n, each in enumerate(values)]
    return draw(st.permutations(trials))


def is_beaten(trial: Trial, others: Iterable[Trial]) -> bool:
    delta, macs = trial.objectives.values()
    return any(
        each.objectives["delta_mtl"] >= delta
        and each.objectives["macs"] <= macs
        and each.objectives != trial.objectives
        for each in others
        if each.complete
    )


@quick
@given(trials=histories())
def test_the_weights_of_the_front_are_left_however_often_one_looks(trials: list[Trial]) -> None:
    front = {trial.number for trial in trials if trial.complete and not is_beaten(trial, trials)}
    few = sum(trial.complete for trial in trials) < FEWEST
    with TemporaryDirectory() as folder:
        for ended, trial in enumerate(trials, start=1):
            (Path(folder) / f"{trial.number:04d}.pt").write_text("")
            drop_dominated_weights(Path(folder), trials[:ended], WANTED)
        left = {int(path.stem) for path in Path(folder).iterdir()}
    assert left == front if few else left >= front  # with best guesses others may come to the front


def test_the_weights_stay_of_what_may_come_to_the_front_by_best_guesses(tmp_path: Path) -> None:
    trials = [complete(number, 2.0 * number, 100 * (number + 1)) for number in range(8)]
    near = replace(complete(8, 13.9, 801), pattern=complete(13, 0.0, 1).pattern)  # dominated by a hair
    far = replace(complete(9, -9.0, 900), pattern=complete(17, 0.0, 1).pattern)
    for trial in (*trials, near, far):
        (tmp_path / f"{trial.number:04d}.pt").write_text("")
    drop_dominated_weights(tmp_path, [*trials, near, far], WANTED)
    left = {int(path.stem) for path in tmp_path.iterdir()}
    assert left >= {*range(8), 8}
    assert 9 not in left


def test_other_files_and_weights_of_running_trials_stay(tmp_path: Path) -> None:
    names = {"0000.json", "0000.pt", "0001.json", "0001.pt", "0002.pt"}
    for name in names:
        (tmp_path / name).write_text("")
    drop_dominated_weights(tmp_path, [complete(0, 1.0, 5), complete(1, 0.0, 6)], WANTED)
    assert {path.name for path in tmp_path.iterdir()} == names - {"0001.pt"}


def test_it_is_done_after_every_trial_until_it_has_had_its_share_of_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count_left(*, last: bool = False) -> int:
        (tmp_path / "0001.pt").write_text("")
        kept.look([complete(0, 1.0, 5), complete(1, 0.0, 6)], last=last)
        return len(list(tmp_path.iterdir()))

    kept = KeptWeights(tmp_path, WANTED)
    assert count_left() == count_left() == 0
    monkeypatch.setattr(kept_weights, "FREE", 0.0)
    monkeypatch.setattr(kept_weights, "SHARE", 0.0)
    kept = KeptWeights(tmp_path, WANTED)
    assert [count_left(), count_left(), count_left(last=True)] == [0, 1, 0]
