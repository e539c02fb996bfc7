"""Columns that can be picked by: those of which something is known."""

from __future__ import annotations

import math
from dataclasses import replace

from search.picking.candidates import Candidates, explain_apart


def test_columns_without_a_value_are_no_columns() -> None:
    values = {0: {"macs": 1.0, "delta_all": math.nan}, 1: {"macs": 2.0, "delta_all": math.nan, "depth.rmse": 0.5}}
    assert Candidates(values, {}, "", ()).columns == ("macs", "depth.rmse")


def test_why_confirmed_values_are_not_what_it_was_picked_by() -> None:
    found = Candidates({0: {"macs": 1.0}}, {}, "Objectives are those of single trainings.", ())
    assert explain_apart(found, ["latency_ms"]) == found
    apart = replace(found, apart=(0, 5), onward="confirm")
    told = explain_apart(apart, []).source
    assert told.endswith("split: Trials 0, 5 were confirmed and do not fit by that. To confirm the others:\n  confirm")
    told = explain_apart(apart, ["latency_ms"]).source
    assert "split: Trials 0, 5 were confirmed, which tells nothing of latency_ms. To confirm the others:" in told
    assert "Trial 0 was confirmed, which tells nothing of" in explain_apart(replace(apart, apart=(0,)), ["a"]).source
