"""How the members of a group share inside one block: the whole of it, by routed branches, or by learned gates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from spaces.errors import PatternError
from spaces.pattern.rules import check_fraction, check_whole, check_word

PRIMITIVES = ("average", "dilated", "identity", "max", "noise", "random", "shift", "sparse")
"""Non-learnable primitives by name; what each computes stands in `spaces.networks.modules.primitives`."""
RECOMBINATIONS = ("dense", "grouped", "shuffled")
FLOWS = ("mixed", "shared")
NORMS = ("shared", "task")


@dataclass(frozen=True)
class Shared:
    """Mixing in which the members of a group share the whole block."""

    kind: ClassVar[str] = "shared"


@dataclass(frozen=True)
class Routed:
    """A branch for all members, made of non-learnable primitives, beside one learnable branch a task.

    Explicit task routing with non-learnable primitives, reconstructed from the abstract and from ports (Ding et al.,
    CVPR 2023, no code published); whatever is said here beyond those two ideas is our choice.

    Args:
        ratio: share of the output channels that the shared branch makes, rounded down; 1 leaves no task branch, 0 no
            shared one.
        primitives: of the shared branch, a set of `PRIMITIVES`.
        recombination: of the primitives' outputs: "grouped" is a channel shuffle and a grouped 1x1 convolution, which
            mixes the views of a few channels only; "shuffled" is the same in fewer groups with another shuffle behind
            it, so that all channels meet within two layers; "dense" is a full 1x1 convolution.
        flow: what the shared branch reads: "shared" features only, computed once for all members, or the "mixed" ones
            of each task, computed once per distinct input.
        kernel: side of the task branch's convolutions, odd, in pixels.
        norm: batch-norm after a branch: "task", one a task where the tasks' values differ, or "shared", one for all.
        layers: of each branch; the first takes the stage's stride, further ones are residual.

    Raises:
        PatternError: a field out of its range, or no primitives where there is a shared branch.
    """

    ratio: float
    primitives: tuple[str, ...] = ("average", "identity", "max", "shift")
    recombination: str = "grouped"
    flow: str = "shared"
    kernel: int = 3
    norm: str = "task"
    layers: int = 2
    kind: ClassVar[str] = "routed"

    def __post_init__(self) -> None:
        check_fraction("ratio", self.ratio)
        object.__setattr__(self, "ratio", float(self.ratio))  # 1 and 1.0 are one key
        for name in self.primitives:
            check_word("primitive", name, PRIMITIVES)
        object.__setattr__(self, "primitives", tuple(sorted(set(self.primitives))))
        if self.ratio > 0 and not self.primitives:
            raise PatternError(
                f"primitives=[] with ratio={self.ratio:g}: the shared branch is made of them; want one or more of "
                f"{', '.join(PRIMITIVES)}, or ratio=0, which leaves no shared branch"
            )
        check_word("recombination", self.recombination, RECOMBINATIONS)
        check_word("flow", self.flow, FLOWS)
        check_word("norm", self.norm, NORMS)
        check_whole("kernel", self.kernel, 1)
        if self.kernel % 2 == 0:
            raise PatternError(f"kernel={self.kernel}: want an odd number of pixels, for an even one has no centre")
        check_whole("layers", self.layers, 1)


@dataclass(frozen=True)
class Gated:
    """A branch a task and a shared one; learned gates choose between them, channel by channel.

    Bejnordi et al., "InterroGate" (2024), equations 2 to 4 as recalled. In a group of one there is nothing to choose.

    Args:
        rates: by task, the share of gates that may stay open to the task's own branch before the penalty sets in.

    Raises:
        PatternError: no rates, or one outside [0, 1].
    """

    rates: tuple[tuple[str, float], ...] = field()
    kind: ClassVar[str] = "gated"

    def __post_init__(self) -> None:
        pairs = self.rates.items() if isinstance(self.rates, Mapping) else self.rates
        rates = tuple(sorted((str(task), float(rate)) for task, rate in pairs))
        if not rates or len(dict(rates)) != len(rates):
            raise PatternError(f"rates={list(rates)}: want one target rate for each task of the stage")
        for task, rate in rates:
            check_fraction(f"rate of {task}", rate)
        object.__setattr__(self, "rates", rates)

    def of(self, tasks: Iterable[str]) -> tuple[float, ...]:
        """Target rates of some tasks."""
        known = dict(self.rates)
        return tuple(known[task] for task in tasks)


def count_shared_channels(ratio: float, width: int) -> int:
    """Channels that a shared branch makes of a stage's ``width``, rounded down.

    Raises:
        PatternError: both branches are wanted and one would be left without channels.
    """
    channels = int(ratio * width + 1e-9)  # 0.29 * 100 is 28.999...
    if 0 < ratio < 1 and not 0 < channels < width:
        raise PatternError(
            f"ratio={ratio:g} of {width} channels leaves the {'shared' if channels == 0 else 'task'} branch without "
            "channels: want at least one for either, or ratio 0 or 1, which leave one branch out"
        )
    return channels


def count_groups(inputs: int, outputs: int, recombination: str) -> int:
    """Groups of a recombination of so many channels: 1 of a dense one, as many as there can be of a grouped one.

    Of a shuffled one as many as can be with no more groups than channels in each, so that the next layer's read all.
    """
    most = math.gcd(inputs, outputs)
    if recombination == "dense":
        return 1
    if recombination == "grouped":
        return most
    return max(groups for groups in range(1, math.isqrt(max(inputs, outputs)) + 1) if most % groups == 0)


Mixing = Shared | Routed | Gated
KINDS: dict[str, type[Any]] = {kind.kind: kind for kind in (Shared, Routed, Gated)}
