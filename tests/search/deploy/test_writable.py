from __future__ import annotations

import numpy as np
import torch

from search.deploy.writable import writable


def test_only_what_torch_would_warn_of_is_copied() -> None:
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert writable(array) is array
    for other in (array.T, np.frombuffer(array.tobytes(), np.uint8).reshape(3, 4)):
        np.testing.assert_array_equal(torch.from_numpy(writable(other)).numpy(), other)
