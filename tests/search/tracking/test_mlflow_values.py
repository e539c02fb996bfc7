from __future__ import annotations

import math
from dataclasses import replace

from search.tracking.mlflow_values import (
    MAX_NAME,
    MAX_VALUE,
    cut_chunks,
    cut_lines,
    find_span,
    flatten,
    list_numbers,
    list_params,
    list_points,
    list_tags,
    make_legal,
)
from tests.search.trials import complete, failed


def test_a_configuration_is_flat_with_legal_names_and_texts_that_fit() -> None:
    config = {"run": {"name": "mine", "odd name!": None}, "limits": {}, "long": "x" * 7000}
    assert flatten(config) == {
        "run.name": "mine",
        "run.odd name_": "None",
        "limits": "{}",
        "long": "x" * MAX_VALUE,
    }
    assert make_legal("depth.abs_err_m [m]/é") == "depth.abs_err_m _m_/é"
    assert len(make_legal("n" * 999)) == MAX_NAME


def test_parameters_say_how_a_trial_came_about() -> None:
    trial = complete(2, 1.0, 10)
    found = list_params(trial)
    assert found["depth.depth"] == "2"
    assert found["parent.depth"] == "segmentation"
    assert set(found) == {"depth.depth", "parent.depth"}


def test_names_and_states_of_a_trial_are_tags() -> None:
    trial = complete(2, 1.0, 10)
    found = list_tags(trial)
    assert (found["key"], found["network_key"], found["seed"]) == (trial.key, trial.network_key, "7")
    assert found["status"] == "complete"
    assert "segmentation" in found["sharing"] or "all" in found["sharing"]


def test_a_supernet_s_estimates_stand_beside_what_was_measured() -> None:
    trial = replace(complete(0, 1.0, 10), estimates={"delta_mtl": -3.0, "macs": 10.0, "depth.delta": 2.0})
    found = list_numbers(trial)
    assert (found["estimate/delta_mtl"], found["delta_mtl"]) == (-3.0, 1.0)
    assert not {"estimate/depth.delta", "estimate/macs"} & set(found)  # what is no objective, and what is known


def test_numbers_are_finite() -> None:
    trial = complete(0, math.nan, 10, metrics={"depth.delta": math.inf, "edges.f1": 0.5})
    found = list_numbers(trial)
    assert found == {
        "edges.f1": 0.5,
        "macs": 10.0,
        "flops": 20.0,
        "params": 0.0,
        "fixed": 0.0,
        "seconds": 12.5,
        "epochs": 8.0,
    }
    assert list_numbers(failed(1))["macs"] == 9e6


def test_curves_lie_between_start_and_end_one_point_an_epoch() -> None:
    trial = complete(0, 1.0, 10, curves={"loss": [3.0, math.nan, 1.0, 0.5]}, seconds=8.0, ended=1000.0)
    curve = [point for point in list_points(trial) if point.name == "epoch/loss"]
    assert [(p.step, p.value, p.milliseconds) for p in curve] == [
        (1, 3.0, 994_000),
        (3, 1.0, 998_000),
        (4, 0.5, 1_000_000),
    ]
    assert all(point.step == 0 for point in list_points(trial) if not point.name.startswith("epoch/"))


def test_a_span_ends_when_the_trial_ended() -> None:
    trial = complete(0, 1.0, 10, seconds=2.5, ended=1000.0)
    assert find_span(trial) == (997_500, 1_000_000)
    assert find_span(replace(trial, seconds=math.nan)) == (1_000_000, 1_000_000)


def test_chunks_hold_all_and_no_more_than_allowed() -> None:
    assert list(cut_chunks([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
    assert list(cut_chunks([], 2)) == []


def test_a_text_that_is_too_long_ends_with_a_whole_line() -> None:
    assert cut_lines("abc\ndef", 7) == "abc\ndef"
    assert cut_lines("abc\ndef\nghi", 9) == "abc\ndef\n…"
    assert cut_lines("abc\ndef\nghi", 8) == "abc\n…"
    assert cut_lines("abcdefgh", 5) == "abcde"
