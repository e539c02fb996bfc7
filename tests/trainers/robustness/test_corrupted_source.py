from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.trainers.robustness.rooms import TASKS, build_network, draw_split, to_arrays
from trainers.measure import measure
from trainers.robustness.corrupted_source import CorruptedSource
from trainers.robustness.corruptions.catalogue import CORRUPTIONS
from trainers.robustness.corruptions.corruption import corrupt

NOISE = CORRUPTIONS["gaussian_noise"]
SPLIT = draw_split()


def _images(source: CorruptedSource, size: int) -> torch.Tensor:
    return torch.cat([images for images, _ in source.batches(size, TASKS)])


@pytest.mark.parametrize("size", [1, 5, 12, 64])
def test_images_are_the_same_whatever_the_batches(size: int) -> None:
    before = torch.cat([images for images, _ in SPLIT.batches(12, TASKS)])
    want = corrupt(to_arrays(before), NOISE, 3, 1, range(12))

    found = _images(CorruptedSource(SPLIT, NOISE, 3, 1), size)

    np.testing.assert_array_equal(to_arrays(found), want)
    assert found.shape == before.shape
    assert found.dtype == before.dtype
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_an_order_moves_images_and_does_not_change_them() -> None:
    source, order = CorruptedSource(SPLIT, NOISE, 3, 1), torch.tensor([7, 2, 2, 11])
    found = torch.cat([images for images, _ in source.batches(3, TASKS, order)])
    torch.testing.assert_close(found, _images(source, 4)[order], rtol=0, atol=0)


def test_targets_stay_and_a_task_that_wants_the_image_gets_the_one_before() -> None:
    (before, targets), (_, kept) = (
        next(iter(source.batches(12, TASKS))) for source in (SPLIT, CorruptedSource(SPLIT, NOISE, 5, 0))
    )
    assert kept.keys() == {*targets, "again"}
    assert all(torch.equal(kept[name], target) for name, target in targets.items())
    assert torch.equal(kept["again"], before)


def test_it_is_as_long_and_as_large_and_can_be_shortened() -> None:
    source = CorruptedSource(SPLIT, NOISE, 2, 0)
    assert (len(source), source.size, source.device) == (12, (32, 32), torch.device("cpu"))
    assert len(source.first(5)) == 5
    assert torch.equal(_images(source.first(5), 2), _images(source, 12)[:5])


def test_a_network_measures_on_severity_0_what_it_measures_on_the_split() -> None:
    network = build_network()
    assert measure(network, CorruptedSource(SPLIT, NOISE, 0, 0), TASKS) == measure(network, SPLIT, TASKS)
