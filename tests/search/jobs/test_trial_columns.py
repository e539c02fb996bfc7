from __future__ import annotations

from search.jobs.trial_columns import COSTS, read_columns, read_shown_columns
from tests.search.trials import complete, failed


def test_columns_come_in_the_order_asked_for() -> None:
    trial = complete(3, -2.0, 9_000_000)
    row = read_columns(trial, ("flops", "delta_mtl", "key", "edges.f1"))
    assert list(row.items()) == [("flops", 18_000_000), ("delta_mtl", -2.0), ("key", trial.key), ("edges.f1", 0.4)]


def test_every_trial_has_its_costs_and_a_failed_one_nothing_measured() -> None:
    trial = failed(1)
    assert read_columns(trial, ("delta_mtl", *COSTS, "reason")) == {
        "macs": 9_000_000,
        "flops": 18_000_000,
        "params": 300_000,
        "fixed": 0,
        "reason": "loss is NaN in epoch 2",
    }


def test_an_objective_goes_before_a_metric_of_its_name_and_a_count_before_both() -> None:
    trial = complete(0, 1.0, 10, objectives={"delta_mtl": 1.5, "macs": 11.0}, metrics={"delta_mtl": 1.0})
    assert read_columns(trial, ("delta_mtl", "macs")) == {"delta_mtl": 1.5, "macs": 10}


def test_people_are_shown_milliseconds() -> None:
    trial = complete(0, 1.0, 10, seconds=1.23456)
    assert read_columns(trial, ("seconds",)) == {"seconds": 1.23456}
    assert read_shown_columns(trial, ("seconds", "epochs")) == {"seconds": 1.235, "epochs": 8}
    assert read_shown_columns(trial, ("epochs",)) == {"epochs": 8}
