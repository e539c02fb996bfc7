"""What counts as the same answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from search.deploy.parity import BATCHES, measure_parity
from spaces.errors import DataError

IMAGES = np.arange(3 * 4 * 4 * 3, dtype=np.uint8).reshape(3, 4, 4, 3)


def trained(images: np.ndarray) -> dict[str, np.ndarray]:
    return {"depth": images[..., 0].astype(np.float32), "edges": images[..., 1] / np.float32(255)}


def test_it_is_the_largest_difference_by_the_outputs_range_at_all_numbers_of_images() -> None:
    met = []

    def file(images: np.ndarray) -> dict[str, np.ndarray]:
        met.append(len(images))
        found = trained(images)
        found["depth"][-1, 0, 0] += 1e-3
        return found

    found = measure_parity(file, trained, IMAGES)
    assert met == list(BATCHES)
    assert found["edges"] == 0
    assert found["depth"] == pytest.approx(1e-3 / np.ptp(trained(IMAGES[:1])["depth"]), rel=1e-2)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda found: {**found, "depth": 1.01 * found["depth"]}, "answers otherwise than the .* range: depth by"),
        (lambda found: {**found, "depth": found["depth"] * np.nan}, "depth by nan, where 0.0001 is allowed; nothing"),
        (lambda found: {**found, "edges": found["edges"][..., :2]}, r"output edges of the exported file has shape"),
    ],
)
def test_other_answers_are_refused(spoil: Any, told: str) -> None:
    with pytest.raises(DataError, match=told):
        measure_parity(lambda images: spoil(trained(images)), trained, IMAGES)


def test_a_file_for_one_number_of_images_alone_is_refused() -> None:
    def file(images: np.ndarray) -> dict[str, np.ndarray]:
        if len(images) != 1:
            raise RuntimeError("got 2, expected 1")
        return trained(images)

    with pytest.raises(DataError, match=r"the exported file fails for 2 images \(got 2, expected 1\); export to"):
        measure_parity(file, trained, IMAGES)


def test_an_output_that_is_nearly_constant_may_differ_by_rounding_and_by_no_more() -> None:
    def flat(images: np.ndarray) -> dict[str, np.ndarray]:
        constant = np.full(images.shape[:3], -0.5773502, np.float32)
        constant[:, 0, 0] = np.nextafter(constant[0, 0, 0], np.float32(0))
        return {"normals": constant}

    def rounded(images: np.ndarray) -> dict[str, np.ndarray]:
        return {"normals": np.nextafter(flat(images)["normals"], np.float32(0))}

    assert 0 < measure_parity(rounded, flat, IMAGES)["normals"] < 2e-5
    with pytest.raises(DataError, match="normals by"):
        measure_parity(lambda images: {"normals": flat(images)["normals"] + 1e-5}, flat, IMAGES)
