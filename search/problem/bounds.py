"""What bounds a search: limits of cost, the reference point's worst values, and when it ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from spaces.fields import Fields
from spaces.networks.cost import Cost


@dataclass(frozen=True)
class Limits:
    """Hard limits: a pattern beyond one is refused before it is trained.

    Args:
        macs: multiply-accumulates of one image, heads counted, or None.
        params: parameters of the network, or None.
        latency_ms: milliseconds of one image on one thread, measured before training, or None.
        memory_gb: gigabytes that a training may hold, on its GPU where it has one, as far as that is foretold, or None.
    """

    macs: float | None = None
    params: float | None = None
    latency_ms: float | None = None
    memory_gb: float | None = None
    group: ClassVar[str] = "limits"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.number("macs", above=0, optional=True)
        checks.number("params", above=0, optional=True)
        checks.number("latency_ms", above=0, optional=True)
        checks.number("memory_gb", above=0, optional=True)
        checks.done()

    def allow(self, cost: Cost) -> bool:
        """Whether a cost is within them; latency and memory are no part of it, see `Problem.allows`."""
        return (self.macs is None or cost.macs <= self.macs) and (self.params is None or cost.params <= self.params)


@dataclass(frozen=True)
class Reference:
    """The reference point, fixed when a search starts; metrics of tasks count from the trivial predictor's value.

    Args:
        delta: percent, of delta_mtl and worst_delta; our choice (design): no front of interest loses a fifth.
        cost: of multiply-accumulates, parameters and latency, as a multiple of the costliest pattern's, so that this
            one still adds volume; our choice.

    Raises:
        ConfigError: the point would lie inside the front.
    """

    delta: float = -20.0
    cost: float = 1.05
    group: ClassVar[str] = "reference"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("delta")
        fields.number("cost")
        fields.require(
            not (isinstance(self.delta, (int, float)) and self.delta >= 0),
            f"reference.delta={self.delta}: want a number below 0, or the reference point lies inside the front: "
            "what is as good as single-task networks would not count",
        )
        fields.require(
            not (isinstance(self.cost, (int, float)) and self.cost <= 1),
            f"reference.cost={self.cost}: want a number above 1, or the reference point lies inside the front: the "
            "costliest pattern would not count",
        )
        fields.done()


USUAL = Reference()


@dataclass(frozen=True)
class Stop:
    """When a search ends before its trials are spent.

    Args:
        hv_gain: share of the hypervolume so far that the next training has to be expected to add, or None.
    """

    hv_gain: float | None = None
    group: ClassVar[str] = "stop"

    def __post_init__(self) -> None:
        checks = Fields(self)
        checks.number("hv_gain", above=0, high=1, optional=True)
        checks.done()

    def explain(self, gain: float | None) -> str:
        """Why a search ends when its next training is expected to add this share; empty while it goes on."""
        if self.hv_gain is None or gain is None or gain >= self.hv_gain:
            return ""
        return (
            f"The next training is expected to add {100 * gain:.2g} % of the hypervolume, less than "
            f"stop.hv_gain={self.hv_gain:g}: a smaller one goes on."
        )
