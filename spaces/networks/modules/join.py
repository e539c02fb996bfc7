"""All channels of each task side by side, from its own branch and from the shared one: the choice of hard gates."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from spaces.networks.modules.layer import pick_channels

PIECES = 8
"""Copying so many stretches of channels is faster than picking channels one by one: measured on one CPU thread."""


class Join(nn.Module):
    """Puts together what each task takes.

    Args:
        taken: ``(branches, C)``, whether a branch makes a channel; the tasks' branches, then the shared one, which is
            taken where a task's own is not.
        dim: of the channels: 1 in images, -1 in tokens.
    """

    def __init__(self, taken: Tensor, dim: int) -> None:
        super().__init__()
        self.dim, self.channels = dim, taken.shape[1]
        self.pieces = [_list_pieces(taken, task) for task in range(len(taken) - 1)]
        self.register_buffer("places", _find_places(taken), persistent=False)

    def forward(self, made: Sequence[Tensor | None]) -> list[Tensor]:
        """One tensor a branch or None for an empty one, the shared one last -> one a task, none of them twice."""
        dim, every = self.dim, None
        after = []
        for pieces, places in zip(self.pieces, self.get_buffer("places"), strict=True):
            if len(pieces) > PIECES:
                every = torch.cat([each for each in made if each is not None], dim) if every is None else every
                after.append(pick_channels(every, places, dim))
            else:
                parts = [made[branch].narrow(dim, start, length) for branch, start, length in pieces]  # type: ignore[union-attr]  # not empty
                after.append(parts[0] if len(parts) == 1 else torch.cat(parts, dim))
        return after


def arrange(opened: Tensor) -> Tensor:
    """An order of channels in which those that a task takes from one branch lie in few stretches.

    Channels with the same takers are neighbours, and from one set of takers to the next goes a Gray code: there are at
    most ``2 ** tasks`` stretches a task, 2, 3 and 5 for three tasks.

    Args:
        opened: ``(tasks, C)``, whether a task takes its own channel.
    """
    code = sum(row.long() << task for task, row in enumerate(opened))
    rank = torch.as_tensor(code)
    for by in (1, 2, 4, 8, 16, 32):
        rank = rank ^ (rank >> by)
    return rank.argsort(stable=True)


def _list_pieces(taken: Tensor, task: int) -> list[tuple[int, int, int]]:
    """Stretches of channels that a task takes from one branch: the branch, the first place in it, and how many."""
    shared, before, pieces = len(taken) - 1, taken.cumsum(1) - taken.long(), []
    own, lengths = taken[task].unique_consecutive(return_counts=True)
    starts = lengths.cumsum(0) - lengths
    for mine, start, length in zip(own.tolist(), starts.tolist(), lengths.tolist(), strict=True):
        branch = task if mine else shared
        pieces.append((branch, int(before[branch, start]), length))
    return pieces


def _find_places(taken: Tensor) -> Tensor:
    """Where each task finds its channels once all branches' channels are put side by side, ``(tasks, C)``."""
    opened, shared = taken[:-1], taken[-1]
    starts = taken.sum(1).cumsum(0) - taken.sum(1)
    own = opened.cumsum(1) - 1 + starts[:-1, None]
    return torch.where(opened, own, starts[-1] + shared.cumsum(0) - 1)
