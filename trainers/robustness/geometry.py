"""Surface normals that follow from depth, and the camera by which they do.

Where a data set says neither the field of view nor which way its axes point, they are found on true depth and normals:
the ones of a few under which these agree best (our choice).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import EllipsisType

import torch
from torch import Tensor

from trainers.tasks.normals import Normals

FIELDS_OF_VIEW = tuple(range(30, 115, 5))  # degrees across the longer side
AXES = ((1, 1, 1), (1, -1, 1), (1, 1, -1), (1, -1, -1))  # x is right in all data sets; y and z differ
PIXELS = 2**17  # that cameras are compared on, evenly spread: our choice
JUDGE = Normals("judge")  # whose statistics are number and sum of angles


@dataclass(frozen=True)
class Camera:
    """A pinhole camera whose axis goes through the middle of the image.

    Args:
        field_of_view: across the longer side, in degrees.
        axes: signs of the normals' components against x right, y down, z forward.
    """

    field_of_view: float
    axes: tuple[int, int, int]


def derive_normals(depth: Tensor, camera: Camera) -> Tensor:
    """Normals of the surface that a depth map shows, towards the camera.

    Of the differences to either neighbour the one with the smaller step in depth counts, so that no surface spans an
    outline (our choice).

    Args:
        depth: ``(B, 1, H, W)`` in metres, along the axis; not positive where invalid.
        camera: that saw it.

    Returns:
        ``(B, 3, H, W)`` unit vectors; zero where the pixel or a neighbour is invalid, and along the border.
    """
    height, width = depth.shape[-2:]
    focal = max(height, width) / 2 / math.tan(math.radians(camera.field_of_view) / 2)
    x = (torch.arange(width, device=depth.device, dtype=torch.float64) - (width - 1) / 2) / focal
    y = (torch.arange(height, device=depth.device, dtype=torch.float64) - (height - 1) / 2) / focal
    z = depth.double()
    points = torch.cat([z * x, z * y[:, None], z], 1)  # (B, 3, H, W)
    middle = points[..., 1:-1, 1:-1]
    down = _take_smaller(points[..., 2:, 1:-1] - middle, middle - points[..., :-2, 1:-1])
    right = _take_smaller(points[..., 1:-1, 2:] - middle, middle - points[..., 1:-1, :-2])
    normals = torch.nn.functional.normalize(torch.linalg.cross(down, right, dim=1), dim=1)
    valid = -torch.nn.functional.max_pool2d(-(z > 0).double(), 3, stride=1)  # (B, 1, H - 2, W - 2)
    signed = normals * valid * normals.new_tensor(camera.axes).view(1, 3, 1, 1)
    return torch.nn.functional.pad(signed.nan_to_num(), (1, 1, 1, 1))


def calibrate(depth: Tensor, normals: Tensor, task: Normals = JUDGE) -> Camera:
    """The camera under which normals of true depth are most like the true ones, by mean angle.

    Args:
        depth: ``(B, 1, H, W)`` metres, 0 where invalid.
        normals: ``(B, 3, H, W)`` unit vectors, 0 where invalid.
        task: of the normals, which may say the field of view, and axes by which they are right, down and forward.
    """
    few = step_over(depth)
    sums = {}
    for field in FIELDS_OF_VIEW if task.field_of_view is None else (task.field_of_view,):
        derived = derive_normals(depth, Camera(field, AXES[0]))[few]
        for axes in AXES if task.axes is None else AXES[:1]:
            turned = derived * derived.new_tensor(axes).view(1, 3, 1, 1)
            sums[Camera(field, axes)] = compare_normals(normals[few], turned)[1].item()
    return min(sums, key=sums.__getitem__)


def step_over(depth: Tensor) -> tuple[EllipsisType | slice, ...]:
    """Picks some of the pixels of maps ``(..., H, W)`` as large as these, evenly spread."""
    step = max(1, math.isqrt(depth.numel() // PIXELS))
    return (..., slice(None, None, step), slice(None, None, step))


def compare_normals(one: Tensor, other: Tensor) -> Tensor:
    """Number of pixels where both are there, and the sum of angles [deg] there: ``(2,)``."""
    both = one.any(1, keepdim=True) & other.any(1, keepdim=True)
    return JUDGE.usual_statistics(one, other * both)[:2]


def _take_smaller(ahead: Tensor, behind: Tensor) -> Tensor:
    """Of two differences of points, the one with the smaller step in depth."""
    return torch.where(ahead[:, 2:].abs() <= behind[:, 2:].abs(), ahead, behind)
