from __future__ import annotations

import math
import statistics

import pytest
import torch

from trainers.tasks.measures.normals import BINS
from trainers.tasks.normals import Normals

MEASURES = {measure.metric.name: measure for measure in Normals("it").further}


def score(name: str, degrees: list[float], *, invalid: int = 0) -> float:
    """Of pixels that are so many degrees off, the first few of which do not count."""
    angle = torch.tensor(degrees, dtype=torch.double).deg2rad()
    prediction = torch.stack([angle.sin(), torch.zeros_like(angle), angle.cos()])[None, :, None]  # (1, 3, 1, W)
    target = torch.zeros_like(prediction)
    target[:, 2, :, invalid:] = 1
    measure = MEASURES[name]
    assert measure.sums is not None
    sums = measure.sums(prediction, target)
    assert len(sums) == measure.size
    return measure.value(torch.zeros(0), sums)


@pytest.mark.parametrize("count", [1, 2, 5, 8, 101])
def test_the_median_is_right_to_half_a_bin(count: int) -> None:
    degrees = (torch.rand(count, generator=torch.Generator().manual_seed(count)) * 180).tolist()
    assert score("median_deg", degrees) == pytest.approx(statistics.median(degrees), abs=90 / BINS + 1e-9)


def test_the_root_of_the_mean_square() -> None:
    assert score("rmse_deg", [30.0, 40.0, 0.0]) == pytest.approx(math.sqrt((900 + 1600) / 3))


def test_angles_between_raw_values_are_smaller() -> None:
    assert score("adashare_compressed_deg", [60.0]) < score("rmse_deg", [60.0])
    assert score("adashare_compressed_deg", [0.0]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", MEASURES)
def test_what_is_not_valid_does_not_count(name: str) -> None:
    assert score(name, [170, 90, 10, 20], invalid=2) == pytest.approx(score(name, [10, 20]))
    assert math.isnan(score(name, [10, 20], invalid=2))
    assert math.isnan(score(name, [math.nan, 20]))
