"""The tasks' gradients in one matrix, and what an aggregator makes of it.

A parameter belongs to the tasks whose losses reach it, as backpropagation tells: one that a single task reaches gets
that task's gradient; all others together make the columns of one Jacobian with a row a task, zero where the task does
not reach. One matrix, not one for every group of tasks: a loss has one gradient over everything it shares, and what a
method says of it (that no loss rises to first order; which lengths are balanced) holds of the whole of it; and there is
one weight a task and step to be told. Rows come from torch.autograd.grad, one backward pass a task through what that
task reaches, and not from TorchJD's batched one, which asks every block to work under torch.vmap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torchjd.aggregation import Aggregator, WeightedAggregator

from trainers.weighting.weighting import Balance, Weights

if TYPE_CHECKING:
    from trainers.tasks.task import Task


class Jacobian(Balance):
    """Gradient descent with an aggregator for what is shared.

    Methods that average are smaller by the number of tasks than those that add; AdamW does not mind a factor.

    Args:
        tasks: one row each; each row is the gradient of the task's weight times its loss.
        aggregator: of TorchJD, ``(tasks, n) -> (n,)``.
    """

    def __init__(self, tasks: Sequence[Task], aggregator: Aggregator) -> None:
        self._factors = {task.name: task.weight for task in tasks}
        self._aggregator = aggregator
        self._weights = Weights([task.name for task in tasks])
        if isinstance(aggregator, WeightedAggregator):
            aggregator.weighting.register_forward_hook(lambda module, inputs, weights: self._weights.note(weights))

    def backward(
        self,
        losses: Mapping[str, Tensor],
        terms: Sequence[Tensor | float],
        parameters: Sequence[torch.nn.Parameter],
    ) -> None:
        """Aggregated gradients of what is shared, plain ones of what is not, and those of the terms on top."""
        learning = [parameter for parameter in parameters if parameter.requires_grad]
        weighted = [self._factors[name] * loss for name, loss in losses.items()]
        rows = [torch.autograd.grad(loss, learning, retain_graph=True, allow_unused=True) for loss in weighted]
        shared: list[tuple[torch.nn.Parameter, tuple[Tensor | None, ...]]] = []
        for parameter, column in zip(learning, zip(*rows, strict=True), strict=True):
            reached = [gradient for gradient in column if gradient is not None]
            if len(reached) > 1:
                shared.append((parameter, column))
            elif reached:
                parameter.grad = reached[0]
        if shared:
            self._share(shared)
        extra = sum((term for term in terms if isinstance(term, Tensor)), weighted[0].new_zeros(()))
        if extra.requires_grad:
            extra.backward()

    def used(self) -> dict[str, float]:
        """Of the rows times the tasks' own; empty for methods that do not combine whole rows."""
        rows = self._weights.take()
        return {key: rows[key] * factor for (key, factor) in zip(rows, self._factors.values(), strict=False)}

    def state_dict(self) -> dict[str, Any]:
        """The aggregator's buffers."""
        return dict(self._aggregator.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up the aggregator's buffers, which it makes when it is first called."""
        if not state:
            return
        self._aggregator(torch.eye(len(self._factors)))
        self._weights.take()
        self._aggregator.load_state_dict(dict(state))

    def _share(self, shared: Sequence[tuple[torch.nn.Parameter, tuple[Tensor | None, ...]]]) -> None:
        """Aggregate, and cut the result into the parameters' gradients."""
        matrix = torch.stack(
            [
                torch.cat([_flat(column[row], parameter) for parameter, column in shared])
                for row in range(len(self._factors))
            ]
        )  # (tasks, n)
        # No aggregator is to meet a loss that is no number: some would not end. The training tells it after the epoch.
        whole = self._aggregator(matrix) if matrix.isfinite().all() else matrix.sum(0)
        for (parameter, _), part in zip(shared, whole.split([p.numel() for p, _ in shared]), strict=True):
            # A copy in the parameter's own memory layout, which the optimiser is fastest with.
            parameter.grad = torch.empty_like(parameter).copy_(part.view(parameter.shape))


def _flat(gradient: Tensor | None, parameter: torch.nn.Parameter) -> Tensor:
    return torch.zeros_like(parameter).flatten() if gradient is None else gradient.flatten()
