from __future__ import annotations

import numpy as np
import pytest

from trainers.data.rooms.solids import KINDS, Solid, meet, surface
from trainers.data.rooms.textures import draw_texture


def draw_solid(kind: str, seed: int) -> Solid:
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    half = rng.uniform(0.2, 0.6, 3)
    if kind != "box":
        half[1] = half[0]
    if kind == "sphere":
        half[:] = half[0]
    return Solid(kind, rng.normal(size=3), rotation, half, draw_texture(rng, scale=0.3))


def inside(solid: Solid, points: np.ndarray) -> np.ndarray:
    """Whether (3, N) points of the world are in the solid, as its kind is defined."""
    x, y, z = (solid.rotation.T @ (points - solid.centre[:, None])) / solid.half[:, None]
    if solid.kind == "box":
        return np.maximum(np.maximum(abs(x), abs(y)), abs(z)) < 1
    if solid.kind == "sphere":
        return x**2 + y**2 + z**2 < 1
    return (x**2 + y**2 < 1) & (abs(z) < 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_a_ray_meets_it_where_it_first_gets_inside(kind: str, seed: int) -> None:
    solid, rng = draw_solid(kind, seed), np.random.default_rng(seed + 100)
    origin = solid.centre + np.array([3.0, -2.0, 1.0])
    rays = (solid.centre + rng.normal(0, 0.5, (200, 3)) - origin).T
    with np.errstate(all="ignore"):
        far, hit = meet(solid, origin, rays)

    steps = np.linspace(0, 2, 4001)
    for ray, distance, met in zip(rays.T, far, hit, strict=True):
        where = inside(solid, origin[:, None] + ray[:, None] * steps)
        if where.sum() > 1:  # a ray may graze it between two steps
            assert met
            assert distance == pytest.approx(steps[where.argmax()], abs=1e-3)
        elif met:
            assert distance <= 2
    assert 0 < hit.mean() < 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_behind_is_not_met(kind: str) -> None:
    solid = draw_solid(kind, 0)
    origin = solid.centre + np.array([3.0, 0.0, 0.0])
    with np.errstate(all="ignore"):
        _, hit = meet(solid, origin, np.array([[1.0], [0.0], [0.0]]))
    assert not hit.any()


@pytest.mark.parametrize("kind", KINDS)
def test_normals_point_outwards_and_have_unit_length(kind: str) -> None:
    solid = draw_solid(kind, 1)
    origin = solid.centre + np.array([-2.0, 3.0, 1.5])
    rays = (solid.centre + np.random.default_rng(0).normal(0, 0.2, (300, 3)) - origin).T
    with np.errstate(all="ignore"):
        far, hit = meet(solid, origin, rays)
    points = origin[:, None] + rays[:, hit] * far[hit]
    face, normals = surface(solid, solid.rotation.T @ (points - solid.centre[:, None]))

    assert np.allclose((normals**2).sum(0), 1)
    assert inside(solid, points - 1e-4 * normals).all()
    assert not inside(solid, points + 1e-4 * normals).any()
    assert set(face) <= set(range({"sphere": 1, "cylinder": 3, "box": 6}[kind]))
    for each in set(face) if kind == "box" else ():
        flat = normals[:, face == each]
        assert np.allclose(flat, flat[:, :1])


@pytest.mark.parametrize("kind", KINDS)
def test_its_ball_holds_it(kind: str) -> None:
    solid = draw_solid(kind, 2)
    points = solid.centre[:, None] + np.random.default_rng(0).uniform(-1, 1, (3, 5000))
    within = inside(solid, points)
    assert within.any()
    assert np.linalg.norm(points[:, within] - solid.centre[:, None], axis=0).max() <= solid.radius
