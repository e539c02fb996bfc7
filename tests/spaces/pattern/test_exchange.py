from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from spaces.errors import PatternError
from spaces.pattern.exchange import (
    BROADCASTS,
    KINDS,
    NECKS,
    NORMS,
    STATES,
    TYINGS,
    UPDATES,
    Necks,
    NoExchange,
    Workspace,
)


def test_all_words_make_a_workspace_each_another_one() -> None:
    made = [
        Workspace(state=state, update=update, broadcast=broadcast, tying=tying, neck=neck, norm=norm)
        for state, update, broadcast, tying, neck, norm in product(STATES, UPDATES, BROADCASTS, TYINGS, NECKS, NORMS)
    ]
    assert len(set(made)) == len(made)


def test_kinds_are_found_by_name() -> None:
    usual = {"none": NoExchange(), "necks": Necks(), "workspace": Workspace()}
    assert {kind: cls() for kind, cls in KINDS.items()} == usual


def test_necks_without_an_exchange_are_of_a_kind() -> None:
    with pytest.raises(PatternError, match="neck 'none' is unknown: want one of conv, separable"):
        Necks("none")


def test_a_share_of_one_is_one_value_however_it_is_written() -> None:
    whole: Any = Workspace(top_k=1)
    assert whole == Workspace(top_k=1.0)
    assert repr(whole) == repr(Workspace(top_k=1.0))  # keys are made of it


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slots": 1}, "slots=1: want a whole number >= 2"),
        ({"width": 0}, "width=0: want a whole number >= 1"),
        ({"heads": True}, "heads=True: want a whole number >= 1"),
        ({"rounds": 1.0}, "rounds=1.0: want a whole number >= 1"),
        ({"heads": 3}, "heads=3, width=32: want heads that divide the width"),
        ({"top_k": 0}, "top_k=0: want a share of the tokens, > 0 and <= 1"),
        ({"top_k": True}, "top_k=True: want a share of the tokens"),
        ({"top_k": 1.5}, "top_k=1.5: want a share of the tokens, > 0 and <= 1; a slot cannot attend to more"),
        ({"state": "identity", "slots": 64}, "state=identity with slots=64, width=32: want at most as many slots"),
        ({"state": "warm"}, "state 'warm' is unknown: want one of carried, identity, learned"),
        ({"update": "add"}, "update 'add' is unknown: want one of gated, overwrite, residual"),
        ({"broadcast": "two"}, "broadcast 'two' is unknown: want one of identity, learned, one"),
        ({"tying": "all"}, "tying 'all' is unknown: want one of none, scales, tasks, tasks+scales"),
        ({"neck": "wide"}, "neck 'wide' is unknown: want one of conv, none, separable"),
        ({"norm": "layer"}, "norm 'layer' is unknown: want one of cosine, none, tokens"),
        ({"etf": -1}, "etf=-1: want a whole number >= 0"),
        ({"etf": 1}, "etf=1, width=32: want from 2 to 32 frame vectors"),
        ({"etf": 33}, "etf=33, width=32: want from 2 to 32 frame vectors, as many as the width"),
    ],
)
def test_what_no_workspace_can_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as refused:
        Workspace(**options)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("options", [{"etf": 0}, {"etf": 2}, {"etf": 32}, {"state": "identity", "slots": 32}])
def test_the_bounds_themselves_are_allowed(options: dict[str, Any]) -> None:
    Workspace(**options)
