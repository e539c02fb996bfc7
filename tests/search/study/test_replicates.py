from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from search.config.composition import compose
from search.config.settings import Settings
from search.problem.deltas import compute_delta
from search.study.replicates import compute_mean_and_error, replicate
from spaces.errors import DataError
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from tests.tiny import arguments, write_tiny

NAMES = ("brightness", "colour", "depth")
PATTERNS = {"fused": hard_sharing(NAMES, 2, 2), "apart": separate_decoders(NAMES, 2, 2)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return compose(arguments(write_tiny(tmp_path / "data"), f"run.folder={tmp_path / 'runs'}"))


def test_differences_are_paired_and_deltas_refer_to_the_mean_of_the_single_task_networks(settings: Settings) -> None:
    found = replicate(settings, PATTERNS, (5, 6, 7), say=lambda line: None)
    assert found.metrics["delta_mtl"].shape == (2, 3)
    rows = dict(zip(found.names, found.metrics["delta_mtl"], strict=True))
    mean, error = found.difference("apart", "fused")
    assert mean == pytest.approx(np.mean(rows["apart"] - rows["fused"]))
    assert error == pytest.approx(np.std(rows["apart"] - rows["fused"], ddof=1) / np.sqrt(3))
    tasks = settings.data.selected
    reference = {task.name: found.single[f"{task.name}.{task.headline}"].mean() for task in tasks}
    measured = {name: values[0, 1] for name, values in found.metrics.items() if not name.endswith("delta")}
    assert compute_delta(measured, reference, tasks)["delta_mtl"] == pytest.approx(rows["fused"][1])
    some = found.of((7, 5))
    assert np.array_equal(some.metrics["delta_mtl"], found.metrics["delta_mtl"][:, [2, 0]])


def test_what_is_there_is_not_trained_again_and_more_seeds_and_patterns_join(settings: Settings) -> None:
    told: list[str] = []
    first = replicate(settings, {"fused": PATTERNS["fused"]}, (5,), say=told.append)
    assert len(told) == 1 + len(NAMES)
    told.clear()
    again = replicate(settings, PATTERNS, (5, 6), say=told.append)
    assert told[0] == "4 of 10 trainings are there already"
    assert len(told) == 1 + 6
    # Another seed moves the reference, not the metrics themselves.
    assert again.metrics["depth.abs_err_m"][0, 0] == first.metrics["depth.abs_err_m"][0, 0]


def test_the_test_split_is_what_is_measured_and_nothing_is_mixed_up_with_a_search(settings: Settings) -> None:
    judged = {
        split: replicate(settings, PATTERNS, (5,), judged=split, say=lambda line: None) for split in ("val", "test")
    }
    values = [found.metrics["depth.abs_err_m"] for found in judged.values()]
    assert not np.array_equal(*values)


def test_failed_trainings_are_named_and_tried_again(settings: Settings) -> None:
    broken = replace(settings, trainer=replace(settings.trainer, lr=1e30, epochs=2))
    for _ in range(2):
        with pytest.raises(DataError, match=r"5 of 5 trainings failed; run it again for another try"):
            replicate(broken, PATTERNS, (5,), say=lambda line: None)


def test_a_roster_hands_out_equal_trainings_once(settings: Settings) -> None:
    replicate(settings, {"a": PATTERNS["fused"], "b": PATTERNS["fused"]}, (5,), say=lambda line: None)
    assert len(list((settings.run.folder / "replicates").glob("*.json"))) == len(NAMES) + 1


def test_the_error_of_one_value_is_not_known() -> None:
    assert np.isnan(compute_mean_and_error(np.array([1.0]))[1])
