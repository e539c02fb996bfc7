"""Gradient methods of the TorchJD library: the tasks' gradients are combined, not their losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.errors import ConfigError
from spaces.fields import Fields
from trainers.weighting.weighting import Balance, Weighting

if TYPE_CHECKING:
    import torch

    from trainers.tasks.task import Task

INSTALL = "pip install 'automl-sharing-search[gradients]'"


@dataclass(frozen=True)
class Method:
    """What there is to know about a class of ``torchjd.aggregation``.

    Args:
        name: of the class.
        needs: packages beside TorchJD.
        options: default, least and greatest value, by name.
        projects: whether it wants a projection onto the dual cone.
    """

    name: str
    needs: tuple[str, ...] = ()
    options: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    projects: bool = False


TINY, MANY = 1e-12, 1e12  # so that an option is positive, or not bounded

# Left out: methods whose state lies in plain attributes, so that a training in legs would not go on as it was
# (nash_mtl, excess_mtl); those with a task that comes first (pcd); robust means for many voters (krum, trimmed_mean).
METHODS = {
    "upgrad": Method("UPGrad", projects=True),
    "pcgrad": Method("PCGrad"),
    "mgda": Method("MGDA", (), {"epsilon": (0.001, TINY, MANY), "max_iters": (100, 1, MANY)}),
    "imtl_g": Method("IMTLG"),
    "cagrad": Method("CAGrad", ("cvxpy", "clarabel"), {"c": (0.5, 0, MANY)}),
    "aligned_mtl": Method("AlignedMTL"),
    "gradvac": Method("GradVac", (), {"beta": (0.5, 0, 1)}),
    "graddrop": Method("GradDrop"),
    "config": Method("ConFIG"),
    "dualproj": Method("DualProj", projects=True),
    "fairgrad": Method("FairGrad", ("scipy",), {"alpha": (1.0, TINY, MANY)}),
    "random": Method("Random"),
}


@dataclass(frozen=True)
class Gradients(Weighting):
    """A method of TorchJD (Quinton and Rey 2024, "Jacobian descent for multi-objective optimization").

    Args:
        method: one of METHODS.
        options: of the method; what is not given has TorchJD's default, or, where it has none, the paper's.

    Raises:
        ConfigError: with every field out of range.
    """

    method: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    group: ClassVar[str] = "trainer.weighting"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.one_of("method", tuple(METHODS))
        known = METHODS[self.method].options if isinstance(self.method, str) and self.method in METHODS else {}
        mapping = isinstance(self.options, Mapping)
        fields.require(mapping, f"trainer.weighting.options={self.options}: want a mapping of options")
        given = dict(self.options) if mapping else {}
        for name, value in given.items():
            fields.require(*_allowed(self.method, str(name), value, known))
        fields.done()
        whole = {name: type(default)(given.get(name, default)) for name, (default, _, _) in known.items()}
        object.__setattr__(self, "options", whole)

    def check(self, tasks: Sequence[str]) -> None:
        """See that TorchJD and what the method needs are installed."""
        absent = [name for name in ("torchjd", *METHODS[self.method].needs) if find_spec(name) is None]
        if absent:
            raise ConfigError(
                f"trainer.weighting={self.method}: needs {', '.join(absent)}, not installed here; {INSTALL}, "
                "or take trainer.weighting=equal, uncertainty or dwa"
            )

    def begin(self, tasks: Sequence[Task], device: torch.device) -> Balance:
        """TorchJD's aggregator, and its state where it has one."""
        self.check([task.name for task in tasks])
        from torchjd import aggregation  # optional, and torch: 1.5 s

        from trainers.weighting.cone import LeastSquares
        from trainers.weighting.jacobian import Jacobian

        method = METHODS[self.method]
        more = {"projector": LeastSquares()} if method.projects else {}
        return Jacobian(tasks, getattr(aggregation, method.name)(**self.options, **more))


def _allowed(method: Any, name: str, value: Any, known: Mapping[str, tuple[float, float, float]]) -> tuple[bool, str]:
    """Whether an option is one and in range, and what is wrong otherwise."""
    given = f"trainer.weighting.options.{name}={value}"
    if name not in known:
        return False, f"{given}: {method} has no such option; it has {', '.join(known) or 'none'}"
    default, least, most = known[name]
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most
    whole = not isinstance(default, int) or float(value).is_integer() if number else False
    kind = "a whole number" if isinstance(default, int) else "a number"
    return whole, f"{given}: want {kind} {_range(least, most)}"


def _range(least: float, most: float) -> str:
    low = "> 0" if least == TINY else f">= {least:g}"
    return low if most == MANY else f"from {least:g} to {most:g}"
