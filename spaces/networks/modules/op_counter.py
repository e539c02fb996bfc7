"""Operations of a network on the meta device, counted as it runs; shapes of what costs nothing are told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

ATEN = torch.ops.aten
# What goes number by number.
NAMES = (
    *("add", "sub", "mul", "div", "neg", "exp", "pow", "sqrt", "rsqrt", "clamp", "clamp_min", "clamp_max"),
    *("relu", "sigmoid", "tanh", "gelu", "silu"),
)
POINTWISE = frozenset(getattr(ATEN, name) for name in NAMES)


class OpCounter(TorchDispatchMode):
    """Counts floating-point operations while it is on, by torch's own formulas.

    Torch's own counter, `FlopCounterMode`, gives the same number, and with its first operation loads torch's compiler,
    which takes longer than all the counting before a search; so do sums and the like on the meta device. What is in
    `POINTWISE` and `TOLD` is therefore answered with empty tensors of torch's own shape, kind and order in memory, and
    where that is not certain, as for whatever else there is, torch is asked. A network on the meta device is made while
    it is on, too, for its first weights load the compiler as well.

    Attributes:
        flops: so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Torch's compiler is not to be kept out here, for which it would be loaded: nothing here is compiled."""
        return False

    def __torch_dispatch__(
        self,
        func: Any,
        types: tuple[type, ...],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Answer, or let torch, and count."""
        named, packet = kwargs or {}, func._overloadpacket
        tell, formula = _broadcast if packet in POINTWISE else TOLD.get(func), flop_registry.get(packet)
        out = tell(*args) if tell and not named else None
        if out is None and formula is None:
            with self:  # of what is made of other operations, these count
                out = func.decompose(*args, **named)
        if out is None or out is NotImplemented:
            out = func(*args, **named)
        if formula:
            self.flops += formula(*args, **named, out_val=out)
        return out


def _broadcast(*args: Any) -> Tensor | None:
    """What goes number by number; None where its kind of numbers or their order in memory may not be the usual."""
    tensors = [each for each in args if isinstance(each, Tensor)]
    alone = len(tensors) == 1 and any(isinstance(each, int | float) for each in args[1:2])
    # A number may make fractions of whole numbers.
    kinds = {torch.result_type(*args[:2])} if alone else {each.dtype for each in tensors}
    shape = torch.broadcast_shapes(*(each.shape for each in tensors))
    if kinds != {torch.float32}:
        return None
    if tensors[0].shape == shape and not _is_spread(tensors[0]):
        return torch.empty_like(tensors[0], dtype=torch.float32)
    return tensors[0].new_empty(shape, dtype=torch.float32) if all(map(Tensor.is_contiguous, tensors)) else None


def _is_spread(tensor: Tensor) -> bool:
    """Whether one number stands for several, so that the order of others in memory counts, too."""
    return any(length > 1 and not step for length, step in zip(tensor.shape, tensor.stride(), strict=True))


def _normalise(images: Tensor, *given: Any) -> tuple[Tensor, Tensor, Tensor]:
    _weights, _bias, _mean, _variance, learns, *_ = given
    channels = images.shape[1] if learns else 0
    return torch.empty_like(images), images.new_empty(channels), images.new_empty(channels)


def _normalise_layer(tokens: Tensor, shape: Sequence[int], *_: object) -> tuple[Tensor, Tensor, Tensor]:
    spread = (*tokens.shape[: tokens.dim() - len(shape)], *[1] * len(shape))
    return torch.empty_like(tokens), tokens.new_empty(spread), tokens.new_empty(spread)


def _keep(images: Tensor, *_: object) -> Tensor:
    return torch.empty_like(images)


def _draw(weights: Tensor, *_: object) -> Tensor:
    return weights  # in their place


def _stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    shape = list(tensors[0].shape)
    shape.insert(dim if dim >= 0 else dim + len(shape) + 1, len(tensors))
    return tensors[0].new_empty(shape)


def _multiply(_: Tensor, left: Tensor, right: Tensor) -> Tensor:
    return left.new_empty((left.shape[0], right.shape[1]))


def _resize(images: Tensor, size: Sequence[int], *_: object) -> Tensor:
    return images.new_empty((*images.shape[:2], *size))


def _join(tensors: Sequence[Tensor], dim: int = 0) -> Tensor | None:
    first = tensors[0]
    if any(each.dim() != first.dim() or each.dtype is not first.dtype for each in tensors):
        return None
    shape = list(first.shape)
    shape[dim] = sum(each.shape[dim] for each in tensors)
    return first.new_empty(shape)


def _average(images: Tensor, dims: Sequence[int] | None = None, keep: bool = False) -> Tensor:
    gone = {dim % images.dim() for dim in dims or range(images.dim())}
    shape = [1 if at in gone else length for at, length in enumerate(images.shape) if keep or at not in gone]
    return images.new_empty(shape)


def _measure(tokens: Tensor, order: float = 2, dims: Sequence[int] | None = None, keep: bool = False) -> Tensor:
    return _average(tokens, dims, keep)


TOLD: Mapping[Any, Callable[..., Any]] = {
    ATEN.addmm.default: _multiply,
    ATEN._safe_softmax.default: _keep,
    ATEN._softmax.default: _keep,
    ATEN.native_batch_norm.default: _normalise,
    ATEN.native_layer_norm.default: _normalise_layer,
    ATEN.upsample_bilinear2d.default: _resize,
    ATEN.upsample_bicubic2d.default: _resize,
    ATEN.cat.default: _join,
    ATEN.stack.default: _stack,
    ATEN.normal_.default: _draw,
    ATEN.uniform_.default: _draw,
    ATEN.mean.dim: _average,
    ATEN.linalg_vector_norm.default: _measure,
}
