from __future__ import annotations

import pytest

from search.standing import commit
from search.standing.commit import add_commit, find_commit


def test_a_commit_is_one_word() -> None:
    assert " " not in find_commit()


@pytest.mark.parametrize(
    ("earlier", "trials", "ended", "told"),
    [
        ((), 0, False, ("new",)),
        (("old",), 3, False, ("old", "new")),
        (("new", "old"), 3, False, ("new", "old")),
        (("old",), 3, True, ("old",)),  # which only draws the page again
        ((), 3, False, ()),  # of an earlier version, which did not tell
    ],
)
def test_code_that_trains_is_told_and_code_that_draws_is_not(
    earlier: tuple[str, ...], trials: int, ended: bool, told: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "find_commit", lambda: "new")
    assert add_commit(earlier, trials, ended=ended) == told


def test_code_that_is_no_checkout_has_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit, "find_commit", lambda: "")
    assert add_commit((), 0, ended=False) == ()
