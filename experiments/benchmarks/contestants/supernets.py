"""The network of `contestants.ways`: a supernet of several paths a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from experiments.benchmarks.contestants.ways import LATE, Price, Way
from spaces.networks.supernet import Supernet
from spaces.pattern.block import Block
from spaces.pattern.walk import walk
from trainers.tasks.task import Task


@dataclass(frozen=True)
class Repeat:
    """An augmentation that has every image once a path."""

    times: int

    def __call__(
        self, images: Tensor, targets: Mapping[str, Tensor], tasks: Sequence[Task], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The batch, so many times."""
        return torch.cat([images] * self.times), {
            name: torch.cat([each] * self.times) for name, each in targets.items()
        }


class OtherSupernet(Supernet):
    """A supernet that is trained in another way.

    Args:
        plain: whose blocks and draws it has.
        way: how it is trained.
        price: of a pattern.
        steps: of the whole training.
    """

    def __init__(self, plain: Supernet, way: Way, price: Price, steps: int) -> None:
        super().__init__(plain.shown, plain.draws, dict(plain.blocks.items()), dict(plain.heads.items()), plain.stride)
        self._way, self._price, self._steps = way, price, steps
        self._met: dict[tuple[str, tuple[int, ...]], tuple[tuple[Tensor, ...], Tensor]] = {}

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """As a supernet; every path but the first towards the outputs of the first, where that is wanted."""
        outputs = super().forward(image)
        if not self.training or not self._way.distils:
            return outputs
        return {task: _Towards.apply(each, self._way.paths) for task, each in outputs.items()}

    def decode(self, image: Tensor) -> dict[str, tuple[Tensor, ...]]:
        """The paths of a step one after the other, on the same images; what they have in common once."""
        if not self.training:
            return super().decode(image)
        drawn = [self.draws.at(self._way.drawn * self.step + each) for each in range(self._way.drawn)]
        paths = self._way.choose(drawn, self._price, self._late)
        once = self.fit(image[: len(image) // self._way.paths])
        try:
            found = [walk(pattern, once, self) for pattern in paths]
        finally:
            self._met.clear()
        self.step += 1
        return {
            task: tuple(torch.cat(scale) for scale in zip(*(each[task] for each in found), strict=True))
            for task in self.shown.tasks
        }

    def block(self, block: Block, inputs: tuple[Tensor, ...]) -> Tensor:
        """Run a block's module, but once on the same inputs."""
        if not self.training:
            return super().block(block, inputs)
        place = block.name, tuple(map(id, inputs))
        if place not in self._met:
            rests = self._way.freezes and self._late and block.name.startswith("encoder")
            with torch.set_grad_enabled(not rests):
                self._met[place] = inputs, super().block(block, inputs)  # inputs kept: an id must not come twice
        return self._met[place][1]

    @property
    def _late(self) -> bool:
        return self.step >= LATE * self._steps


class _Towards(torch.autograd.Function):
    """Identity, with the gradient of the mean squared difference to the first path, over that one's variance.

    In-place distillation as in slimmable networks (Yu & Huang 2019), by squares for outputs of all kinds: our choice.
    """

    @staticmethod
    def forward(ctx: Any, outputs: Tensor, paths: int) -> Tensor:
        ctx.save_for_backward(outputs)
        ctx.paths = paths
        return outputs.view_as(outputs)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (outputs,) = ctx.saved_tensors
        teacher = outputs[: len(outputs) // ctx.paths]
        apart = outputs - torch.cat([teacher] * ctx.paths)
        return gradient + 2 * apart / (teacher.var() + 1e-6) / outputs.numel(), None
