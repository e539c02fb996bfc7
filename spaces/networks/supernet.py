"""The supernet of a space: the blocks of all its patterns by name, of which every step trains one pattern's.

Guo et al. 2020 (single path, uniform draws), for sharing patterns: a block of a group at a stage is the same weights in
every pattern that has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor

from spaces.networks.build import SharedNetwork, build_union
from spaces.networks.family import Family
from spaces.networks.modules.gated import START, Start
from spaces.networks.modules.output import Output
from spaces.pattern.sharing_pattern import SharingPattern


class Draws(Protocol):
    """Which pattern is trained at which step, as `spaces.draws` plans it."""

    @property
    def patterns(self) -> Sequence[SharingPattern]:
        """Patterns that hold every block between them: all of a small space."""

    def at(self, step: int) -> SharingPattern:
        """The pattern of a step, from 0."""


class Supernet(SharedNetwork):
    """A network whose pattern changes with every training step.

    Args:
        shown: the pattern that it evaluates as in evaluation mode.
        draws: the pattern of every step.
        modules: one module per block name, of all patterns.
        heads: one head per task.
        stride: of the family, in pixels.

    Attributes:
        step: training steps so far; part of its state, so that a training that pauses goes on with the same patterns.
    """

    def __init__(
        self,
        shown: SharingPattern,
        draws: Draws,
        modules: Mapping[str, torch.nn.Module],
        heads: Mapping[str, torch.nn.Module],
        stride: int,
    ) -> None:
        super().__init__(shown, modules, heads, stride)
        self.shown, self.draws, self.step = shown, draws, 0

    def decode(self, image: Tensor) -> dict[str, tuple[Tensor, ...]]:
        """As a pattern's network: of the step's pattern while training, of the one that is shown otherwise."""
        self.pattern = self.shown
        if self.training:
            self.pattern = self.draws.at(self.step)
            self.step += 1
        return super().decode(image)

    def get_extra_state(self) -> Tensor:
        """What `state_dict` keeps beside the weights."""
        return torch.tensor(self.step)

    def set_extra_state(self, state: Tensor) -> None:
        """Take up what `get_extra_state` gave."""
        self.step = int(state)


def build_supernet(
    shown: SharingPattern,
    draws: Draws,
    family: Family,
    outputs: Mapping[str, Output],
    seed: int,
    start: Start = START,
) -> Supernet:
    """Build the union of all blocks that patterns have; each starts as it would in a network of its own.

    Args:
        shown: the pattern that is measured after every epoch.
        draws: which pattern is trained at which step.
        family: makes the blocks.
        outputs: what each task's head must give.
        seed: of the initial weights.
        start: of gates.

    Raises:
        PatternError: two patterns have a block of one name for inputs of different widths, so it is no union.
    """
    modules, heads = build_union([shown, *draws.patterns], family, outputs, seed, start)
    return Supernet(shown, draws, modules, heads, family.stride)
