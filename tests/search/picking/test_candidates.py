"""Columns that can be picked by: those of which something is known."""

from __future__ import annotations

import math

from search.picking.candidates import Candidates


def test_columns_without_a_value_are_no_columns() -> None:
    values = {0: {"macs": 1.0, "delta_all": math.nan}, 1: {"macs": 2.0, "delta_all": math.nan, "depth.rmse": 0.5}}
    assert Candidates(values, {}, "", ()).columns == ("macs", "depth.rmse")
