"""Sees a room: one ray-cast image with exact segmentation, depth, normals and edges.

Rays go through the corners, edge middles and centres of the pixels, (2S + 1) x (2S + 1) of them for S x S
pixels. Labels are those of the centre rays, exactly. Colours are averaged over the nine rays of a pixel, to
smooth jagged outlines. A pixel is an edge where its nine rays meet more than one smooth face.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from trainers.data.rooms.layout import Room
from trainers.data.rooms.solids import KINDS, Solid, meet, surface
from trainers.data.rooms.textures import paint

CLASSES = ("floor", "ceiling", "wall", *KINDS)
# The room's own surfaces: walls at low and high x, walls at low and high y, floor, ceiling; solids follow.
_WALLS = 6
_FACES = 6  # most smooth faces a solid has


@dataclass(frozen=True)
class View:
    """What the camera sees, S x S pixels.

    Args:
        images: (S, S, 3) uint8 RGB.
        segmentation: (S, S) uint8 index into ``CLASSES``.
        depth: (S, S) float32 metres along the optical axis (z-depth, not distance).
        normals: (S, S, 3) float32 unit vectors towards the camera; x right, y down, z forward.
        edges: (S, S) uint8, 1 where an outline or a crease runs through the pixel.
    """

    images: np.ndarray
    segmentation: np.ndarray
    depth: np.ndarray
    normals: np.ndarray
    edges: np.ndarray


def render_view(room: Room, size: int, rng: np.random.Generator) -> View:
    """Ray-cast one view.

    Args:
        room: the room with its camera and lamp.
        size: S, height and width in pixels.
        rng: source of exposure and sensor noise.
    """
    grid = (2 * size + 1, 2 * size + 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # of rays that miss, see solids
        rays = _rays(room, size)  # (3, n, n), as long as makes z = 1 in the camera frame
        depth, owner = _trace(room, rays)
        # From here on points are sorted by surface, so that each surface is one slice.
        order = np.argsort(owner.ravel(), kind="stable")
        points = room.eye[:, None] + (rays * depth).reshape(3, -1).take(order, axis=1)  # (3, N)
        albedo, normals, face = _surfaces(room, points, np.bincount(owner.ravel(), minlength=_WALLS))
        colour = albedo * _light(room, points, normals)
    centre = np.s_[..., 1::2, 1::2]
    classes = [2, 2, 2, 2, 0, 1, *(CLASSES.index(solid.kind) for solid in room.solids)]
    place = np.empty_like(order)  # of each ray among the sorted points
    place[order] = np.arange(order.size)
    place = place.reshape(grid)
    return View(
        images=_expose(colour.take(place, axis=1), rng),
        segmentation=np.array(classes, np.uint8)[owner[centre]],
        depth=depth[centre],
        normals=(normals.T @ room.rotation).take(place[centre], axis=0),
        edges=_edges(face.take(place)),
    )


def _rays(room: Room, size: int) -> np.ndarray:
    """(3, n, n) directions through the half-pixel grid, in the world frame."""
    reach = math.tan(room.field_of_view / 2)
    across = np.linspace(-reach, reach, 2 * size + 1, dtype=np.float32)
    right, down, forward = room.rotation.T[:, :, None, None]
    return right * across + (down * across[:, None] + forward)


def _trace(room: Room, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Depth of the nearest surface along each ray, and which surface it is; both (n, n)."""
    low, high = -room.eye, room.extent - room.eye
    # Of two opposite walls, the one ahead.
    x, y, z = np.maximum(low[:, None, None] / rays, high[:, None, None] / rays)
    depth = np.minimum(np.minimum(x, y), z)
    floor, side = depth == z, depth == y
    ahead = np.where(floor, rays[2], np.where(side, rays[1], rays[0])) > 0
    owner = np.maximum(4 * floor.view(np.uint8), 2 * side.view(np.uint8)) + ahead  # uint8, which sorts fastest
    for index, solid in enumerate(room.solids, start=_WALLS):
        part = _window(room, solid, rays.shape[1])
        there = depth[part]
        if not there.size:
            continue
        at, met = meet(solid, room.eye, rays[:, *part].reshape(3, -1))
        nearer = (met & (at < there.ravel())).reshape(there.shape)
        np.copyto(there, at.reshape(there.shape), where=nearer)
        owner[part][nearer] = index
    return depth, owner


