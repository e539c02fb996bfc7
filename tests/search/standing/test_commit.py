from __future__ import annotations

from pathlib import Path

import pytest

from search.standing import commit
from search.standing.commit import find_commit, list_commits
from search.standing.started import Started, write_started


def test_a_commit_is_one_word() -> None:
    assert " " not in find_commit()


@pytest.mark.parametrize(
    ("earlier", "trials", "ended", "told"),
    [
        ((), 0, False, ("new",)),
        (("old",), 3, False, ("old", "new")),
        (("old",), 3, True, ("old", "new")),  # to have more trials than it had at its end
        (("new", "old"), 3, False, ("new", "old")),
        (("old",), 4, False, ("old", "new")),  # whose last trial runs
        (("old",), 4, True, ("old",)),  # which only draws the page again
        ((), 3, False, ()),  # of an earlier version, which did not tell
    ],
)
def test_code_that_trains_is_told_and_code_that_draws_is_not(
    earlier: tuple[str, ...],
    trials: int,
    ended: bool,
    told: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commit, "find_commit", lambda: "new")
    write_started(tmp_path, Started("space=fusion", commits=earlier))
    if ended:
        (tmp_path / "baselines.csv").touch()
    assert list_commits(tmp_path, trials, 4) == told


def test_code_that_is_no_checkout_has_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit, "find_commit", lambda: "")
    assert list_commits(tmp_path, 0, 4) == ()
