"""Whether normals point as their axes say: against those that follow from depth, in each of 48 frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
import torch
from torch import Tensor

from trainers.robustness.geometry import AXES, FIELDS_OF_VIEW, Camera, compare_normals, derive_normals, step_over
from trainers.tasks import Task
from trainers.tasks.axes import WORDS, Axes, join_axes, spell_signs, turn_axes
from trainers.tasks.depth import Depth
from trainers.tasks.normals import Normals

IMAGES, SURFACE = 4, 2**19
"""Images that are compared, or as many as have so many pixels: our choice, seconds at 480x640."""
FIELDS = FIELDS_OF_VIEW[::3]
"""Fields of view [deg] that are tried: frames are 90 degrees apart, and 15 degrees of it move normals by less."""
CLEARLY, LIKE = 0.75, 45.0
"""From which share of the mean angle on, and below how many degrees, other axes fit better than those that are said.
Our choice: in drawn rooms right axes are at 2 to 8 degrees, in measured depth at 10 to 30, wrong ones at 45 to 120."""
FRAMES: tuple[Axes, ...] = tuple(
    (first, second, third)
    for order in permutations(WORDS)
    for first, second, third in product(*order)  # right, down, forward first
)


@dataclass(frozen=True)
class Fit:
    """Axes of stored vectors, and how near they bring these to normals that follow from depth.

    Args:
        axes: where the components point.
        field_of_view: of the camera under which they agree best, in degrees across the longer side.
        angle: mean, in degrees.
    """

    axes: Axes
    field_of_view: float
    angle: float


def remark_axes(tasks: Sequence[Task], targets: Mapping[str, np.ndarray]) -> list[str]:
    """What to tell where depth says that normals point otherwise than their axes; of the first task of either kind.

    Args:
        tasks: of the data.
        targets: canonical, of some images, by task.
    """
    depth = next((task for task in tasks if isinstance(task, Depth)), None)
    normals = next((task for task in tasks if isinstance(task, Normals)), None)
    if depth is None or normals is None:
        return []
    count = max(IMAGES, SURFACE // targets[depth.name][0].size)
    metres, vectors = (torch.from_numpy(np.ascontiguousarray(targets[t.name][:count])) for t in (depth, normals))
    said = FRAMES[:1] if normals.axes else tuple(spell_signs(signs) for signs in AXES)
    given = normals.field_of_view
    best, usual = fit_axes(metres, vectors, FIELDS if given is None else (given,), said)
    if not (best.angle < LIKE and best.angle < CLEARLY * usual.angle):
        return []
    axes = ", ".join(best.axes if normals.axes is None else join_axes(normals.axes, best.axes))
    claim = "as they are said" if normals.axes else "right, and up or down, and forward or back"
    return [
        f"task {normals.name!r}: normals computed from task {depth.name!r} agree with components that point "
        f"{axes} (mean angle {best.angle:.0f} degrees), not with such that point {claim} ({usual.angle:.0f} degrees; "
        f"field of view {best.field_of_view:g} degrees, {'guessed' if given is None else 'as given'}): say axes: "
        f"[{axes}] in the task if that is so"
    ]


def fit_axes(depth: Tensor, normals: Tensor, fields: Iterable[float], said: Sequence[Axes]) -> tuple[Fit, Fit]:
    """The best of all frames, and the best of some.

    Args:
        depth: ``(B, 1, H, W)`` metres, 0 where invalid.
        normals: ``(B, 3, H, W)`` unit vectors, 0 where invalid.
        fields: of view, to choose from.
        said: the frames to compare with.
    """
    few = step_over(depth)
    stored = normals[few]
    fits: dict[Axes, Fit] = {}
    for field in fields:
        derived = derive_normals(depth, Camera(field, AXES[0]))[few]
        # By component and axis, the sum of products: of any frame, the sum of cosines is three of these.
        products = torch.einsum("bihw,bjhw->ij", stored.double(), derived).numpy()
        cosines = {axes: float(np.trace(turn_axes(products.T, axes))) for axes in FRAMES}
        for axes in (max(FRAMES, key=cosines.__getitem__), max(said, key=cosines.__getitem__)):
            turned = torch.from_numpy(turn_axes(stored.numpy(), axes))
            count, total = compare_normals(turned, derived).tolist()
            fit = Fit(axes, field, total / count if count else float("inf"))
            if axes not in fits or fit.angle < fits[axes].angle:
                fits[axes] = fit
    ordered = sorted(fits.values(), key=lambda fit: fit.angle)
    return ordered[0], next(fit for fit in ordered if fit.axes in said)
