"""Whether what a network says of one task agrees with what it says of another.

Geometric consistency (normals of predicted depth against predicted normals) and semantic consistency (outlines of the
predicted segmentation against predicted edges) are those of Progressive Decoder Fusion (CoLLAs 2022, sections 4 and
5.4), the former as an angle where the paper has a cosine. Outlines against steps of depth are our choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor

from trainers.batches.source import Source
from trainers.measure import limit_batch
from trainers.robustness.geometry import Camera, calibrate, compare_normals, derive_normals
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.normals import Normals
from trainers.tasks.saliency import Saliency
from trainers.tasks.segmentation import Segmentation
from trainers.tasks.task import Task

CALIBRATED = 32  # images that a camera is found on: our choice
STEEPEST = 0.1
"""Second difference of the inverse depth, as a share of it, from which a pixel is a step: our choice. The inverse depth
of a plane is linear in the image, so that slanted planes are none."""

T = TypeVar("T", bound=Task)
Said = Mapping[str, Tensor]
"""By task: class ids ``(B, H, W)``, -1 where not known; depth, normals; edges as logits ``(B, 1, H, W)``."""


class Consistency(Protocol):
    """A relation between tasks that holds of the world."""

    @property
    def name(self) -> str:
        """Of its column."""

    @property
    def unit(self) -> str:
        """Of the mean."""

    def count(self, said: Said) -> Tensor:
        """Number of places, and a sum over them: ``(2,)`` float64."""


@dataclass(frozen=True)
class Geometric:
    """Mean angle between normals and those that follow from depth.

    Args:
        depth: name of the task.
        normals: name of the task.
        camera: by which they follow.
    """

    depth: str
    normals: str
    camera: Camera
    name: ClassVar[str] = "geometric"
    unit: ClassVar[str] = "deg"

    def count(self, said: Said) -> Tensor:
        """Angles where depth is positive."""
        return compare_normals(said[self.normals], derive_normals(said[self.depth], self.camera))


@dataclass(frozen=True)
class Semantic:
    """Share of pixels where outlines of the segmentation and edges agree, both there or both not.

    Args:
        segmentation: name of the task.
        edges: name of the task.
    """

    segmentation: str
    edges: str
    name: ClassVar[str] = "semantic"
    unit: ClassVar[str] = "fraction"

    def count(self, said: Said) -> Tensor:
        """Outlines are where classes in 3x3 pixels differ, as that paper makes its edges."""
        same = find_outlines(said[self.segmentation]) == (said[self.edges] > 0)
        return torch.stack([same.new_tensor(same.numel(), dtype=torch.float64), same.sum().double()])


@dataclass(frozen=True)
class Outlined:
    """Share of the steps in depth that lie on or beside an outline of the segmentation.

    Args:
        segmentation: name of the task.
        depth: name of the task.
    """

    segmentation: str
    depth: str
    name: ClassVar[str] = "outlined"
    unit: ClassVar[str] = "fraction"

    def count(self, said: Said) -> Tensor:
        """Outlines alone may well be without a step, as between wall and floor."""
        steps = find_steps(said[self.depth])
        return torch.stack([steps.sum(), (steps & find_outlines(said[self.segmentation])).sum()]).double()


def find_outlines(ids: Tensor) -> Tensor:
    """Whether the classes in 3x3 pixels ``(B, H, W)`` differ; ``(B, 1, H, W)``."""
    maps = ids[:, None].float()
    return F.max_pool2d(maps, 3, stride=1, padding=1) != -F.max_pool2d(-maps, 3, stride=1, padding=1)


def find_steps(depth: Tensor) -> Tensor:
    """Whether the depth ``(B, 1, H, W)`` is not that of one smooth surface; never where a neighbour is invalid."""
    inverse = 1 / depth.float()
    middle = inverse[..., 1:-1, 1:-1]
    rows = inverse[..., 2:, 1:-1] + inverse[..., :-2, 1:-1] - 2 * middle
    columns = inverse[..., 1:-1, 2:] + inverse[..., 1:-1, :-2] - 2 * middle
    steep = torch.maximum(rows.abs(), columns.abs()) > STEEPEST * middle
    valid = -F.max_pool2d(-(depth > 0).float(), 3, stride=1) > 0
    return F.pad(steep & valid, (1, 1, 1, 1))


def find_consistencies(tasks: Sequence[Task], source: Source) -> tuple[Consistency, ...]:
    """Those that the tasks allow, of the first of each kind.

    Args:
        tasks: of the run.
        source: whose first images tell the camera.
    """
    segmentation, depth = _first(tasks, Segmentation), _first(tasks, Depth)
    normals, edges = _first(tasks, Normals), _first([t for t in tasks if not isinstance(t, Saliency)], Edges)
    found: list[Consistency] = []
    if depth and normals:
        few = source.first(CALIBRATED)
        _, targets = next(iter(few.batches(limit_batch(source.size, CALIBRATED), [depth, normals])))
        camera = calibrate(targets[depth.name], targets[normals.name], normals)
        found.append(Geometric(depth.name, normals.name, camera))
    if segmentation and edges:
        found.append(Semantic(segmentation.name, edges.name))
    if segmentation and depth:
        found.append(Outlined(segmentation.name, depth.name))
    return tuple(found)


def explain_left_out(tasks: Sequence[Task]) -> list[str]:
    """A sentence for each consistency that the tasks do not allow."""
    there = {kind: _first(tasks, kind) is not None for kind in (Segmentation, Depth, Normals)}
    edges = any(isinstance(task, Edges) and not isinstance(task, Saliency) for task in tasks)
    wanted = {
        Geometric.name: ("depth and normals", there[Depth] and there[Normals]),
        Semantic.name: ("segmentation and edges", there[Segmentation] and edges),
        Outlined.name: ("segmentation and depth", there[Segmentation] and there[Depth]),
    }
    return [
        f"consistency.{name} is left out: it wants tasks of the kinds {kinds}"
        for name, (kinds, possible) in wanted.items()
        if not possible
    ]


def read_outputs(tasks: Iterable[Task], outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a network says, from its outputs."""
    return {
        task.name: outputs[task.name].argmax(1) if isinstance(task, Segmentation) else outputs[task.name].float()
        for task in tasks
    }


def read_targets(tasks: Iterable[Task], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What the truth says: 0 and 1 of edges are told apart by their sign, as logits are."""
    return {
        task.name: targets[task.name] if not isinstance(task, Edges) else targets[task.name] * 2 - 1
        for task in tasks
        if not task.target_from_image
    }


def _first(tasks: Iterable[Task], kind: type[T]) -> T | None:
    return next((task for task in tasks if isinstance(task, kind)), None)
