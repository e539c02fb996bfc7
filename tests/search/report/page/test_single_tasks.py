from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from search.report.page.single_tasks import (
    SingleTask,
    count_separate,
    estimate_delta_spread,
    estimate_reference_error,
    estimate_scatter,
    read_single_tasks,
)
from tests.search.trials import TASKS


def _outcome(name: str, value: float, macs: int) -> dict[str, object]:
    return {"metrics": {name: value}, "cost": {"macs": macs}}


def test_what_single_task_networks_scatter_by_becomes_that_of_deltas(tmp_path: Path) -> None:
    values = {"segmentation.miou": (0.4, 0.6), "depth.abs_err_m": (0.9, 1.1), "normals.angle_deg": (19.0, 21.0)}
    outcomes = [_outcome(name, value, 10) for name, pair in values.items() for value in pair]
    (tmp_path / "baselines.json").write_text(json.dumps({str(n): each for n, each in enumerate(outcomes)}))
    found = read_single_tasks(tmp_path, TASKS)
    assert [each.task for each in found] == ["segmentation", "depth", "normals"]
    assert [(each.mean, each.networks, each.macs) for each in found] == [(0.5, 2, 10), (1.0, 2, 10), (20.0, 2, 10)]
    shares = [100 * gap / math.sqrt(2) / mean for gap, mean in ((0.2, 0.5), (0.2, 1.0), (2.0, 20.0))]
    scatter = estimate_scatter(found)
    assert scatter["depth.delta"] == pytest.approx(shares[1])
    assert scatter["delta_mtl"] == pytest.approx(math.hypot(*shares) / 3)
    assert scatter["worst_delta"] == pytest.approx(shares[0])
    assert estimate_reference_error(found) == pytest.approx(scatter["delta_mtl"] / math.sqrt(2))
    assert (count_separate(found, 3), count_separate(found, 4)) == (30, 0)


def test_a_folder_without_them_tells_nothing(tmp_path: Path) -> None:
    assert read_single_tasks(tmp_path, TASKS) == ()
    for damaged in ("{ damaged", "[1]", '{"a": 1}', '{"a": {"metrics": 3}}'):
        (tmp_path / "baselines.json").write_text(damaged)
        assert read_single_tasks(tmp_path, TASKS) == ()
    assert estimate_scatter(()) == {}
    assert math.isnan(estimate_reference_error(()))


@pytest.mark.parametrize(("higher", "delta"), [(True, 979.0), (False, -979.0)])
def test_far_from_zero_a_delta_knows_no_more_than_what_it_is_measured_from(higher: bool, delta: float) -> None:
    single = SingleTask("segmentation", True, "miou", "", higher, 0.026, 0.011, 3, 10)
    assert estimate_delta_spread(single, 0.0) == pytest.approx(single.share * math.sqrt(1 + 1 / 3))
    assert estimate_delta_spread(single, delta) == pytest.approx(267, abs=1)
    alone = SingleTask("segmentation", True, "miou", "", higher, 0.026, math.nan, 1, 10)
    assert math.isnan(estimate_delta_spread(alone, delta))
