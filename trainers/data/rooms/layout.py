"""What is in a room and who looks at it: a random but plausible arrangement, drawn from one generator.

World frame: x and y along the walls, z up, floor at z = 0, metres. All distributions are our choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from trainers.data.rooms.furniture import furnish
from trainers.data.rooms.solids import Solid
from trainers.data.rooms.textures import Texture, draw_texture


@dataclass(frozen=True)
class Room:
    """A furnished room, its camera and its lamp.

    Args:
        extent: (3,) size of the room in metres; one corner is the origin.
        textures: of floor, ceiling and walls.
        solids: what stands in it.
        eye: (3,) position of the camera.
        rotation: (3, 3), columns are the camera's right, down and forward in the world frame.
        field_of_view: full opening angle of the image, in radians.
        lamp: (3,) position of the lamp.
        light: (3,) colour and strength of the lamp.
        ambient: (3,) light that comes from everywhere.
    """

    extent: np.ndarray
    textures: tuple[Texture, Texture, Texture]
    solids: tuple[Solid, ...]
    eye: np.ndarray
    rotation: np.ndarray
    field_of_view: float
    lamp: np.ndarray
    light: np.ndarray
    ambient: np.ndarray


def draw_room(rng: np.random.Generator) -> Room:
    """Draw everything about one room."""
    extent = rng.uniform((3.5, 3.5, 2.3), (6.5, 6.5, 3.2))
    yaw = rng.uniform(0, 2 * math.pi)
    # The camera stands back from the middle, against its line of sight, so that it sees most of the room.
    back = rng.uniform(0.5, 0.95) * extent[:2] / 2 * (math.cos(yaw), math.sin(yaw))
    spot = np.clip(extent[:2] / 2 - back + rng.normal(0, 0.3, 2), 0.3, extent[:2] - 0.3)
    yaw += rng.normal(0, 0.2)
    tint = rng.uniform(-0.15, 0.15) * np.array([1, 0, -1])  # a warm lamp and cold shade, or the other way
    return Room(
        extent=extent.astype(np.float32),
        textures=(_paint(rng), _paint(rng), _paint(rng)),
        solids=furnish(rng, extent, spot, yaw, attempts=int(rng.integers(6, 11))),
        eye=np.append(spot, rng.uniform(0.9, 1.9)).astype(np.float32),
        rotation=_axes(yaw, pitch=math.radians(rng.uniform(-22, 8)), roll=math.radians(rng.normal(0, 3))),
        field_of_view=math.radians(rng.uniform(58, 78)),
        lamp=(extent * (*rng.uniform(0.2, 0.8, 2), rng.uniform(0.88, 0.97))).astype(np.float32),
        light=(rng.uniform(1.6, 3.2) * (1 + tint)).astype(np.float32),
        ambient=(rng.uniform(0.25, 0.5) * (1 - tint / 2)).astype(np.float32),
    )


def _paint(rng: np.random.Generator) -> Texture:
    return draw_texture(rng, scale=rng.uniform(0.25, 0.6))


def _axes(yaw: float, *, pitch: float, roll: float) -> np.ndarray:
    """Camera axes (right, down, forward) as columns; positive pitch looks up."""
    forward = np.array([math.cos(yaw) * math.cos(pitch), math.sin(yaw) * math.cos(pitch), math.sin(pitch)])
    level = np.array([math.sin(yaw), -math.cos(yaw), 0.0])
    right = math.cos(roll) * level + math.sin(roll) * np.cross(forward, level)
    return np.stack([right, np.cross(forward, right), forward], 1).astype(np.float32)
