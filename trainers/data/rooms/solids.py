"""Boxes, spheres and cylinders: where rays meet them, and which face and normal they show there.

Used by ``raycast`` for the camera's rays and the lamp's (shadows). Arrays are float32, vectorised over rays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainers.data.rooms.textures import Texture

KINDS = ("box", "sphere", "cylinder")


@dataclass(frozen=True)
class Solid:
    """One convex object standing in the room.

    Args:
        kind: one of ``KINDS``.
        centre: (3,) in metres, world frame (z up).
        rotation: (3, 3), columns are the solid's own axes in the world frame.
        half: (3,) half extents in metres along its own axes; a cylinder's axis is its own z.
        texture: what is painted on it, in its own frame.
    """

    kind: str
    centre: np.ndarray
    rotation: np.ndarray
    half: np.ndarray
    texture: Texture

    @property
    def radius(self) -> float:
        """Radius of a sphere around the centre that holds the solid, in metres."""
        return float(self.half[0] if self.kind == "sphere" else np.sqrt(self.half @ self.half))


def meet(solid: Solid, origin: np.ndarray, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far along each ray the solid is first met, from outside.

    Divides by zero and takes roots of negative numbers where a ray misses: run it under ``np.errstate``.

    Args:
        solid: the solid; it does not contain the origin.
        origin: (3,) common start of the rays, world frame.
        rays: (3, N) directions of any length.

    Returns:
        (N,) multiples of the direction, meaningless where the ray misses; (N,) whether it meets the solid.
    """
    start = solid.rotation.T @ (origin - solid.centre)  # (3,)
    along = solid.rotation.T @ rays  # (3, N)
    enter, leave = {"box": _box, "sphere": _sphere, "cylinder": _cylinder}[solid.kind](solid.half, start, along)
    return enter, (enter <= leave) & (enter > 0)


def surface(solid: Solid, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Face and outward normal at points of the surface.

    Args:
        solid: the solid.
        points: (3, N) in the solid's own frame.

    Returns:
        (N,) face, 0 to 5, one for each smooth part of the surface; (3, N) unit normals in the world frame.
    """
    scaled = points / solid.half[:, None]
    if solid.kind == "sphere":
        face = np.zeros(points.shape[1], np.int64)
        normal = scaled
    elif solid.kind == "box":
        face, normal = _box_face(scaled)
    else:
        height = np.abs(scaled[2])
        cap = height * height > scaled[0] * scaled[0] + scaled[1] * scaled[1]
        face = np.where(cap, 1 + (scaled[2] > 0), 0)
        normal = np.concatenate([scaled[:2] * ~cap, scaled[2:] * cap])
    normal = normal / np.sqrt((normal * normal).sum(0))
    return face, solid.rotation @ normal


def _box_face(scaled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Face and normal of a box at (3, N) points, given in units of its half extents."""
    x, y, z = np.abs(scaled)
    axis = np.maximum(2 * (z >= np.maximum(x, y)), y > x)  # much faster than argmax
    own = np.arange(3)[:, None] == axis  # (3, N)
    normal = np.sign(scaled) * own
    return 2 * axis + (normal.sum(0) > 0), normal


def _box(half: np.ndarray, start: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Enter and leave three slabs (Kay and Kajiya 1986); a ray along a slab gives harmless infinities."""
    inverse = 1 / along  # (3, N)
    middle = -start[:, None] * inverse
    spread = half[:, None] * np.abs(inverse)
    return (middle - spread).max(0), (middle + spread).min(0)


def _sphere(half: np.ndarray, start: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return _roots((along * along).sum(0), start @ along, start @ start - half[0] * half[0])


def _cylinder(half: np.ndarray, start: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part of an endless cylinder that lies between its caps."""
    x, y, z = along
    enter, leave = _roots(
        x * x + y * y,
        start[0] * x + start[1] * y,
        start[0] * start[0] + start[1] * start[1] - half[0] * half[0],
    )
    inverse = 1 / z
    middle = -start[2] * inverse
    spread = half[2] * np.abs(inverse)
    return np.maximum(enter, middle - spread), np.minimum(leave, middle + spread)


def _roots(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both solutions of a t^2 + 2 b t + c = 0, smaller first; NaN where there is none."""
    a = np.maximum(a, np.float32(1e-12))  # 0 along a cylinder's axis, where the caps alone decide
    root = np.sqrt(b * b - a * c)
    inverse = 1 / a
    return (-b - root) * inverse, (root - b) * inverse
