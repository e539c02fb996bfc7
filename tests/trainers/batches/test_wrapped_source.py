from __future__ import annotations

from dataclasses import dataclass

import torch

from trainers.batches.memory import Split
from trainers.batches.source import Source
from trainers.batches.wrapped_source import WrappedSource


@dataclass
class Between(WrappedSource):
    source: Source


def test_what_is_wrapped_is_as_large_and_lies_where_the_source_lies() -> None:
    split = Split(torch.zeros(5, 3, 8, 12, dtype=torch.uint8), {})
    wrapped = Between(split)
    assert (len(wrapped), wrapped.size, wrapped.device) == (5, (8, 12), split.device)
