"""Exact multiply-accumulates and parameters of a pattern, before anything is built.

A pattern's cost is the walk with shapes flowing: each block is counted once on the meta device for the shapes that come
in, whoever shares it, and every pattern after it is a sum of look-ups. Convolutions, linear layers and attention count;
resizing, batch-norm, pooling and elementwise work count as zero; what pads an image to the stride's multiples counts.
Attention is counted right on the meta device only: on a CPU torch's counter misses its fused kernels.

What gates cost is known after training. Before, it lies between `compute_cost`, all gates closed, and
`compute_ceiling`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

from spaces.networks.family import Family
from spaces.networks.modules.output import Output
from spaces.networks.modules.padding import pad_size
from spaces.pattern.block import WHOLE, Block, Gates
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import walk

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]
Out = TypeVar("Out")


@dataclass(frozen=True)
class Cost:
    """What a network costs at batch size 1, heads counted.

    Args:
        macs: multiply-accumulates of one forward pass.
        params: learnable parameters.
        fixed: weights that are not learned: primitives, frames, what gates left; batch-norm's statistics not counted.
    """

    macs: int
    params: int
    fixed: int = 0

    def __add__(self, other: Cost) -> Cost:
        """Cost of both together."""
        return Cost(self.macs + other.macs, self.params + other.params, self.fixed + other.fixed)

    @property
    def flops(self) -> int:
        """Floating-point operations: two per multiply-accumulate."""
        return 2 * self.macs


def compute_cost(pattern: SharingPattern, family: Family, outputs: Mapping[str, Output], size: tuple[int, int]) -> Cost:
    """Cost of a pattern's network; with gates, the least that can be left of it, where every gate is closed.

    Args:
        pattern: what is shared.
        family: makes the blocks; hashable.
        outputs: what each task's head must give.
        size: (height, width) of the input in pixels.
    """
    return _price_network(pattern, family, outputs, size, opened=False)


def compute_ceiling(
    pattern: SharingPattern, family: Family, outputs: Mapping[str, Output], size: tuple[int, int]
) -> Cost:
    """As `compute_cost`; with gates, the most that can be left.

    In channels that is every gate open, a branch a task. What stands before the channels, such as attention, is whole
    in every branch of which anything is read: a shared branch from which one task takes one channel has it, too.
    """
    return _price_network(pattern, family, outputs, size, opened=True)


def count_macs(network: nn.Module, size: tuple[int, int]) -> Cost:
    """Cost of a whole network counted at once, wherever it lies."""
    import torch  # torch: 1.5 s, --help does without

    ghost = deepcopy(network).to("meta")
    return _count(ghost, lambda: ghost(torch.empty(1, 3, *size, device="meta")))[0]


def _price_network(
    pattern: SharingPattern, family: Family, outputs: Mapping[str, Output], size: tuple[int, int], *, opened: bool
) -> Cost:
    prices, size = _Prices(family, opened), pad_size(size, family.stride)
    decoded = walk(pattern, _Value((1, 3, *size)), prices)
    total = sum(prices.found, Cost(0, 0))
    for task in pattern.tasks:
        shapes = tuple(value.shape for value in decoded[task])
        total += _price_head(family, outputs[task], size, shapes)
    return total


@dataclass(frozen=True, eq=False)
class _Value:
    """What flows where costs are added up; equal shapes are different values all the same."""

    shape: Shape


@dataclass(frozen=True)
class _Prices:
    """The walk's algebra on shapes, which notes what each block costs."""

    family: Family
    opened: bool
    found: list[Cost] = field(default_factory=list)
    met: set[str] = field(default_factory=set)

    def block(self, block: Block, inputs: tuple[_Value, ...]) -> _Value:
        return _Value(self._price(block, inputs)[0])

    def blend(self, block: Block, inputs: tuple[_Value, ...], outputs: int) -> tuple[_Value, ...]:
        if isinstance(block.role, Gates):
            # Pruned to one branch or to one a task, a gated stage is so many whole blocks.
            branches = len(block.group) if self.opened else 1
            whole = Block(block.part, block.stage, block.group)
            shapes = [self._price(whole, inputs[:1], again=bool(branch))[0] for branch in range(branches)]
            if branches > 1:  # and of the shared one what every branch has as a whole
                self.found.append(_price_befores(self.family, block.part, block.stage, inputs[0].shape))
            return tuple(_Value(shapes[0]) for _ in range(outputs))
        return tuple(map(_Value, self._price(block, inputs)))

    def join(self, values: tuple[_Value, ...]) -> _Value:
        batch, _, *rest = values[0].shape
        return _Value((batch, sum(value.shape[1] for value in values), *rest))

    def mean(self, values: tuple[_Value, ...]) -> _Value:
        return _Value(values[0].shape)

    def _price(self, block: Block, inputs: tuple[_Value, ...], *, again: bool = False) -> tuple[Shape, ...]:
        """Shapes of the outputs; a block that is evaluated a second time has its weights but once."""
        anybody = block.group if block.role is not WHOLE and block.part == "exchange" else ("task",)
        price, shapes = _price_block(
            self.family, Block(block.part, block.stage, anybody, block.role), tuple(each.shape for each in inputs)
        )
        known = block.name in self.met and not again
        self.met.add(block.name)
        self.found.append(Cost(price.macs, 0) if known else price)
        return shapes


