"""A gated stage after training: only the channels that somebody reads, chosen once and for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from spaces.errors import DataError
from spaces.networks.modules.gated import GatedStage
from spaces.networks.modules.gates import mix_soft
from spaces.networks.modules.join import Join, arrange


class PrunedStage(nn.Module):
    """The stage with hard gates, its dead channels cut out; equal in output to the stage with its gates masked.

    Bejnordi et al. 2024 as reconstructed: a task's branch loses the channels that its gate closes, the shared branch
    those that no task takes. Layers keep their full input width. No other channel is dead: what the next layer makes of
    a channel is somewhere the task's own, or else shared, and the shared branch reads all tasks.

    Args:
        stage: as trained; its narrowed weights are copied.
        masks: as `GatedStage.masks`.

    Raises:
        DataError: masks of other tasks, layers or channels.
    """

    def __init__(self, stage: GatedStage, masks: Sequence[Mapping[str, str]]) -> None:
        super().__init__()
        self.dim, self.mixes, self.count = stage.dim, stage.mixes, len(stage.tasks)
        opened = _open_masks(stage, masks)
        self.reads = [stage.layers(index)[-1].reads for index in range(len(masks))]
        self.branches = nn.ModuleList()
        self.live: list[list[bool]] = []
        self.joins = nn.ModuleList()
        placed = {n for index in range(len(masks)) for n in stage.layers(index)[-1].placed}
        befores: dict[nn.Module, nn.Module] = {}
        orders: list[Tensor | None] = [None]  # by value: what a branch reads, then what follows each layer
        for index, rows in enumerate(opened):
            # Inside the stage nobody else sees the channels, so they may lie as suits their way through it.
            free = index < len(opened) - 1 and index + 1 not in placed
            order = arrange(rows) if free else torch.arange(rows.shape[1], device=rows.device)
            taken = torch.cat((rows, ~rows.all(0, keepdim=True)))[:, order]  # (branches, C), the shared one last
            layers = stage.layers(index)
            read = [orders[n] for n in self.reads[index]]
            self.live.append(taken.any(1).tolist())
            self.branches.append(
                nn.ModuleList(
                    layer.narrow(order[row], read, self.dim, befores)
                    if row.any()
                    else nn.Identity()  # to keep the places
                    for layer, row in zip(layers, taken, strict=True)
                )
            )
            self.joins.append(Join(taken, self.dim))
            orders.append(order)
        self.mixed = self._read_mixes(len(stage.betas))
        for index in self.mixed:
            weights = stage.betas[index].detach().softmax(0)
            self.register_buffer(f"weights{index}", weights[:, orders[index + 1]])

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """As `GatedStage`: one input a task and the shared one, one output a task and, if it mixes, the shared one."""
        values: list[list[Tensor]] = [[each] for each in inputs]
        parts = zip(self.branches, self.reads, self.live, self.joins, strict=True)
        for index, (branches, reads, live, join) in enumerate(parts):
            layers = cast(list[nn.Module], branches)
            made = [
                layer(*(seen[n] for n in reads)) if alive else None
                for layer, seen, alive in zip(layers, values, live, strict=True)
            ]
            after = join(made)
            if index in self.mixed:
                after.append(mix_soft(self.get_buffer(f"weights{index}"), after, self.dim))
            else:
                after.append(after[0])  # nobody reads this mix: it only keeps the place
            for seen, value in zip(values, after, strict=True):
                seen.append(value)
        return tuple(seen[-1] for seen in (values if self.mixes else values[: self.count]))

    def _read_mixes(self, mixes: int) -> list[int]:
        """Layers after which the shared stream is mixed, for a shared layer that is alive or a stage that follows."""
        read = {n - 1 for reads, live in zip(self.reads, self.live, strict=True) if live[-1] for n in reads if n}
        return [index for index in range(mixes) if index in read or (self.mixes and index == mixes - 1)]


def _open_masks(stage: GatedStage, masks: Sequence[Mapping[str, str]]) -> list[Tensor]:
    """Masks as ``(tasks, C)`` booleans, one a layer."""
    shapes = [(set(stage.tasks), {gate.alpha.shape[1]}) for gate in stage.gates]
    given = [(set(mask), {len(row) for row in mask.values()}) for mask in masks]
    digits = {digit for mask in masks for row in mask.values() for digit in row}
    if given != shapes or not digits <= {"0", "1"}:
        raise DataError(
            f"masks of {len(given)} layers do not fit a gated stage of {len(shapes)} layers and tasks "
            f"{', '.join(stage.tasks)}: want a text of 0 and 1 for every task and layer, one digit a channel"
        )
    where = stage.gates[0].alpha.device
    return [torch.tensor([[d == "1" for d in mask[task]] for task in stage.tasks], device=where) for mask in masks]
