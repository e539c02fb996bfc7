"""How tasks exchange what they know at one scale of the encoder: not at all, or through the slots of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from spaces.errors import PatternError
from spaces.pattern.rules import check_whole, check_word

STATES = ("carried", "identity", "learned")
UPDATES = ("gated", "overwrite", "residual")
BROADCASTS = ("identity", "learned", "one")
TYINGS = ("none", "scales", "tasks", "tasks+scales")
NECKS = ("conv", "none", "separable")
NORMS = ("cosine", "none", "tokens")


@dataclass(frozen=True)
class NoExchange:
    """No exchange between the tasks at this encoder scale."""

    kind: ClassVar[str] = "none"


@dataclass(frozen=True)
class Necks:
    """No exchange at this encoder scale, but a neck of each task's own: what `Workspace.neck` is, to compare with.

    Args:
        neck: "conv" or "separable".

    Raises:
        PatternError: another kind of neck.
    """

    neck: str = "separable"
    kind: ClassVar[str] = "necks"

    def __post_init__(self) -> None:
        check_word("neck", self.neck, [neck for neck in NECKS if neck != "none"])


@dataclass(frozen=True)
class Workspace:
    """A knowledge extraction module: the tasks' tokens write to a few slots and read from them.

    Zhang et al., "SGW-based multi-task learning in vision tasks" (ACCV 2024), equations from a digest; numbers and
    options that it leaves open are our choice.

    Args:
        slots: of the workspace, at least 2 and fewer than there are tokens.
        width: of tokens and slots, in channels.
        heads: of the attention; they divide the width.
        top_k: share of all tasks' tokens that a slot may attend to, at least one; others are masked before the
            softmax. 1 masks none, the soft workspace.
        state: what slots start from: "learned" vectors, fixed "identity" rows, or "carried" from the workspace at the
            scale before (learned at the first).
        update: of the slots: "overwrite" as published, "residual" with layer-norm, or "gated" by input and forget
            gates as in the shared global workspace.
        rounds: of retrieving, before what was retrieved is written back.
        broadcast: weight of what is written back: "one" as published, "learned" from 0.1 on, or "identity", learned
            from 0 on, with which the network starts as if there were no exchange.
        tying: which attention weights are one: "tasks" (as we read the digest), "scales", "tasks+scales", or "none".
        etf: vectors of the simplex equiangular tight frame that tokens are mapped into, the stable variant; 0 for none.
        neck: of each task's own before its tokens: "separable" or "conv" (3x3, with batch-norm), or "none". Published
            are task-specific features; without necks all tasks' tokens are maps of what they share, and there is
            nothing to exchange.
        norm: of what attends: "tokens" normalises tokens and slots, "cosine" queries and keys too and learns by what
            factor their cosines count; "none" leaves both as they are, and attention hardly anything but even.

    Raises:
        PatternError: a field out of its range, heads that do not divide the width, more frame vectors than it has, or
            more slots than it has where they start from the identity.
    """

    slots: int = 8
    width: int = 32
    heads: int = 1
    top_k: float = 0.25
    state: str = "learned"
    update: str = "overwrite"
    rounds: int = 1
    broadcast: str = "one"
    tying: str = "tasks"
    etf: int = 0
    neck: str = "none"
    norm: str = "none"
    kind: ClassVar[str] = "workspace"

    def __post_init__(self) -> None:
        check_whole("slots", self.slots, 2)  # reading from a single one, there would be nothing to choose
        for name, value in (("width", self.width), ("heads", self.heads), ("rounds", self.rounds)):
            check_whole(name, value, 1)
        if self.width % self.heads:
            raise PatternError(f"heads={self.heads}, width={self.width}: want heads that divide the width")
        if isinstance(self.top_k, bool) or not isinstance(self.top_k, (int, float)) or not 0 < self.top_k <= 1:
            raise PatternError(
                f"top_k={self.top_k}: want a share of the tokens, > 0 and <= 1; a slot cannot attend to more tokens "
                "than there are"
            )
        object.__setattr__(self, "top_k", float(self.top_k))
        check_word("state", self.state, STATES)
        if self.state == "identity" and self.slots > self.width:
            raise PatternError(
                f"state=identity with slots={self.slots}, width={self.width}: want at most as many slots as the width, "
                "or some would start alike; or take state=learned"
            )
        check_word("update", self.update, UPDATES)
        check_word("broadcast", self.broadcast, BROADCASTS)
        check_word("tying", self.tying, TYINGS)
        check_word("neck", self.neck, NECKS)
        check_word("norm", self.norm, NORMS)
        check_whole("etf", self.etf, 0)
        if self.etf == 1 or self.etf > self.width:
            raise PatternError(
                f"etf={self.etf}, width={self.width}: want from 2 to {self.width} frame vectors, as many as the width "
                "at most, or 0 for no frame"
            )


Exchange = NoExchange | Necks | Workspace
KINDS: dict[str, type[Any]] = {kind.kind: kind for kind in (NoExchange, Necks, Workspace)}
