"""Whether there is memory to export a network for images of a size: known before anything is made of it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from search.deploy.parity import BATCHES
from spaces.common.free_memory import measure_free_memory
from spaces.errors import ConfigError
from spaces.networks.modules.padding import Size

HELD = 4  # times what one pass holds at once: trained and exported network, runtimes' reserves, answers of both; ours
STEPS = 12  # halvings in the search for the largest size that fits


def refuse_large_size(program: nn.Module, size: Size, free: int | None = None) -> None:
    """See that there is memory for images of a size.

    Args:
        program: photos' bytes in, scores out.
        size: (height, width) that is wanted.
        free: bytes; None for what is free now.

    Raises:
        ConfigError: there is not, with a size of about that shape that there is memory for.
    """
    free = measure_free_memory() if free is None else free
    if free is None:  # a system that does not say
        return
    ghost = deepcopy(program).to("meta")
    needed = estimate_memory(ghost, size)
    if needed <= free:
        return
    fitting = _find_fitting(ghost, size, free)
    mend = f"want at most about {fitting[0]} {fitting[1]} here" if fitting else "no size of that shape fits here"
    raise ConfigError(
        f"--size {size[0]} {size[1]}: to write and check a network for such images takes about {needed / 1e9:,.1f} GB "
        f"of memory, and {free / 1e9:,.1f} GB are free; {mend}, or export where there is more memory"
    )


def _find_fitting(ghost: nn.Module, size: Size, free: int) -> Size | None:
    """About the largest size of that shape; None where there is none."""
    least, beyond = 0.0, 1.0
    for _ in range(STEPS):
        middle = (least + beyond) / 2
        least, beyond = (middle, beyond) if estimate_memory(ghost, _scale(size, middle)) <= free else (least, middle)
    return _scale(size, least) if least else None


def estimate_memory(program: nn.Module, size: Size) -> int:
    """Bytes that writing and checking a network take at most, about: nothing of that size is made.

    Args:
        program: on the meta device.
        size: (height, width) of images.
    """
    images = torch.empty(1, *size, 3, dtype=torch.uint8, device="meta")
    with torch.inference_mode(), _Peak() as peak:
        program(images)
    return HELD * max(BATCHES) * (peak.most + images.nbytes)


class _Peak(TorchDispatchMode):
    """Bytes of results that are held at once, at most."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 0
        self._held: dict[int, tuple[StorageWeakRef, int]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run what is asked, and count what is there after it."""
        found = func(*args, **(kwargs or {}))
        for each in tree_leaves(found):
            if isinstance(each, Tensor):
                storage = each.untyped_storage()
                self._held[storage._cdata] = StorageWeakRef(storage), storage.nbytes()
        self._held = {key: held for key, held in self._held.items() if not held[0].expired()}
        self.most = max(self.most, sum(held[1] for held in self._held.values()) + _count_attention(func, args))
        return found


def _count_attention(func: Any, args: Any) -> int:
    """Bytes of attention's matrix, which exported graphs hold as a whole and torch's own kernels do without."""
    if "scaled_dot_product" not in str(func):
        return 0
    query, key = args[:2]
    return int(query[..., 0].numel() * key.shape[-2] * query.element_size())


def _scale(size: Size, share: float) -> Size:
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))
