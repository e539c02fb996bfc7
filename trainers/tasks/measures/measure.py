"""Measures that a task reports when its specification names them, beside the usual ones of its kind.

Published results follow conventions that differ. The usual table of a kind holds the right ones; others are named by
``measures: [...]`` in a task's specification, and ``judged_by`` makes one of all the headline that Delta_MTL reads.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.common.suggestions import suggest
from spaces.fields import Fields
from trainers.tasks.metric import Metric
from trainers.tasks.task import Task

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Measure:
    """A metric and the sums that determine it.

    Args:
        metric: what is told.
        value: of the usual sums of the kind and those of its own.
        sums: of its own, (size,) float64 of prediction and target, which add up over batches; None for none.
        size: how many there are.
    """

    metric: Metric
    value: Callable[[Tensor, Tensor], float]
    sums: Callable[[Tensor, Tensor], Tensor] | None = None
    size: int = 0


@dataclass(frozen=True)
class Measured(Task):
    """A kind with measures beyond its usual ones.

    Args:
        measures: names of further measures.
        judged_by: the metric that Delta_MTL reads, or None for the kind's headline.
    """

    # Without repr, by which data sets name what they read: these change nothing of it.
    measures: tuple[str, ...] = field(default=(), kw_only=True, repr=False)
    judged_by: str | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        fields = Fields(self)
        fields.names("measures")
        known = {measure.metric.name: measure for measure in self.further}
        for name in self.measures if isinstance(self.measures, (tuple, list)) else ():
            want = f"want some of {', '.join(known)}{_near(name, known)}"
            always = name in {metric.name for metric in self.usual}
            fields.require(always or name in known, f"{self.group}.measures: {name!r} is no further measure; {want}")
        fields.done()
        self._set("_named", tuple(known[name] for name in self.measures if name in known))
        told = [metric.name for metric in self.table]
        hint = f"; name it in measures, too: measures: [{self.judged_by}]"
        fields.require(
            self.judged_by is None or self.judged_by in told,
            f"{self.group}.judged_by={self.judged_by}: want one of {', '.join(told)}"
            + (hint if self.judged_by in known else _near(self.judged_by, told)),
        )
        fields.done()
        if self.judged_by is not None:
            self._set("headline", self.judged_by)  # of this task, in place of the kind's

    _named: ClassVar[tuple[Measure, ...]] = ()

    @property
    @abstractmethod
    def usual(self) -> tuple[Metric, ...]:
        """The metrics that are always told."""

    @property
    @abstractmethod
    def further(self) -> tuple[Measure, ...]:
        """All that can be named."""

    @abstractmethod
    def usual_statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Float64 sums that determine the usual metrics."""

    @abstractmethod
    def usual_metrics(self, statistics: Tensor) -> dict[str, float]:
        """Values of the usual metrics."""

    @property
    def table(self) -> tuple[Metric, ...]:
        """The usual metrics and those that were named, the kind's headline first."""
        return (*self.usual, *(measure.metric for measure in self._named))

    def statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The usual sums and, behind them in one row, those of the measures that were named."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        usual = self.usual_statistics(prediction, target)
        own = [measure.sums(prediction, target) for measure in self._named if measure.sums is not None]
        return torch.cat([usual.flatten(), *own]) if own else usual

    def metrics(self, statistics: Tensor) -> dict[str, float]:
        """Values of the usual metrics, and of those that were named."""
        extra = sum(measure.size for measure in self._named)
        flat = statistics.flatten()
        shape = self.statistics_shape if extra else statistics.shape
        usual = flat[: len(flat) - extra].view(shape)
        values, start = self.usual_metrics(usual), len(flat) - extra
        for measure in self._named:
            values[measure.metric.name] = measure.value(usual, flat[start : start + measure.size])
            start += measure.size
        return values

    @property
    def statistics_shape(self) -> tuple[int, ...]:
        """Of the usual sums; one row unless a kind says otherwise."""
        return (-1,)


def _near(name: Any, known: Any) -> str:
    return suggest(str(name), known).removesuffix(".")


def mean(
    name: str, unit: str, sums: Callable[[Tensor, Tensor], Tensor], *, higher: bool, power: float = 1.0
) -> Measure:
    """A measure of two sums: total and count; NaN where nothing is counted.

    Args:
        name: of the metric.
        unit: of the metric.
        sums: (2,) total and count.
        higher: whether more is better.
        power: of the mean, 0.5 for a root.
    """

    def value(usual: Tensor, own: Tensor) -> float:
        total, count = own.tolist()
        return float("nan") if not count else (total / count) ** power

    return Measure(Metric(name, unit, higher), value, sums, 2)
