"""Places solids in a room: on the floor, on each other or on a wall, apart from each other and the camera.

Each solid is tried a few times and left out where it does not fit. Called by ``layout``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from trainers.data.rooms.solids import KINDS, Solid
from trainers.data.rooms.textures import draw_texture

_TRIES = 6
_GAP = 0.03  # metres between a solid and its neighbours or the walls
_HEADROOM = 0.4  # metres kept free under the ceiling, where the lamp is
_LAID = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float32)  # turns a cylinder's axis from z to -y


@dataclass(frozen=True)
class _Body:
    """A solid before it has a place: its kind, half extents in metres, and whether it lies on its side."""

    kind: str
    half: np.ndarray
    lying: bool

    @property
    def radius(self) -> float:
        if self.kind == "sphere" or (self.kind == "cylinder" and not self.lying):
            return float(self.half[0])
        return math.hypot(self.half[0], self.half[2 if self.lying else 1])

    @property
    def height(self) -> float:
        return 2 * float(self.half[0 if self.lying else 2])

    @property
    def can_bear(self) -> bool:
        return self.kind == "box" or (self.kind == "cylinder" and not self.lying)


@dataclass(frozen=True)
class _Spot:
    """An upright cylinder of space, in metres, and the bearing in radians of what fills it."""

    x: float
    y: float
    radius: float
    bottom: float
    top: float
    turn: float = 0.0

    def clear_of(self, other: _Spot) -> bool:
        apart = math.hypot(self.x - other.x, self.y - other.y) > self.radius + other.radius + _GAP
        return apart or self.bottom >= other.top or other.bottom >= self.top


@dataclass(frozen=True)
class _Site:
    """The room while it is furnished: its size, the view into it, what is taken and what can bear more."""

    extent: np.ndarray
    viewer: np.ndarray
    yaw: float
    taken: list[_Spot] = field(default_factory=list)
    bases: list[_Spot] = field(default_factory=list)


def furnish(
    rng: np.random.Generator, extent: np.ndarray, viewer: np.ndarray, yaw: float, *, attempts: int
) -> tuple[Solid, ...]:
    """Draw solids of random kinds, sizes, places and textures.

    Args:
        rng: source of all randomness.
        extent: (3,) size of the room in metres.
        viewer: (2,) where the camera stands; its surroundings stay clear.
        yaw: direction of view in radians; solids stand mostly in view.
        attempts: how many solids to try to place.
    """
    site = _Site(extent, viewer, yaw)
    site.taken.append(_Spot(float(viewer[0]), float(viewer[1]), 0.6, 0.0, float(extent[2])))
    solids = []
    for _ in range(attempts):
        body = _draw_body(rng)
        places = (_on_floor, _on_floor, _on_base, _on_wall)[: 4 if body.kind == "box" else 3]
        place = places[rng.integers(len(places))]
        for _ in range(_TRIES):
            spot = place(rng, body, site)
            if spot.top < extent[2] - _HEADROOM and all(spot.clear_of(other) for other in site.taken):
                break
        else:
            continue
        site.taken.append(spot)
        if body.can_bear:
            site.bases.append(spot)
        solids.append(
            Solid(
                body.kind,
                np.array([spot.x, spot.y, (spot.bottom + spot.top) / 2], np.float32),
                _turned(spot.turn) @ _LAID if body.lying else _turned(spot.turn),
                body.half.astype(np.float32),
                draw_texture(rng, scale=rng.uniform(0.12, 0.4)),
            )
        )
    return tuple(solids)


def _draw_body(rng: np.random.Generator) -> _Body:
    kind = KINDS[rng.integers(len(KINDS))]
    if kind == "box":
        return _Body(kind, rng.uniform((0.12, 0.12, 0.12), (0.5, 0.5, 0.7)), lying=False)
    if kind == "sphere":
        return _Body(kind, np.full(3, rng.uniform(0.15, 0.5)), lying=False)
    radius, height = rng.uniform((0.1, 0.15), (0.4, 0.7))
    return _Body(kind, np.array([radius, radius, height]), lying=bool(rng.random() < 0.3))


def _on_floor(rng: np.random.Generator, body: _Body, site: _Site) -> _Spot:
    """Somewhere in view, pushed inside the room where the view ends behind a wall."""
    angle = site.yaw + rng.uniform(-0.6, 0.6)
    distance = rng.uniform(1.0, 5.0)
    reach = body.radius + _GAP
    x = _between(site.viewer[0] + distance * math.cos(angle), reach, site.extent[0] - reach)
    y = _between(site.viewer[1] + distance * math.sin(angle), reach, site.extent[1] - reach)
    return _Spot(x, y, body.radius, 0.0, body.height, rng.uniform(0, math.pi))


def _on_base(rng: np.random.Generator, body: _Body, site: _Site) -> _Spot:
    """On the flat top of an earlier solid; on the floor while none is broad enough."""
    bases = [base for base in site.bases if base.radius > 0.8 * body.radius]
    if not bases:
        return _on_floor(rng, body, site)
    base = bases[rng.integers(len(bases))]
    x, y = rng.normal((base.x, base.y), 0.05)
    reach = body.radius + _GAP
    x, y = _between(x, reach, site.extent[0] - reach), _between(y, reach, site.extent[1] - reach)
    return _Spot(x, y, body.radius, base.top, base.top + body.height, rng.uniform(0, math.pi))


def _on_wall(rng: np.random.Generator, body: _Body, site: _Site) -> _Spot:
    """Hung on one of the four walls, its own y axis across the wall."""
    axis, far = rng.integers(2), rng.integers(2)  # the wall at x or y, near the origin or away from it
    depth, width = float(body.half[1]), float(body.half[0])
    across = site.extent[axis] - depth if far else depth
    beside = rng.uniform(width, site.extent[1 - axis] - width)
    x, y = (across, beside) if axis == 0 else (beside, across)
    bottom = rng.uniform(0.5, 1.6)
    return _Spot(float(x), float(y), body.radius, bottom, bottom + body.height, math.pi / 2 * (1 - axis))


def _between(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))


def _turned(angle: float) -> np.ndarray:
    """Rotation about the vertical."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)
