from __future__ import annotations

from dataclasses import replace

import pandas as pd

from search.results.data_frames import tabulate_curves, tabulate_trials
from search.tracking.mlflow_values import list_numbers
from tests.search.trials import complete, failed

TRIALS = [complete(0, 1.5, 18_000_000), failed(1), replace(complete(2, -2.0, 9_000_000), choices={"other": "x"})]


def test_a_row_has_every_number_of_its_trial() -> None:
    frame = tabulate_trials(TRIALS, ["delta_mtl", "macs"])
    assert list(frame.columns[:7]) == ["key", "status", "sharing", "delta_mtl", "macs", "flops", "params"]
    assert len(set(frame.columns)) == len(frame.columns)
    assert list(frame.index) == [0, 1, 2]
    assert frame.index.name == "number"
    for trial in TRIALS:
        row = frame.loc[trial.number]
        assert {name: row[name] for name in list_numbers(trial)} == list_numbers(trial)


def test_what_a_trial_has_not_is_missing() -> None:
    frame = tabulate_trials(TRIALS, ["delta_mtl", "macs"])
    assert frame.loc[1, "reason"] == "loss is NaN in epoch 2"
    assert frame.loc[0, "reason"] == ""
    assert frame[["delta_mtl", "edges.f1"]].isna().sum().tolist() == [1, 1]
    assert frame["macs"].tolist() == [trial.macs for trial in TRIALS]
    assert frame["choice.other"].tolist()[2] == "x"
    assert frame["choice.other"].isna().tolist() == [True, True, False]
    assert frame["choice.depth.depth"].isna().tolist() == [False, False, True]


def test_no_trials_have_a_table_with_columns() -> None:
    frame = tabulate_trials([], ["worst_delta", "params"])
    assert frame.empty
    assert {"key", "worst_delta", "params", "macs", "reason"} <= set(frame.columns)


def test_curves_are_by_epoch_also_where_some_are_shorter() -> None:
    trial = complete(0, 1.5, 18_000_000, curves={"loss": [3.0, 2.0, 1.0], "depth.abs_err_m": [0.5]})
    expected = {"loss": [3.0, 2.0, 1.0], "depth.abs_err_m": [0.5, float("nan"), float("nan")]}
    pd.testing.assert_frame_equal(
        tabulate_curves(trial), pd.DataFrame(expected, index=pd.RangeIndex(1, 4, name="epoch"))
    )
    assert tabulate_curves(failed(1)).empty
