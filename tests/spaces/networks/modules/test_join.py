from __future__ import annotations

import pytest
import torch

from spaces.networks.modules.join import PIECES, Join, arrange

CHANNELS = 40


def rows(tasks: int, seed: int, share: float = 0.4) -> torch.Tensor:
    return torch.rand(tasks, CHANNELS, generator=torch.Generator().manual_seed(seed)) < share


def with_shared(opened: torch.Tensor) -> torch.Tensor:
    return torch.cat((opened, ~opened.all(0, keepdim=True)))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.4, 1.0])
@pytest.mark.parametrize("dim", [1, -1])
@pytest.mark.parametrize("tasks", [2, 3, 5])
@pytest.mark.parametrize("order", [arrange, lambda opened: torch.arange(opened.shape[1])])
def test_each_task_gets_its_own_channels_where_it_takes_them_and_shared_ones_elsewhere(
    order: object, tasks: int, dim: int, share: float
) -> None:
    opened = rows(tasks, seed=tasks, share=share)
    opened = opened[:, order(opened)]  # type: ignore[operator]
    taken = with_shared(opened)
    full = torch.rand(tasks + 1, 2, CHANNELS, 3, 4)
    if dim == -1:
        full = full.movedim(2, -1)
    made = [
        values.index_select(dim, row.nonzero()[:, 0]) if row.any() else None
        for values, row in zip(full, taken, strict=True)
    ]
    for task, after in enumerate(Join(taken, dim)(made)):
        shape = [1] * after.ndim
        shape[dim] = CHANNELS
        assert torch.equal(after, torch.where(opened[task].view(shape), full[task], full[-1]))


@pytest.mark.parametrize("tasks", [1, 2, 3, 4, 6])
def test_arranged_channels_lie_in_few_stretches(tasks: int) -> None:
    opened = rows(tasks, seed=0)
    order = arrange(opened)
    assert order.sort().values.tolist() == list(range(CHANNELS))
    pieces = [len(each) for each in Join(with_shared(opened[:, order]), 1).pieces]
    assert all(count <= 2**tasks for count in pieces)
    assert sum(pieces) <= 2**tasks - 1 + tasks  # a Gray code: one task changes at a time


def test_three_tasks_are_copied_in_stretches() -> None:
    opened = rows(3, seed=1)
    assert sorted(len(each) for each in Join(with_shared(opened[:, arrange(opened)]), 1).pieces) == [2, 3, 5]
    assert all(len(each) > PIECES for each in Join(with_shared(opened), 1).pieces)
