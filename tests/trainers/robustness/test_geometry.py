from __future__ import annotations

import math

import pytest
import torch

from tests.trainers.robustness.rooms import draw_split
from trainers.robustness import geometry
from trainers.robustness.geometry import Camera, calibrate, compare_normals, derive_normals


def _plane(normal: tuple[float, float, float], camera: Camera, height: int, width: int) -> torch.Tensor:
    """Depth of the plane of that normal that is 3 m ahead."""
    focal = max(height, width) / 2 / math.tan(math.radians(camera.field_of_view) / 2)
    x = (torch.arange(width) - (width - 1) / 2) / focal
    y = (torch.arange(height)[:, None] - (height - 1) / 2) / focal
    a, b, c = normal
    return (3 * c / (a * x + b * y + c))[None, None]


@pytest.mark.parametrize("normal", [(0.0, 0.0, -1.0), (0.6, 0.0, -0.8), (0.0, -0.6, -0.8), (0.36, 0.48, -0.8)])
@pytest.mark.parametrize("size", [(20, 20), (12, 30)])
def test_a_plane_has_its_own_normal_everywhere(normal: tuple[float, float, float], size: tuple[int, int]) -> None:
    camera = Camera(60, (1, 1, 1))
    found = derive_normals(_plane(normal, camera, *size), camera)
    want = torch.tensor(normal, dtype=torch.float64).view(1, 3, 1, 1).expand_as(found[..., 1:-1, 1:-1])
    torch.testing.assert_close(found[..., 1:-1, 1:-1], want, atol=1e-4, rtol=0)
    assert (found[..., 0, :] == 0).all()


def test_axes_turn_components() -> None:
    depth = _plane((0.36, 0.48, -0.8), Camera(60, (1, 1, 1)), 10, 10)
    one, other = derive_normals(depth, Camera(60, (1, 1, 1))), derive_normals(depth, Camera(60, (1, -1, -1)))
    torch.testing.assert_close(other, one * torch.tensor([1, -1, -1]).view(1, 3, 1, 1))


def test_invalid_depth_has_no_normals_nor_have_its_neighbours() -> None:
    depth = _plane((0.0, 0.0, -1.0), Camera(60, (1, 1, 1)), 9, 9)
    depth[..., 4, 4] = 0
    valid = derive_normals(depth, Camera(60, (1, 1, 1))).any(1)
    assert valid.sum() == 49 - 9
    assert not valid[0, 3:6, 3:6].any()


def test_no_surface_spans_an_outline() -> None:
    depth = torch.full((1, 1, 10, 10), 5.0)
    depth[..., 5:] = 2.0
    found = derive_normals(depth, Camera(60, (1, 1, 1)))[..., 1:-1, 1:-1]
    torch.testing.assert_close(found[:, 2], torch.full_like(found[:, 2], -1))


@pytest.mark.parametrize("axes", [(1, 1, 1), (1, -1, 1), (1, 1, -1), (1, -1, -1)])
def test_the_camera_of_drawn_rooms_is_found_whichever_way_axes_point(axes: tuple[int, int, int]) -> None:
    split = draw_split(6, 64)
    depth = split.targets["depth"]
    normals = split.targets["normals"] * torch.tensor(axes).view(1, 3, 1, 1)
    camera = calibrate(depth, normals)
    count, angles = compare_normals(normals, derive_normals(depth, camera)).tolist()
    assert camera.axes == axes
    assert angles / count < 8


def test_many_pixels_are_compared_on_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    split = draw_split(4, 64)
    whole = calibrate(split.targets["depth"], split.targets["normals"])
    monkeypatch.setattr(geometry, "PIXELS", 1000)
    some = calibrate(split.targets["depth"], split.targets["normals"])
    assert some.axes == whole.axes
    assert abs(some.field_of_view - whole.field_of_view) <= 10


def test_comparing_counts_pixels_that_both_have() -> None:
    up, right = torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2)
    up[:, 1, :, :] = 1
    right[:, 0, 0, :] = 1
    assert compare_normals(up, right).tolist() == pytest.approx([2, 180])
    assert compare_normals(right, up).tolist() == pytest.approx([2, 180])
