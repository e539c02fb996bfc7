from __future__ import annotations

import numpy as np
import pytest
import torch

from trainers.batches.ring import Ring
from trainers.data.splits.samples import Sample


def sample(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return Sample(image, {"ids": rng.integers(0, 9, (4, 6)).astype(np.int16), "kind": np.int16(seed)[...]})


@pytest.mark.parametrize("shared", [False, True])
def test_every_place_keeps_what_was_put_there_last(shared: bool) -> None:
    ring = Ring(sample(0), places=3, size=2)
    if shared:
        ring.share()
    for number in range(12):  # twice round
        ring.put(number // 2 % 3, number % 2, sample(number))
    for place in range(3):
        images, targets = ring.batch(place, 2)
        for row in range(2):
            expected = sample(6 + 2 * place + row)
            assert np.array_equal(images[row].numpy(), expected.image)
            assert np.array_equal(targets["ids"][row].numpy(), expected.targets["ids"])
            assert targets["kind"][row] == expected.targets["kind"]


def test_types_are_those_of_the_sample_and_a_smaller_batch_is_its_first_rows() -> None:
    ring = Ring(sample(0), places=1, size=3)
    ring.put(0, 0, sample(5))
    images, targets = ring.batch(0, 1)
    assert images.shape == (1, 4, 6, 3)
    assert images.dtype == torch.uint8
    assert targets["ids"].dtype == targets["kind"].dtype == torch.int16
    assert targets["kind"].tolist() == [5]


def test_batches_are_views_and_no_copies() -> None:
    ring = Ring(sample(0), places=1, size=1)
    ring.put(0, 0, sample(1))
    images, _ = ring.batch(0, 1)
    ring.put(0, 0, sample(2))
    assert np.array_equal(images[0].numpy(), sample(2).image)
