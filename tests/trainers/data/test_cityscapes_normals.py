"""Normals of depth: planes whose normals are known, and what of a map has none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from spaces.errors import DataError
from tests.trainers.data.published import CAMERA, cityscapes_official
from trainers.data.cityscapes import camera_of
from trainers.data.cityscapes_normals import Lens, derive_normals, normals
from trainers.data.formats.resizing import resized_target
from trainers.robustness import geometry

LENS = Lens(fx=60.0, fy=50.0, u0=30.0, v0=20.0)
PLANES = [(0.0, 0.0, -1.0), (0.0, -1.0, -0.3), (0.6, 0.2, -1.0), (-0.5, -0.8, -1.0)]


def draw_plane(normal: tuple[float, float, float], lens: Lens, size: tuple[int, int], metres: float) -> np.ndarray:
    """Depth ``(H, W)`` of a plane that the optical axis meets at a distance; 0 where its rays miss it."""
    rows, columns = np.indices(size)
    ray = np.stack([(columns - lens.u0) / lens.fx, (rows - lens.v0) / lens.fy, np.ones(size)], -1)
    facing = ray @ np.array(normal)
    return np.where(facing < 0, normal[2] * metres / np.minimum(facing, -1e-9), 0)


def find_angles(found: np.ndarray, normal: tuple[float, float, float]) -> np.ndarray:
    """Degrees between normals ``(..., 3)`` and a direction."""
    truth = np.array(normal) / np.linalg.norm(normal)
    return np.degrees(np.arccos(np.clip(found @ truth, -1, 1)))


@pytest.mark.parametrize("normal", PLANES)
@pytest.mark.parametrize("step", [1, 2])
def test_of_a_plane_they_are_its_own(normal: tuple[float, float, float], step: int) -> None:
    depth = draw_plane(normal, LENS, (40, 60), 5)

    found = derive_normals(depth, LENS, step)

    known = found.any(-1)
    near = np.pad(depth, step, constant_values=0) > 0
    windows = np.lib.stride_tricks.sliding_window_view(near, (2 * step + 1, 2 * step + 1))[..., ::step, ::step]
    np.testing.assert_array_equal(known, windows.all((-2, -1)))
    assert known.sum() > 500
    assert find_angles(found[known], normal).max() < 0.1
    np.testing.assert_allclose(np.linalg.norm(found[known], axis=-1), 1, atol=1e-6)


def test_where_a_depth_around_is_unknown_there_is_none() -> None:
    depth = draw_plane(PLANES[2], LENS, (40, 60), 5)
    depth[10, 20] = 0

    lost = ~derive_normals(depth, LENS).any(-1)

    expected = np.zeros((40, 60), bool)
    expected[[0, -1]] = expected[:, [0, -1]] = expected[9:12, 19:22] = True
    np.testing.assert_array_equal(lost, expected)
    assert not derive_normals(np.ones((2, 60)), LENS).any()
    assert not derive_normals(np.ones((1, 1)), LENS, 2).any()


def test_on_a_sphere_they_are_those_of_another_implementation() -> None:
    rows, columns = np.indices((41, 61))
    lens = Lens(60.0, 60.0, 30.0, 20.0)
    ray = np.stack([(columns - 30) / 60, (rows - 20) / 60, np.ones((41, 61))], -1)
    square = (ray**2).sum(-1)
    root = (10 * ray[..., 2]) ** 2 - square * (100 - 9)  # centre at 10 m, radius 3 m
    depth = np.where(root > 0, (10 - np.sqrt(np.maximum(root, 0))) / square, 0)

    ours = derive_normals(depth, lens)
    fov = 2 * np.degrees(np.arctan(61 / 2 / 60))
    theirs = geometry.derive_normals(torch.from_numpy(depth)[None, None], geometry.Camera(fov, (1, 1, 1)))

    other = theirs[0].numpy().transpose(1, 2, 0)
    np.testing.assert_array_equal(ours.any(-1), other.any(-1))
    known = ours.any(-1)
    angles = np.degrees(np.arccos(np.clip((ours * other).sum(-1)[known], -1, 1)))
    assert known.sum() > 500 and np.median(angles) < 3  # of differences to one side there, to both here


def test_of_every_second_pixel_they_are_those_of_the_resized_depth() -> None:
    depth = np.random.default_rng(0).uniform(4, 5, (40, 60))
    depth[8:12, 8:12] = 0
    half = Lens(LENS.fx / 2, LENS.fy / 2, (LENS.u0 - 1) / 2, (LENS.v0 - 1) / 2)  # of the pixels that resizing takes

    found = resized_target(derive_normals(depth, LENS, step=2).transpose(2, 0, 1), (20, 30))

    expected = derive_normals(resized_target(depth, (20, 30)), half).transpose(2, 0, 1)
    assert expected.any(0).sum() > 400
    np.testing.assert_allclose(found, expected, atol=1e-4)


def write_plane(root: Path, normal: tuple[float, float, float], metres: float) -> Path:
    """A disparity map of 1024 lines and its camera, in the published layout; a hole in it, and a strip too far."""
    intrinsic = CAMERA["intrinsic"]
    lens = Lens(intrinsic["fx"], intrinsic["fy"], u0=200.0, v0=intrinsic["v0"])
    depth = draw_plane(normal, lens, (1024, 400), metres)
    reach = CAMERA["extrinsic"]["baseline"] * intrinsic["fx"]
    disparity = np.where(depth > 0, np.round(256 * reach / np.maximum(depth, 0.1)) + 1, 0)
    disparity[500:520, 100:120] = 0
    disparity[:, 390:] = np.round(256 * reach / 90) + 1
    path = root / "disparity" / "val" / "ulm" / "ulm_000000_000019_disparity.png"
    path.parent.mkdir(parents=True)
    Image.fromarray(disparity.astype(np.uint16)).save(path)
    camera_of(path).parent.mkdir(parents=True)
    camera_of(path).write_text(json.dumps(CAMERA | {"intrinsic": intrinsic | {"u0": 200.0}}))
    return path


@pytest.mark.parametrize("normal", [(0.0, 0.0, -1.0), (0.3, -0.5, -1.0)])
def test_files_of_a_plane_give_its_normal_to_a_degree(tmp_path: Path, normal: tuple[float, float, float]) -> None:
    found = normals(write_plane(tmp_path, normal, 4))

    known = found.any(-1)
    assert found.dtype == np.float32
    assert not known[498:522, 98:122].any()  # a hole, and what is two pixels beside it
    assert known[497, 110] and known[522, 110]
    assert not known[:, 388:].any()  # beyond 80 m
    assert known[2:-2, 2:90].all()
    assert find_angles(found[known], normal).mean() < 1


def test_a_camera_without_intrinsics_is_refused(tmp_path: Path) -> None:
    path = write_plane(tmp_path, PLANES[0], 4)
    camera = camera_of(path)

    camera.write_text(json.dumps(CAMERA | {"intrinsic": {"fx": 2262.52}}))
    with pytest.raises(DataError, match=r"no camera \(no 'fy'\); want intrinsic.fx, intrinsic.fy, intrinsic.u0 and i"):
        normals(path)
    camera.write_text(json.dumps(CAMERA | {"intrinsic": CAMERA["intrinsic"] | {"fy": 0}}))
    with pytest.raises(DataError, match=r"no camera \(intrinsic.fy: 0\); want .*, numbers > 0"):
        normals(path)


def test_they_come_through_the_specification_where_depth_does(tmp_path: Path) -> None:
    data = replace(cityscapes_official(tmp_path, "cityscapes_pdf"), image_size=None)
    targets = data.samples("test").read(0).targets

    depth, found = targets["depth"][0], targets["normals"]

    assert depth.max() <= 80
    assert found.any() and not found.any(0)[depth == 0].any()
    np.testing.assert_allclose(np.linalg.norm(found, axis=0)[found.any(0)], 1, atol=1e-6)
