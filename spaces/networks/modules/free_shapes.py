"""Shapes of what costs nothing, told at once: on the meta device torch works them out in Python, op by op."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class FreeShapes(TorchDispatchMode):
    """While it is on, batch-norm of a network that does not learn and bilinear resizing give empty tensors.

    Nothing of them is counted, and they took four tenths of the time of counting a network.
    """

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: tuple[type, ...],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Answer, or let torch."""
        if func is torch.ops.aten.native_batch_norm.default:
            return torch.empty_like(args[0]), args[0].new_empty(0), args[0].new_empty(0)
        if func is torch.ops.aten.upsample_bilinear2d.default:
            return args[0].new_empty((*args[0].shape[:2], *args[1]))
        return func(*args, **(kwargs or {}))
