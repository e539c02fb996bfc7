"""A gated stage while it trains: a branch a task, a shared one, and gates after every layer.

Bejnordi et al. 2024, whose text was not at hand. Read out of its public reviews: that there is one shared branch beside
one a task, and the numbers of equations 2 and 3. Recalled and not checked against the paper: what the equations say,
and that the shared branch reads nothing but the mix of the tasks' features. Our choice: where in a block gates stand,
that the last mix is dropped where nobody reads it, and that the place in a transformer's block is that of equations 6
to 8 as we reconstruct them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from spaces.networks.modules.gates import Gate, choose_hard, mix_soft
from spaces.networks.modules.layer import Layer

Masks = dict[str, tuple[dict[str, str], ...]]
"""Hard gates: by block name one entry a layer, by task a text of 0 and 1, a digit a channel; 1 is the task's own."""


@dataclass(frozen=True)
class Start:
    """How gates begin.

    Args:
        alpha: every logit.
        estimator: name in `spaces.networks.modules.gates.ESTIMATORS`.
    """

    alpha: float = 0.5
    estimator: str = "threshold"


START = Start()


class GatedStage(nn.Module):
    """T+1 branches of the same layers; what a branch reads next was chosen or mixed from all of them.

    Bejnordi et al. 2024, equations 2 and 3, as recalled. Gates stand after every convolution with what follows it,
    after the sum where there is a residual (our choice, for the place is not known): so the multiply-accumulates of
    convolutions after pruning lie between those of one network and of one network a task. Of attention there may be
    as much again as one more task has, for every branch of which something is read attends as a whole.

    Args:
        tasks: names, in the order of the inputs.
        branches: layers of each task's branch.
        shared: layers of the shared branch.
        rates: target rate of each task.
        mixes: whether the shared stream goes on after the stage.
        start: of the gates.
        dim: of the channels: 1 in images, -1 in tokens.
    """

    def __init__(
        self,
        tasks: Sequence[str],
        branches: Sequence[Sequence[Layer]],
        shared: Sequence[Layer],
        rates: Sequence[float],
        mixes: bool,
        start: Start,
        dim: int = 1,
    ) -> None:
        super().__init__()
        self.tasks, self.rates, self.mixes, self.dim = tuple(tasks), tuple(rates), mixes, dim
        self.branches = nn.ModuleList(nn.ModuleList(layers) for layers in (*branches, shared))  # the shared one last
        count = len(self.tasks)
        self._gates = nn.ModuleList(Gate(count, each.channels, start.alpha, start.estimator) for each in shared)
        last = len(self.gates) - 1
        # The last mix is only there where somebody reads it, or its weights would never learn.
        self.betas = nn.ParameterList(
            torch.zeros_like(gate.alpha) for index, gate in enumerate(self.gates) if mixes or index < last
        )

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """One input a task and the shared one -> one output a task and, where it ``mixes``, the shared one."""
        count = len(self.tasks)
        values = [[each] for each in inputs]  # by branch: its input and what followed each layer; the shared one last
        for index, gate in enumerate(self.gates):
            layers = self.layers(index)
            made = [layer(*(seen[n] for n in layer.reads)) for layer, seen in zip(layers, values, strict=True)]
            opened = gate()
            after = [choose_hard(opened[task], made[task], made[count], self.dim) for task in range(count)]
            if index < len(self.betas):
                after.append(mix_soft(self.betas[index].softmax(0), after, self.dim))
            for seen, value in zip(values, after, strict=False):
                seen.append(value)
        return tuple(seen[-1] for seen in (values if self.mixes else values[:count]))

    @property
    def gates(self) -> list[Gate]:
        """One a layer."""
        return cast(list[Gate], list(self._gates))

    def layers(self, index: int) -> list[Layer]:
        """The layer of every branch, from 0, the shared one's last."""
        return [cast(list[Layer], branch)[index] for branch in self.branches]

    @property
    def masks(self) -> tuple[dict[str, str], ...]:
        """The hard gates, layer by layer."""
        opened = [gate.open.int().tolist() for gate in self.gates]
        return tuple(
            {task: "".join(map(str, row)) for task, row in zip(self.tasks, rows, strict=True)} for rows in opened
        )