@lru_cache(maxsize=2**14)
def _price_block(family: Family, block: Block, shapes: tuple[Shape, ...]) -> tuple[Cost, tuple[Shape, ...]]:
    """Cost of a block and the shapes of its outputs, for the shapes of its inputs; who shares it does not matter."""
    import torch  # torch: 1.5 s, --help does without

    from spaces.networks.make import make_module
    from spaces.networks.modules.op_counter import OpCounter

    widths = [shape[2 if len(shape) == 3 else 1] for shape in shapes]  # tokens have their channels last
    with torch.device("meta"), OpCounter():
        module = make_module(block, widths, family, lambda _, build: build())
        inputs = [torch.empty(*shape) for shape in shapes]
    price, output = _count(module, lambda: module(*inputs))
    return price, tuple(tuple(each.shape) for each in (output if isinstance(output, tuple) else (output,)))


@lru_cache(maxsize=1024)
def _price_befores(family: Family, part: str, stage: int, shape: Shape) -> Cost:
    """Cost of what a branch of a gated stage has whole, or not at all: see `Layer.before`; convolutions have none."""
    import torch  # torch: 1.5 s, --help does without

    from spaces.networks.make import make_module
    from spaces.networks.modules.layer import list_layers
    from spaces.networks.modules.op_counter import OpCounter

    with torch.device("meta"), OpCounter():
        width = shape[2 if len(shape) == 3 else 1]
        module = make_module(Block(part, stage, ("task",)), [width], family, lambda _, build: build())
        values = [torch.empty(*shape)]
    found: dict[nn.Module, Cost] = {}
    for layer in list_layers(module):
        inputs = [values[n] for n in layer.reads]
        if layer.before is not None:  # several may have the same one
            read = inputs if layer.skip is None else inputs[:-1]
            found[layer.before] = _count(layer.before, partial(layer.before, *read))[0]
        values.append(_count(layer, partial(layer, *inputs))[1])
    return sum(found.values(), Cost(0, 0))


@lru_cache(maxsize=1024)
def _price_head(family: Family, output: Output, size: tuple[int, int], shapes: tuple[Shape, ...]) -> Cost:
    import torch  # torch: 1.5 s, --help does without

    from spaces.networks.modules.op_counter import OpCounter

    with torch.device("meta"), OpCounter():
        head = family.head(output)
        decoded = tuple(torch.empty(*shape) for shape in shapes)
    return _count(head, lambda: head(decoded, size))[0]


def _count(module: nn.Module, forward: Callable[[], Out]) -> tuple[Cost, Out]:
    import torch  # torch: 1.5 s, --help does without

    from spaces.networks.modules.op_counter import OpCounter

    module.eval()
    with torch.no_grad(), OpCounter() as counter:
        output = forward()
    params = sum(p.numel() for p in module.parameters())
    kept = [part for part in module.modules() if not isinstance(part, torch.nn.modules.batchnorm._BatchNorm)]
    buffers = {id(buffer): buffer for part in kept for buffer in part.buffers(recurse=False)}
    fixed = sum(buffer.numel() for buffer in buffers.values() if buffer.is_floating_point())
    return Cost(counter.flops // 2, params, fixed), output
