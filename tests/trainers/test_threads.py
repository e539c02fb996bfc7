from __future__ import annotations

import pytest
import torch

from trainers.threads import threads_of_torch


def test_threads_are_as_many_as_said_and_then_as_before_whatever_happens() -> None:
    before = torch.get_num_threads()
    with threads_of_torch(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
    with pytest.raises(ValueError, match="no matter"), threads_of_torch(before + 1):
        raise ValueError("no matter")
    assert torch.get_num_threads() == before
