from __future__ import annotations

import numpy as np
import pytest

from trainers.data.rooms.layout import draw_room


@pytest.mark.parametrize("seed", range(10))
def test_camera_and_lamp_are_inside_and_axes_are_a_rotation(seed: int) -> None:
    room = draw_room(np.random.default_rng(seed))
    for place in (room.eye, room.lamp):
        assert (place > 0).all()
        assert (place < room.extent).all()
    assert np.allclose(room.rotation.T @ room.rotation, np.eye(3), atol=1e-5)
    assert np.linalg.det(room.rotation) == pytest.approx(1, abs=1e-5)  # right, down, forward
    assert room.rotation[2, 1] < -0.5  # down is down
    assert (room.light > room.ambient).all()
    assert room.solids


def test_a_room_comes_from_its_generator_alone() -> None:
    first, again, other = (draw_room(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first.eye, again.eye)
    assert [solid.kind for solid in first.solids] == [solid.kind for solid in again.solids]
    assert all(np.array_equal(a.centre, b.centre) for a, b in zip(first.solids, again.solids, strict=True))
    assert not np.array_equal(first.eye, other.eye)


def test_the_camera_looks_into_the_room() -> None:
    ahead = [
        (room.extent / 2 - room.eye)[:2] @ room.rotation[:2, 2]
        for room in (draw_room(np.random.default_rng(seed)) for seed in range(40))
    ]
    assert np.mean(np.array(ahead) > 0) > 0.9
