"""Bytes that training a pattern's network holds for its gradients, foretold before anything is built.

As costs are (`spaces.networks.cost`): the walk with shapes flowing, each block looked at once on the meta device for
the shapes that come in. What autograd would keep of a block is counted by storage: what lies within it, and which of
its inputs and outputs, for what two blocks keep is there but once. Optimiser and what kernels borrow are not in it;
`search.problem.training_memory` learns from trainings how much that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from spaces.networks.family import Family
from spaces.networks.modules.output import Output
from spaces.networks.modules.padding import pad_size
from spaces.pattern.block import WHOLE, Block
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import walk

if TYPE_CHECKING:
    import torch
    from torch import nn

Shape = tuple[int, ...]
PAIR = 2  # images that blocks are looked at with: batch-norm does not train on one
NUMBER = 4  # bytes of a number in single precision


@dataclass(frozen=True)
class Kept:
    """What autograd keeps of a block, for a pair of images.

    Args:
        within: bytes that are neither inputs nor outputs.
        inputs: which of its inputs it keeps.
        outputs: bytes of each output, and whether it is kept.
        shapes: of the outputs.
    """

    within: int
    inputs: tuple[bool, ...]
    outputs: tuple[tuple[int, bool], ...]
    shapes: tuple[Shape, ...]


def compute_activations(
    pattern: SharingPattern, family: Family, outputs: Mapping[str, Output], size: tuple[int, int]
) -> int:
    """Bytes that are kept for the gradients of one image, in single precision; with gates, of all branches.

    Args:
        pattern: what is shared.
        family: makes the blocks; hashable.
        outputs: what each task's head must give.
        size: (height, width) of the input in pixels.
    """
    size = pad_size(size, family.stride)
    ledger = _Ledger(family)
    decoded = walk(pattern, _Value((PAIR, 3, *size), PAIR * 3 * size[0] * size[1] * NUMBER), ledger)
    for task in pattern.tasks:
        values = decoded[task]
        kept = _look_at_head(family, outputs[task], size, tuple(value.shape for value in values))
        ledger.note(kept, values)
        ledger.within += kept.outputs[0][0]  # what the loss makes of it, such as probabilities: our choice
    return ledger.total // PAIR


class _Value:
    """What flows: a shape, its bytes, and whether somebody keeps it."""

    def __init__(self, shape: Shape, held: int) -> None:
        self.shape, self.held, self.kept = shape, held, False


@dataclass
class _Ledger:
    """The walk's algebra on shapes, which notes what is kept."""

    family: Family
    within: int = 0
    values: list[_Value] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.within + sum(value.held for value in dict.fromkeys(self.values) if value.kept)

    def note(self, kept: Kept, inputs: Sequence[_Value]) -> tuple[_Value, ...]:
        self.within += kept.within
        for value, wanted in zip(inputs, kept.inputs, strict=True):
            value.kept |= wanted
        made = []
        for (held, wanted), shape in zip(kept.outputs, kept.shapes, strict=True):
            made.append(_Value(shape, held))
            made[-1].kept = wanted
        self.values += [*inputs, *made]
        return tuple(made)

    def block(self, block: Block, inputs: tuple[_Value, ...]) -> _Value:
        return self.note(self._look(block, inputs), inputs)[0]

    def blend(self, block: Block, inputs: tuple[_Value, ...], outputs: int) -> tuple[_Value, ...]:
        return self.note(self._look(block, inputs), inputs)

    def join(self, values: tuple[_Value, ...]) -> _Value:
        batch, _, *rest = values[0].shape
        return _Value((batch, sum(value.shape[1] for value in values), *rest), sum(value.held for value in values))

    def mean(self, values: tuple[_Value, ...]) -> _Value:
        return _Value(values[0].shape, values[0].held)

    def _look(self, block: Block, inputs: tuple[_Value, ...]) -> Kept:
        who = block.group
        if block.role is WHOLE or block.part != "exchange":
            who = tuple(f"task{number}" for number in range(len(block.group)))  # equal blocks are looked at once
        return _look_at_block(
            self.family, Block(block.part, block.stage, who, block.role), tuple(value.shape for value in inputs)
        )


@lru_cache(maxsize=2**14)
def _look_at_block(family: Family, block: Block, shapes: tuple[Shape, ...]) -> Kept:
    import torch  # torch: 1.5 s, --help does without

    from spaces.networks.make import make_module
    from spaces.networks.modules.op_counter import OpCounter

    widths = [shape[2 if len(shape) == 3 else 1] for shape in shapes]  # tokens have their channels last
    with torch.device("meta"), OpCounter():
        module = make_module(block, widths, family, lambda _, build: build())
    return _look(module, shapes, lambda inputs: module(*inputs))


@lru_cache(maxsize=1024)
def _look_at_head(family: Family, output: Output, size: tuple[int, int], shapes: tuple[Shape, ...]) -> Kept:
    import torch  # torch: as above

    from spaces.networks.modules.op_counter import OpCounter

    with torch.device("meta"), OpCounter():
        head = family.head(output)
    return _look(head, shapes, lambda inputs: head(tuple(inputs), size))


def _look(module: nn.Module, shapes: Sequence[Shape], forward: Callable[[list[torch.Tensor]], object]) -> Kept:
    """What autograd keeps of a forward pass while training."""
    import torch  # torch: as above

    from spaces.networks.modules.op_counter import OpCounter

    module.train()
    with OpCounter():
        # Computed from something that learns, as all features but the image are; batch-norm's weights are no reason.
        inputs = [torch.empty(*shape, device="meta").requires_grad_() * 1 for shape in shapes]
    found: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        found[storage._cdata] = storage
        return tensor

    with OpCounter(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        output = forward(inputs)
    made = [each for each in (output if isinstance(output, tuple) else (output,)) if isinstance(each, torch.Tensor)]
    for each in [*module.parameters(), *module.buffers()]:
        found.pop(each.untyped_storage()._cdata, None)
    mine = [found.pop(each.untyped_storage()._cdata, None) is not None for each in inputs]
    theirs = [found.pop(each.untyped_storage()._cdata, None) is not None for each in made]
    return Kept(
        sum(storage.nbytes() for storage in found.values()),
        tuple(mine),
        tuple((each.untyped_storage().nbytes(), kept) for each, kept in zip(made, theirs, strict=True)),
        tuple(tuple(each.shape) for each in made),
    )
