"""Memory that an export takes, before it takes it."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
import torch
from torch import nn

from search.deploy.size_bound import HELD, estimate_memory, refuse_large_size
from spaces.errors import ConfigError
from spaces.networks.small import Small
from spaces.networks.vit import Vit
from tests.search.deploy.networks import TASKS, draw_pattern, make_program

SMALL = Small((8, 12), 4)


class Known(nn.Module):
    """Holds so many bytes at once: its second result beside the first, when the third is there nothing else."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        first = image.float()  # 4 of the image
        second = first.repeat(1, 1, 1, 2)  # 8
        del first
        return second.sum()


def test_what_is_held_at_once_is_counted() -> None:
    image = 10 * 20 * 3
    assert estimate_memory(Known().to("meta"), (10, 20)) == HELD * 5 * (4 * image + 8 * image + image)


def test_attention_counts_as_the_matrix_that_exported_graphs_hold() -> None:
    family = Vit(width=8, depth=2, heads=2, patch=8, grid=4, stages=2, decoder_width=4)
    ghost = deepcopy(make_program(draw_pattern("branching", family, TASKS), family)).to("meta")
    tokens = (512 // 8) ** 2
    assert estimate_memory(ghost, (512, 512)) > HELD * 5 * 2 * 4 * tokens**2


def test_a_size_beyond_memory_is_refused_with_one_that_fits() -> None:
    program = make_program(draw_pattern("fusion", SMALL, TASKS), SMALL)
    refuse_large_size(program, (64, 64), 10**9)
    with pytest.raises(ConfigError, match=r"--size 90000 30000: to write and check a network for such") as refused:
        refuse_large_size(program, (90_000, 30_000), 10**9)
    (told,) = refused.value.problems
    assert re.search(r"takes about [\d,.]+ GB of memory, and 1.0 GB are free; want at most about \d+ \d+ here", told)
    height, width = map(int, re.findall(r"about (\d+) (\d+) here", told)[0])
    assert height == pytest.approx(3 * width, abs=3)
    refuse_large_size(program, (height, width), 10**9)
    with pytest.raises(ConfigError):
        refuse_large_size(program, (int(1.1 * height), int(1.1 * width)), 10**9)
    with pytest.raises(ConfigError, match="no size of that shape fits here"):
        refuse_large_size(program, (90_000, 30_000), 100)
    assert next(program.parameters()).device.type == "cpu"  # what was asked about stays where it lies


def test_a_system_that_tells_no_memory_bounds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.deploy.size_bound.measure_free_memory", lambda: None)
    refuse_large_size(make_program(draw_pattern("fusion", SMALL, TASKS), SMALL), (90_000, 90_000))
