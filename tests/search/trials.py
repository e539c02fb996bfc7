"""Finished trials to test with: real tasks and patterns, made-up numbers."""

from __future__ import annotations

from typing import Any

from search.jobs.trial import COMPLETE, FAILED, Trial
from search.study.fronts.single_tasks import SingleTask
from spaces.pattern.sharing_pattern import uniform
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.normals import Normals
from trainers.tasks.segmentation import Segmentation

TASKS = (
    Segmentation("segmentation", classes=5),
    Depth("depth"),
    Normals("normals"),
    Edges("edges", role="auxiliary"),
)
NAMES = tuple(task.name for task in TASKS)
EPOCHS = 8
# One scatters by 2 %, the mean of four is off by 1 %.
SINGLES = (
    SingleTask("segmentation", True, "miou", "", True, 0.5, 0.01, 4, 10_000_000),
    SingleTask("depth", True, "abs_err_m", "m", False, 0.2, 0.004, 4, 10_000_000),
    SingleTask("normals", True, "angle_deg", "deg", False, 20.0, 0.4, 4, 10_000_000),
    SingleTask("edges", False, "f1", "", True, 0.4, 0.008, 4, 10_000_000),
)


def decoder(number: int) -> list[tuple[tuple[str, ...], ...]]:
    """Partitions of four decoder stages, different ones for the numbers 0 to 17."""
    pair = (number % 3, 3)
    halves = (tuple(NAMES[i] for i in pair), tuple(n for i, n in enumerate(NAMES) if i not in pair))
    apart = tuple((name,) for name in NAMES)
    together, split = number // 3 % 3, 1 + number // 9 % 2
    return [(NAMES,)] * together + [halves] * split + [apart] * (4 - together - split)


def complete(number: int, delta: float, macs: int, **changes: Any) -> Trial:
    """A trial that went well."""
    pattern = uniform(NAMES, 4, decoder(number))
    metrics = {
        "segmentation.miou": 0.5 + delta / 100,
        "depth.abs_err_m": 0.2 - delta / 1000,
        "normals.angle_deg": 20.0 - delta,
        "edges.f1": 0.4,
        "delta_mtl": delta,
        "worst_delta": delta - 1.5,
    }
    fields: dict[str, Any] = {
        "number": number,
        "status": COMPLETE,
        "key": pattern.key,
        "choices": {"depth.depth": number % 5, "parent.depth": "segmentation"},
        "pattern": pattern,
        "macs": macs,
        "params": macs // 30,
        "objectives": {"delta_mtl": delta, "macs": float(macs)},
        "metrics": metrics,
        "curves": {
            "loss": [1.0 / (epoch + 1) for epoch in range(EPOCHS)],
            "depth.abs_err_m": [0.5 - 0.03 * epoch for epoch in range(EPOCHS)],
        },
        "seconds": 12.5,
        "node": "here",
        "epochs": EPOCHS,
        "seed": 7,
        "ended": 1_760_000_000.0 + 20 * number,
    }
    return Trial(**{**fields, **changes})


def failed(number: int, reason: str = "loss is NaN in epoch 2") -> Trial:
    """A trial that failed before it had numbers."""
    return complete(
        number, 0.0, 9_000_000, status=FAILED, objectives={}, metrics={}, curves={}, reason=reason, epochs=2
    )
