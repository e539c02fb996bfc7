"""A scheduler without pauses."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.schedulers.full import Full


@given(st.integers(1, 1000))
def test_the_end_is_the_only_rung_and_all_of_it_is_trained(epochs: int) -> None:
    assert Full().rungs(epochs) == (epochs,)
    assert Full().share(epochs) == 1.0


@given(st.integers(0, 20), st.booleans())
def test_everybody_goes_on(many: int, complete: bool) -> None:
    chosen = Full().promoted(np.zeros((many, 2)), ["maximise", "minimise"], complete=complete)
    assert chosen.tolist() == list(range(many))
