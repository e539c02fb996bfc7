"""A block, which is what a walk evaluates: where it stands, who shares it, and its role in a stage.

A role holds what a block's computation depends on beyond its place, and nothing that cannot act in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from spaces.pattern.stage import Group


@dataclass(frozen=True)
class Whole:
    """The whole block of a stage, as the family makes it."""

    word: ClassVar[str] = ""


@dataclass(frozen=True)
class SharedBranch:
    """Layer of a routed stage's shared branch: primitives and their recombination, before normalisation."""

    layer: int
    ratio: float
    primitives: tuple[str, ...]
    recombination: str

    @property
    def word(self) -> str:
        """Part of the block's name."""
        return f"shared{self.layer}"


@dataclass(frozen=True)
class TaskBranch:
    """Layer of a routed stage's task branch: a convolution, before normalisation."""

    layer: int
    ratio: float
    kernel: int

    @property
    def word(self) -> str:
        """Part of the block's name."""
        return f"own{self.layer}"


@dataclass(frozen=True)
class Norm:
    """Batch-norm and ReLU after a branch's layer; a second input is added to it, as a residual."""

    after: str

    @property
    def word(self) -> str:
        """Part of the block's name."""
        return f"{self.after}_norm"


@dataclass(frozen=True)
class Gates:
    """A gated stage: task branches, shared branch and the gates between them.

    Its inputs are one value a task and the shared one; its outputs one a task and, where it ``mixes``, the shared one.
    """

    rates: tuple[float, ...]
    mixes: bool
    word: ClassVar[str] = "gated"


@dataclass(frozen=True)
class Neck:
    """A task's own block between a scale of the encoder and what tasks exchange there."""

    kind: str
    word: ClassVar[str] = "neck"


@dataclass(frozen=True)
class Project:
    """From a task's features at a scale to tokens of the workspace."""

    width: int
    etf: int
    word: ClassVar[str] = "project"


@dataclass(frozen=True)
class Attend:
    """The workspace itself: tokens write to slots and read from them.

    Its inputs are one value of tokens a task and, where it does not ``start``, the slots carried on; its outputs what
    is read for each task, and the slots.
    """

    slots: int
    width: int
    heads: int
    top_k: float
    state: str
    update: str
    rounds: int
    tied: bool
    starts: bool
    word: ClassVar[str] = "attend"


@dataclass(frozen=True)
class NormalisedAttend(Attend):
    """The same of normalised tokens and slots; a role of its own, for the keys of the plain one are in use."""

    norm: str


@dataclass(frozen=True)
class Broadcast:
    """What a task has read, brought back to its features, its first input."""

    weight: str
    word: ClassVar[str] = "broadcast"


Role = Whole | SharedBranch | TaskBranch | Norm | Gates | Neck | Project | Attend | Broadcast
WHOLE = Whole()


@dataclass(frozen=True)
class Block:
    """One evaluated block.

    Args:
        part: "encoder", "exchange" or "decoder".
        stage: position in computation order, from 0; -1 for a block that all stages of its part have in common.
        group: sorted names of the tasks that share it.
        role: which part of the stage it is.
    """

    part: str
    stage: int
    group: Group
    role: Role = WHOLE

    @property
    def name(self) -> str:
        """Name of the block's weights, such as ``decoder2/depth+normals``; stages count from 1 here."""
        place = f"{self.part}{self.stage + 1 or ''}/{'+'.join(self.group)}"
        return f"{place}/{self.role.word}" if self.role.word else place

    @property
    def computation(self) -> str:
        """Name and acting options, for keys."""
        return self.name if self.role == WHOLE else f"{self.name} {self.role}"
