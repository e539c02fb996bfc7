"""Views against slow, obvious geometry: walking along single rays, asking of every point what it is inside of."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from trainers.data.rooms.layout import Room, draw_room
from trainers.data.rooms.raycast import CLASSES, View, render_view
from trainers.data.rooms.solids import Solid

SIZE = 24
SCENES = range(12)


def scene(seed: int, size: int = SIZE) -> tuple[Room, View]:
    rng = np.random.default_rng(seed)
    room = draw_room(rng)
    return room, render_view(room, size, rng)


def ray(room: Room, row: int, column: int) -> np.ndarray:
    """World direction through the centre of a pixel, one metre deep."""
    reach = math.tan(room.field_of_view / 2)
    x, y = ((2 * (index + 0.5) / SIZE - 1) * reach for index in (column, row))
    right, down, forward = room.rotation.T.astype(float)
    return x * right + y * down + forward


def outside(solid: Solid, point: np.ndarray) -> float:
    """How far a point is out of the solid, in units of its size: below 1 inside, 1 on the surface."""
    x, y, z = (solid.rotation.T.astype(float) @ (point - solid.centre)) / solid.half
    if solid.kind == "sphere":
        return math.hypot(x, y, z)
    if solid.kind == "cylinder":
        return max(math.hypot(x, y), abs(z))
    return max(abs(x), abs(y), abs(z))


def to_walls(room: Room, point: np.ndarray) -> dict[str, float]:
    x, y = (min(c, size - c) for c, size in zip(point[:2], room.extent[:2], strict=True))
    return {"floor": point[2], "ceiling": room.extent[2] - point[2], "wall": min(x, y)}


@pytest.mark.parametrize("seed", SCENES)
def test_depth_and_class_are_those_of_the_first_surface_on_the_ray(seed: int) -> None:
    room, view = scene(seed)
    rng = np.random.default_rng(seed)
    for row, column in rng.integers(0, SIZE, (15, 2)):
        direction, depth = ray(room, row, column), float(view.depth[row, column])
        seen = CLASSES[view.segmentation[row, column]]
        point = room.eye + depth * direction

        if seen in ("floor", "ceiling", "wall"):
            assert abs(to_walls(room, point)[seen]) < 1e-4
        else:
            assert min(abs(outside(s, point) - 1) for s in room.solids if s.kind == seen) < 1e-4
        for t in np.arange(0, depth * 0.999, 0.02):  # nothing is in the way
            passed = room.eye + t * direction
            assert all(outside(solid, passed) > 1 for solid in room.solids)
            assert min(to_walls(room, passed).values()) > 0


@pytest.mark.parametrize("seed", SCENES)
def test_normals_are_those_of_the_surface_and_face_the_camera(seed: int) -> None:
    room, view = scene(seed)
    assert np.allclose(np.linalg.norm(view.normals, axis=-1), 1, atol=1e-5)
    for row, column in np.random.default_rng(seed).integers(0, SIZE, (25, 2)):
        seen = CLASSES[view.segmentation[row, column]]
        point = room.eye + float(view.depth[row, column]) * ray(room, row, column)
        normal = room.rotation.astype(float) @ view.normals[row, column]  # to the world frame
        step = 1e-4

        assert normal @ ray(room, row, column) < 1e-3
        if seen in ("floor", "ceiling", "wall"):
            assert to_walls(room, point + step * normal)[seen] == pytest.approx(step, abs=step / 2)
        else:
            solid = min((s for s in room.solids if s.kind == seen), key=lambda s: abs(outside(s, point) - 1))
            values = [outside(solid, point + step * axis) - outside(solid, point - step * axis) for axis in np.eye(3)]
            slope = np.array(values) / np.linalg.norm(values)
            near_an_edge = np.abs(values).max() < step / 10  # the slope changes within the step
            assert near_an_edge or slope @ normal > 0.999


def test_depth_and_normals_tell_the_same_planes() -> None:
    """Neighbouring points of a plane, taken back from depth alone, lie across its normal."""
    room, view = scene(3, size=64)
    reach = math.tan(room.field_of_view / 2)
    across = (2 * (np.arange(64) + 0.5) / 64 - 1) * reach
    points = np.stack(
        [np.broadcast_to(across, (64, 64)), np.broadcast_to(across[:, None], (64, 64)), np.ones((64, 64))]
    )
    points = np.moveaxis(points * view.depth, 0, -1)  # camera frame: x right, y down, z forward

    cross = np.cross(points[1:, :-1] - points[:-1, :-1], points[:-1, 1:] - points[:-1, :-1])
    cross /= np.linalg.norm(cross, axis=-1, keepdims=True)
    flat = view.segmentation[:-1, :-1] < 3
    for shift in (np.s_[1:, :-1], np.s_[:-1, 1:]):
        flat &= (view.edges[shift] == 0) & (view.edges[:-1, :-1] == 0)

    assert flat.sum() > 500
    assert ((cross * view.normals[:-1, :-1]).sum(-1)[flat] > 0.999).all()


@pytest.mark.parametrize("seed", SCENES)
def test_an_edge_lies_between_pixels_of_different_faces(seed: int) -> None:
    _, view = scene(seed)
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        turned = (view.normals[here] * view.normals[there]).sum(-1) < 0.5  # no smooth face turns so fast
        flat = (view.segmentation[here] < 3) | (view.segmentation[there] < 3)
        differs = (view.segmentation[here] != view.segmentation[there]) | (turned & flat)
        either = (view.edges[here] == 1) | (view.edges[there] == 1)
        assert either[differs].all()


def test_edges_are_few_and_thin() -> None:
    edges = np.stack([scene(seed, size=64)[1].edges for seed in SCENES])

    assert 0.05 < edges.mean() < 0.15
    assert set(np.unique(edges)) == {0, 1}


def test_every_class_is_seen_and_none_rules() -> None:
    seen = np.concatenate([scene(seed)[1].segmentation.ravel() for seed in range(40)])
    shares = np.bincount(seen, minlength=len(CLASSES)) / seen.size

    assert (shares > 0.03).all()
    assert (shares < 0.5).all()


def test_colours_hardly_tell_the_class() -> None:
    """A table from colour to its most frequent class does little better than the most frequent class alone."""
    views = [scene(seed, size=32)[1] for seed in range(120)]
    colours = np.stack([view.images // 64 for view in views]).astype(int) @ [16, 4, 1]  # 64 bins
    classes = np.stack([view.segmentation for view in views])
    table = np.zeros((64, len(CLASSES)))
    np.add.at(table, (colours[:80].ravel(), classes[:80].ravel()), 1)

    guessed = table.argmax(1)[colours[80:]]

    majority = np.bincount(classes[80:].ravel()).max() / classes[80:].size
    assert (guessed == classes[80:]).mean() < majority + 0.05


def test_images_are_well_exposed_and_differ() -> None:
    images = np.stack([scene(seed)[1].images for seed in SCENES])

    assert 90 < images.mean() < 160
    assert images.std((1, 2, 3)).min() > 15
    assert len({image.tobytes() for image in images}) == len(images)


def test_noise_comes_from_the_generator() -> None:
    room = draw_room(np.random.default_rng(0))

    first, again, other = (render_view(room, 16, np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert np.array_equal(first.images, again.images)
    assert not np.array_equal(first.images, other.images)
    assert np.array_equal(first.depth, other.depth)


@pytest.mark.parametrize("seed", range(40))
def test_solids_keep_apart_and_leave_the_camera_alone(seed: int) -> None:
    room = draw_room(np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    for solid in room.solids:
        # Points on and in the solid: none is in another solid or out of the room.
        inside = rng.uniform(-1, 1, (60, 3))
        if solid.kind != "box":
            inside[:, :2] /= np.maximum(1, np.hypot(inside[:, 0], inside[:, 1]))[:, None]
        if solid.kind == "sphere":
            inside /= np.maximum(1, np.linalg.norm(inside, axis=1))[:, None]
        for point in solid.centre + (inside * solid.half) @ solid.rotation.T:
            assert min(to_walls(room, point).values()) > -1e-4
            assert all(outside(other, point) > 0.999 for other in room.solids if other is not solid)
        assert outside(solid, room.eye) > 1
        assert outside(solid, room.lamp) > 1


def test_solids_throw_shadows_where_they_hide_the_lamp() -> None:
    dimmer = []
    for seed in SCENES:
        room, view = scene(seed)
        rng = np.random.default_rng(seed)
        bare_room = replace(draw_room(rng), solids=())
        bare = render_view(bare_room, SIZE, rng)
        gain = (view.images.astype(float).mean(-1) ** 2) / (bare.images.astype(float).mean(-1) ** 2)
        shaded, lit = [], []
        floor = np.argwhere((view.depth == bare.depth) & (view.segmentation == 0))  # in both
        for row, column in rng.permutation(floor)[:50]:
            point = room.eye + float(view.depth[row, column]) * ray(room, row, column)
            beam = point + (room.lamp - point) * np.linspace(0.02, 1, 60)[:, None]
            hidden = any(outside(solid, step) < 1 for solid in room.solids for step in beam)
            (shaded if hidden else lit).append(gain[row, column])
        if len(shaded) > 5 and len(lit) > 5:
            dimmer.append(np.median(shaded) / np.median(lit))

    assert len(dimmer) >= 3
    assert max(dimmer) < 0.85
