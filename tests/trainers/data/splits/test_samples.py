from __future__ import annotations

import threading

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.splits.samples import Sample, gather_samples


class Drawn:
    """Samples made of their number."""

    def __init__(self, count: int, spoilt: int | None = None) -> None:
        self.count, self.spoilt, self.read_by = count, spoilt, set[int]()

    def __len__(self) -> int:
        return self.count

    def read(self, index: int) -> Sample:
        self.read_by.add(threading.get_ident())
        rows = 3 if index == self.spoilt else 2
        image = np.full((2, 3, 3), index, np.uint8)
        return Sample(image, {"a": np.full((rows, 3), index, np.int16), "b": np.float32(index)[...]})


@pytest.mark.parametrize("threads", [1, 4])
def test_all_are_there_in_order_whoever_reads_them(threads: int) -> None:
    arrays = gather_samples(Drawn(50), threads)
    assert arrays.images.shape == (50, 2, 3, 3)
    assert (arrays.images == np.arange(50)[:, None, None, None]).all()
    assert (arrays.targets["a"] == np.arange(50)[:, None, None]).all()
    assert arrays.targets["a"].dtype == np.int16
    assert arrays.targets["b"].tolist() == list(range(50))


def test_a_sample_of_another_shape_is_refused_by_number_and_name() -> None:
    with pytest.raises(DataError, match=r"^sample 7: a has shape \(3, 3\), that of sample 0 \(2, 3\); want all"):
        gather_samples(Drawn(50, spoilt=7), threads=2)


def test_what_a_sample_says_is_what_is_told() -> None:
    class Broken(Drawn):
        def read(self, index: int) -> Sample:
            if index == 3:
                raise DataError("3.png: cannot be read")
            return super().read(index)

    with pytest.raises(DataError, match=r"^3\.png: cannot be read$"):
        gather_samples(Broken(5), threads=2)