def _window(room: Room, solid: Solid, count: int) -> tuple[slice, slice]:
    """Rows and columns of the grid of rays that a sphere around the solid may cover."""
    x, y, z = (float(c) for c in room.rotation.T @ (solid.centre - room.eye))
    near, far = z - solid.radius, z + solid.radius
    if far <= 0:
        return slice(0), slice(0)
    if near <= 0.05:  # beside the camera
        return slice(None), slice(None)
    scale = (count - 1) / 2 / math.tan(room.field_of_view / 2)

    def span(c: float) -> slice:
        ends = [scale * (c + sign * solid.radius) / reach for sign in (-1, 1) for reach in (near, far)]
        return slice(max(0, math.floor(count / 2 + min(ends))), max(0, math.ceil(count / 2 + max(ends))))

    return span(y), span(x)


def _surfaces(room: Room, points: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Colour (3, N), world normal (3, N) and face number (N,) of points sorted by surface.

    Args:
        room: the room.
        points: (3, N) world frame.
        counts: how many of the points each surface has.
    """
    albedo, normals = np.empty_like(points), np.zeros_like(points)
    face = np.repeat(np.arange(counts.size) * _FACES, counts)
    ends = np.cumsum(counts)
    for index in range(_WALLS):
        here = slice(ends[index] - counts[index], ends[index])
        normals[index // 2, here] = -1 if index % 2 else 1
    floor, ceiling, walls = slice(ends[3], ends[4]), slice(ends[4], ends[5]), slice(ends[3])
    for texture, here in zip(room.textures, (floor, ceiling, walls), strict=True):
        albedo[:, here] = paint(texture, points[:, here])
    for solid, start, end in zip(room.solids, ends[_WALLS - 1 :], ends[_WALLS:], strict=False):
        own = solid.rotation.T @ (points[:, start:end] - solid.centre[:, None])
        albedo[:, start:end] = paint(solid.texture, own)
        part, normals[:, start:end] = surface(solid, own)
        face[start:end] += part
    return albedo, normals, face


def _light(room: Room, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """(3, N) light that arrives: Lambert's law, falloff, shadows, and ambient light, mostly from above."""
    beams = points - room.lamp[:, None]
    square = (beams * beams).sum(0)
    facing = np.maximum(0, -(beams * normals).sum(0) / np.sqrt(square)) / (np.float32(0.5) + square / 4)
    lit = np.flatnonzero(facing)
    towards = beams.take(lit, axis=1)
    shaded = np.zeros(lit.size, bool)
    for solid in room.solids:
        at, met = meet(solid, room.lamp, towards)
        shaded |= met & (at < np.float32(0.998))  # a point does not shade itself
    facing[lit[shaded]] = 0
    above = np.float32(0.8) + np.float32(0.2) * normals[2]
    return room.ambient[:, None] * above + room.light[:, None] * facing


def _expose(colour: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Linear colours (3, 2S + 1, 2S + 1) to (S, S, 3) uint8: tent filter, exposure, gamma 2, noise."""
    rows = colour[:, :-1:2] + 2 * colour[:, 1::2] + colour[:, 2::2]
    pixels = (rows[:, :, :-1:2] + 2 * rows[:, :, 1::2] + rows[:, :, 2::2]) / 16  # (3, S, S)
    # Exposed for the mean, but not exactly, so that brightness tells little about the distance from the lamp.
    pixels *= np.float32(rng.uniform(0.16, 0.34)) / pixels.mean()
    noise = np.float32(rng.uniform(0.004, 0.02)) * rng.standard_normal(pixels.shape, np.float32)
    values = np.sqrt(pixels) + noise
    return np.moveaxis(np.clip(values * 255 + np.float32(0.5), 0, 255).astype(np.uint8), 0, -1)


def _edges(face: np.ndarray) -> np.ndarray:
    """Whether the nine rays of each pixel meet different faces: (2S + 1, 2S + 1) to (S, S)."""
    middle = face[1::2]  # (S, 2S + 1)
    rows = (face[:-1:2] != middle) | (face[2::2] != middle)
    sides = (middle[:, :-1:2] != middle[:, 1::2]) | (middle[:, 2::2] != middle[:, 1::2])
    return (rows[:, :-1:2] | rows[:, 1::2] | rows[:, 2::2] | sides).astype(np.uint8)
