"""The layers of a block, a convolution or linear map each: what gates choose between and pruning makes narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from spaces.errors import PatternError

POINTWISE = (nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d, nn.Identity)
"""Modules that treat each channel by itself."""


@runtime_checkable
class Narrowable(Protocol):
    """A module that treats each channel by itself and has weights of its own for it."""

    def narrow(self, keep: Tensor) -> nn.Module:
        """A copy for some of the channels, by index."""


class Layer(nn.Module):
    """A convolution or linear map with what follows it channel by channel, and what is added to that.

    Args:
        main: makes the channels, from one tensor.
        reads: what its inputs are: 0 is the block's input, n the output of the block's n-th layer.
        skip: takes the last input to what is added, or None.
        last: what is done with the sum, or None.
        before: makes what ``main`` takes from the inputs that are not the skip's, such as a normalisation over all
            channels, or attention; without it there is one such input. Gates choose among what ``main`` makes, so a
            branch has this part whole, or not at all where none of its channels is read.
    """

    def __init__(
        self,
        main: nn.Module,
        reads: tuple[int, ...] = (0,),
        skip: nn.Module | None = None,
        last: nn.Module | None = None,
        before: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.main, self.reads, self.skip, self.last, self.before = main, reads, skip, last, before

    def forward(self, *inputs: Tensor) -> Tensor:
        """All channels of the layer, from what it ``reads``."""
        read = inputs if self.skip is None else inputs[:-1]
        output = self.main(*read if self.before is None else (self.before(*read),))
        if self.skip is not None:
            output = output + self.skip(inputs[-1])
        return output if self.last is None else self.last(output)

    @property
    def channels(self) -> int:
        """That it makes."""
        made = [part for part in self.main.modules() if isinstance(part, (nn.Conv2d, nn.Linear))]
        return int(made[-1].weight.shape[0])

    @property
    def placed(self) -> tuple[int, ...]:
        """Values whose channels it wants at their places, for their place has a meaning: the heads of attention."""
        if self.before is None or isinstance(self.before, nn.LayerNorm):
            return ()
        return self.reads if self.skip is None else self.reads[:-1]

    def shift(self, by: int, start: int) -> Layer:
        """The same layer in a longer chain: its block's input is value ``start``, its own layers come ``by`` later."""
        reads = tuple(start if n == 0 else n + by for n in self.reads)
        return Layer(self.main, reads, self.skip, self.last, self.before)

    def narrow(
        self, keep: Tensor, orders: Sequence[Tensor | None], dim: int, befores: dict[nn.Module, nn.Module]
    ) -> Layer:
        """A copy that makes only some channels, from inputs of full width.

        Args:
            keep: indices of the channels to make, in the order in which they are made.
            orders: what channels the places of each input hold, or None where nothing was rearranged: values that are
                `placed` never are.
            dim: of the channels: 1 in images, -1 in tokens.
            befores: copies that were made of what is ``before``, by the original; layers that share it go on doing so.
        """
        skip = None if self.skip is None else _narrow(self.skip, keep, orders[-1], dim)
        order = None if self.placed else orders[0]
        if self.before is not None and self.before not in befores:
            befores[self.before] = deepcopy(self.before) if order is None else _narrow(self.before, order, None, dim)
        before = None if self.before is None else befores[self.before]
        return Layer(_narrow(self.main, keep, order, dim), self.reads, skip, self.last, before)


@runtime_checkable
class Layered(Protocol):
    """A block that can name its layers."""

    def layers(self) -> tuple[Layer, ...]:
        """In order of computation; the last one's output is the block's. They share the block's weights."""


class Pick(nn.Module):
    """Some of the channels, for a residual whose sum was made narrow."""

    index: Tensor

    def __init__(self, index: Tensor, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.register_buffer("index", index)

    def forward(self, features: Tensor) -> Tensor:
        """``(B, C, H, W) -> (B, picked, H, W)`` of an image, ``(B, n, C) -> (B, n, picked)`` of tokens."""
        return pick_channels(features, self.index, self.dim)


def pick_channels(features: Tensor, index: Tensor, dim: int) -> Tensor:
    """Channels by index along a dimension, laid out in memory as they were.

    Where channels lie side by side in memory, torch is three times as fast on a matrix of pixels and channels.
    """
    if features.ndim == 4 and dim == 1 and features.is_contiguous(memory_format=torch.channels_last):
        pixels = features.permute(0, 2, 3, 1)
        rows = pixels.reshape(-1, pixels.shape[-1]).index_select(1, index)
        return rows.view(*pixels.shape[:-1], len(index)).permute(0, 3, 1, 2)
    return features.index_select(dim, index)


def list_layers(block: nn.Module) -> tuple[Layer, ...]:
    """The layers of a block: its own, or of a sequence one after the other.

    Raises:
        PatternError: a part that is not known to be made of layers.
    """
    if isinstance(block, Layered):
        return block.layers()
    if isinstance(block, nn.Sequential) and isinstance(next(iter(block), None), nn.Conv2d):
        _check_pointwise(block)
        return (Layer(block),)
    if isinstance(block, nn.Sequential):
        return chain_layers(*(list_layers(part) for part in block))
    raise PatternError(
        f"blocks of {type(block).__name__} cannot be gated: a gated stage chooses between layers of one convolution "
        "each; give the block a method layers(), or leave its stages shared"
    )


def chain_layers(*parts: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers of parts that stand one after the other."""
    chain: list[Layer] = []
    for layers in parts:
        start = len(chain)
        chain += [layer.shift(start, start) for layer in layers]
    return tuple(chain)


def _check_pointwise(block: Iterable[nn.Module]) -> None:
    first = next(iter(block))
    if isinstance(first, nn.Conv2d) and first.groups > 1:
        raise PatternError(
            f"a convolution in {first.groups} groups cannot be gated: its channels depend on each other's places; give "
            "the block a method layers() that keeps groups together, or leave its stages shared"
        )
    strangers = [type(part).__name__ for part in list(block)[1:] if not isinstance(part, POINTWISE)]
    if strangers:
        raise PatternError(f"{', '.join(strangers)} after a convolution cannot be gated: it may mix channels")


def _narrow(part: nn.Module, keep: Tensor, order: Tensor | None, dim: int) -> nn.Module:
    """A copy with only some of the output channels, for an input whose channels were rearranged."""
    if isinstance(part, nn.Sequential):
        return nn.Sequential(*(_narrow(each, keep, order, dim) for each in part))
    if isinstance(part, nn.Identity):
        return Pick(keep if order is None else order.argsort()[keep], dim)
    if isinstance(part, Narrowable):
        return part.narrow(keep)
    copy = deepcopy(part)
    if isinstance(copy, nn.Conv2d):
        copy.out_channels = len(keep)
    elif isinstance(copy, nn.Linear):
        copy.out_features = len(keep)
    elif isinstance(copy, nn.BatchNorm2d):
        copy.num_features = len(keep)
    elif isinstance(copy, nn.LayerNorm):
        copy.normalized_shape = (len(keep),)
    else:
        return copy
    for name, rows in part.state_dict().items():
        if rows.ndim:  # a count of batches has none
            kept = rows[keep] if order is None or rows.ndim == 1 else rows[keep][:, order]
            setattr(copy, name, nn.Parameter(kept) if name in dict(part.named_parameters()) else kept)
    return copy
