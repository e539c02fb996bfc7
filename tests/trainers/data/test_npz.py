"""Every way in which arrays and specification fail to fit, with what the user is told; and the real kitchen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spaces.errors import ConfigError, DataError
from trainers.data.npz import Npz

ROOT = Path(__file__).resolve().parents[3]
KITCHEN = ROOT.parent / "shared" / "data" / "redkitchen_rgbd5"
SPEC = """\
image: rgb
tasks:
  classes: {kind: segmentation, classes: [floor, wall, other], invalid: 255}
  depth: {kind: depth, array: depth_mm, scale: 1e-3, invalid: 0}
  normals: {kind: normals, scale: 0.007874}
  again: {kind: autoencoder}
"""
Split = dict[str, Any]


def draw(seed: int, count: int = 4) -> Split:
    """Arrays of a split, right in every way."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 6, 8, 3))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return {
        "rgb": rng.integers(0, 256, (count, 6, 8, 3), dtype=np.uint8),
        "classes": rng.choice(np.array([0, 1, 2, 255], np.uint8), (count, 6, 8)),
        "depth_mm": rng.integers(0, 4000, (count, 6, 8)).astype(np.uint16),
        "normals": np.round(vectors * 127).astype(np.int8),
    }


def write(folder: Path, change: Callable[[Split], Any] | None = None, split: str = "val") -> Npz:
    """A data set on disk, one of its splits changed."""
    folder.mkdir(exist_ok=True)
    (folder / "spec.yaml").write_text(SPEC)
    for seed, name in enumerate(("train", "val", "test")):
        arrays = draw(seed)
        if change and name == split:
            change(arrays)
        np.savez(folder / f"{name}.npz", **arrays)
    return Npz(root=str(folder), spec=str(folder / "spec.yaml"))


def refusal(data: Npz) -> str:
    with pytest.raises(DataError) as caught:
        data.check()
    return str(caught.value)


def test_targets_are_what_the_specification_says(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    raw = draw(1)

    data.check()
    arrays = data.load("val")

    assert (arrays.images == raw["rgb"]).all()
    assert list(arrays.targets) == ["classes", "depth", "normals"]
    assert ((arrays.targets["classes"] == -1) == (raw["classes"] == 255)).all()
    assert np.allclose(arrays.targets["depth"][:, 0], raw["depth_mm"] / 1000)
    valid = np.abs(raw["normals"]).sum(-1) > 0
    assert np.allclose(np.linalg.norm(arrays.targets["normals"], axis=1), valid, atol=1e-6)
    assert np.allclose(arrays.targets["normals"][:, 0], raw["normals"][..., 0] / 127, atol=0.01)
    assert data.size == (6, 8)
    assert data.name == "spec"


def test_what_was_checked_is_not_read_again(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    data.check()
    for path in (tmp_path / "own").iterdir():
        path.unlink()

    assert data.load("train").images.shape == (4, 6, 8, 3)


def test_only_what_is_trained_needs_to_be_there(tmp_path: Path) -> None:
    data = write(tmp_path / "own", lambda arrays: arrays.pop("normals"))

    replace(data, tasks=["depth", "classes"]).check()
    assert "no array 'normals'" in refusal(data)


@pytest.mark.parametrize("layout", ["values last", "values first", "one value last"])
def test_targets_may_have_their_values_last_or_first(tmp_path: Path, layout: str) -> None:
    def change(arrays: Split) -> None:
        if layout == "values first":
            arrays["normals"] = np.moveaxis(arrays["normals"], -1, 1)
        if layout == "one value last":
            arrays["depth_mm"] = arrays["depth_mm"][..., None]

    changed = write(tmp_path / "changed", change).load("val")
    plain = write(tmp_path / "plain").load("val")

    for name, target in plain.targets.items():
        assert np.array_equal(changed.targets[name], target)


def _set(name: str, index: Any, value: Any) -> Callable[[Split], None]:
    def change(arrays: Split) -> None:
        arrays[name][index] = value

    return change


def _put(name: str, make: Callable[[np.ndarray], Any]) -> Callable[[Split], None]:
    def change(arrays: Split) -> None:
        arrays[name] = make(arrays[name])

    return change


OBJECTS = np.array([None] * 4, dtype=object)
WRONG_ARRAYS = {
    "missing array": (lambda a: a.pop("depth_mm"), "no array 'depth_mm' for task 'depth', the file has rgb, classes,"),
    "missing images": (lambda a: a.pop("rgb"), "no array 'rgb' for the images, the file has classes, depth_mm,"),
    "pickled array": (_put("depth_mm", lambda a: OBJECTS), "array 'depth_mm' holds Python objects, which are never"),
    "grey images": (
        _put("rgb", lambda a: a[..., 0]),
        "array 'rgb': images are not uint8 RGB (given: uint8, shape (4, 6, 8",
    ),
    "float images": (
        _put("rgb", lambda a: a / 255),
        "array 'rgb': images are not uint8 RGB (given: float64, shape (4, 6",
    ),
    "channels first": (_put("rgb", lambda a: a.transpose(0, 3, 1, 2)), "images are not uint8 RGB"),
    "empty split": (
        lambda a: a.update({k: v[:0] for k, v in a.items()}),
        "array 'rgb': an empty split (given: uint8, s",
    ),
    "other length": (
        _put("depth_mm", lambda a: a[:3]),
        "array 'depth_mm' of task 'depth': wrong length: 3 targets for 4 i",
    ),
    "a single number": (
        _put("depth_mm", lambda a: np.float32(1)),
        "of task 'depth': wrong length: no targets for 4 images",
    ),
    "other shape": (
        _put("depth_mm", lambda a: a[:, :5]),
        "wrong shape (4, 5, 8): images have 6x8 pixels; want (4, 6, 8)",
    ),
    "too many values": (
        _put("depth_mm", lambda a: np.stack([a, a], -1)),
        "of task 'depth': wrong shape (given: uint16,",
    ),
    "two of three values": (
        _put("normals", lambda a: a[..., :2]),
        "array 'normals' of task 'normals': wrong shape (given:",
    ),
    "text": (_put("depth_mm", lambda a: a.astype("U4")), "array 'depth_mm' of task 'depth': wrong dtype (given: <U4"),
    "complex numbers": (
        _put("depth_mm", lambda a: a * 1j),
        "array 'depth_mm' of task 'depth': wrong dtype (given: comple",
    ),
    "all invalid": (_set("depth_mm", ..., 0), "array 'depth_mm' of task 'depth': no valid pixel (invalid values: [0"),
    "all unlabelled": (
        _set("classes", ..., 255),
        "array 'classes' of task 'classes': no valid pixel (invalid values: [",
    ),
    "class beyond": (
        _set("classes", (0, 0, 0), 3),
        "array 'classes' of task 'classes': class id 3 beyond the 3 classes 0",
    ),
    "infinite depth": (
        _put("depth_mm", lambda a: np.where(a > 2000, np.inf, a)),
        "task 'depth': infinite values (given:",
    ),
    "all NaN": (_put("depth_mm", lambda a: a * np.nan), "array 'depth_mm' of task 'depth': no valid pixel"),
    "negative depth": (
        _put("depth_mm", lambda a: -a.astype(float)),
        "array 'depth_mm' of task 'depth': negative depth -",
    ),
    "depth in other units": (_put("depth_mm", lambda a: a * 1e3), "m at scale: 0.001, at most max_m = 100 m allowed"),
    "uncentred normals": (
        _put("normals", lambda a: (a + 127.0).astype(np.uint8)),
        "task 'normals': vectors of median len",
    ),
}


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("case", WRONG_ARRAYS)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, case: str, split: str) -> None:
    change, expected = WRONG_ARRAYS[case]

    message = refusal(write(tmp_path / "own", change, split))

    assert expected in message
    assert message.startswith(str(tmp_path / "own" / f"{split}.npz: "))
    assert len(message.splitlines()) == 1


def test_all_that_headers_show_is_said_at_once(tmp_path: Path) -> None:
    data = write(tmp_path / "own", lambda arrays: arrays.pop("depth_mm"), "train")
    (tmp_path / "own" / "val.npz").unlink()
    broken = draw(2)
    broken["classes"] = broken["classes"][:2]
    np.savez(tmp_path / "own" / "test.npz", **broken)

    first, second, third = refusal(data).splitlines()

    assert "train.npz: no array 'depth_mm'" in first
    assert "val.npz: no such file; write it with numpy.savez_compressed" in second
    assert "test.npz: array 'classes' of task 'classes': wrong length: 2 targets for 4 images" in third


def test_images_of_another_size_in_one_split_are_refused(tmp_path: Path) -> None:
    def crop(arrays: Split) -> None:
        arrays.update({name: array[:, :4] for name, array in arrays.items()})

    message = refusal(write(tmp_path / "own", crop, "test"))

    assert "test.npz: images of 4x8 pixels, those of train.npz have 6x8; crop or resize" in message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(b"no archive at all"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(np.zeros(3).tobytes()),
    ],
    ids=["truncated", "text", "empty", "bare numbers"],
)
def test_a_damaged_file_is_refused(tmp_path: Path, spoil: Callable[[Path], Any]) -> None:
    data = write(tmp_path / "own")
    spoil(tmp_path / "own" / "val.npz")

    message = refusal(data)

    assert "val.npz: cannot be read (" in message
    assert "it is damaged or no .npz archive of plain arrays: copy it again, or write it again" in message


def test_damaged_contents_are_refused(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    path = tmp_path / "own" / "val.npz"
    content = bytearray(path.read_bytes())
    content[300] ^= 255  # inside the first array
    path.write_bytes(content)

    assert "val.npz: cannot be read (Bad CRC-32" in refusal(data)


def test_a_missing_folder_is_told_with_what_belongs_there(tmp_path: Path) -> None:
    data = replace(write(tmp_path / "own"), root="nowhere")

    message = refusal(data)

    assert message.startswith(f"data.root=nowhere: no folder {tmp_path / 'nowhere'}; want a folder with ")
    assert "want a folder with train.npz, val.npz, test.npz as data.spec=" in message


@pytest.mark.parametrize("root", [None, "nowhere"])
def test_without_the_kitchen_it_is_told_where_such_data_comes_from(root: str | None) -> None:
    message = refusal(Npz(root=root, spec="redkitchen"))

    assert message.startswith("data.root is not given; " if root is None else "data.root=nowhere: no folder ")
    assert "want a folder with train.npz, val.npz, test.npz as data.spec=redkitchen describes them. " in message
    assert "Such data: RGB-D frames of the sequence RedKitchen of Microsoft 7-Scenes" in message
    assert "depth_mm (uint16)" in message


def test_a_missing_specification_is_told_with_the_shipped_ones(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    shipped = r"or the name of a shipped one: redkitchen$"

    with pytest.raises(DataError, match=rf"^data\.spec is not given; want data\.spec=FILE, a YAML .* {shipped}"):
        replace(data, spec=None).check()
    with pytest.raises(DataError, match=rf"^data\.spec: no file .*/other\.yaml; want a YAML file .* {shipped}"):
        replace(data, spec="other.yaml").check()
    with pytest.raises(DataError, match=rf"^data\.spec: no file .*/kitchen\.yaml; .* {shipped}"):
        replace(data, spec="kitchen").check()


@pytest.mark.parametrize("given", [{"root": 3}, {"root": ""}, {"spec": ["a"]}])
def test_fields_of_the_wrong_type_are_refused(given: dict[str, Any]) -> None:
    (name,) = given
    with pytest.raises(ConfigError, match=rf"data\.{name}=.*: want a text that is not empty"):
        Npz(**given)


def test_the_fingerprint_follows_contents_and_meaning(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    other = write(tmp_path / "other", _set("depth_mm", (0, 0, 0), 77))
    spec = tmp_path / "own" / "other.yaml"

    spec.write_text("# a comment\nsource: somewhere\n" + SPEC)
    assert replace(data, spec=str(spec)).fingerprint == data.fingerprint
    spec.write_text(SPEC.replace("1e-3", "2e-3"))
    assert replace(data, spec=str(spec)).fingerprint != data.fingerprint
    assert other.fingerprint != data.fingerprint


@pytest.mark.skipif(not KITCHEN.is_dir(), reason=f"no folder shared/data/{KITCHEN.name} beside the checkout")
def test_the_real_kitchen() -> None:
    data = Npz(root=str(KITCHEN), spec="redkitchen", tasks=["geo", "depth", "normals", "edges", "texture"])

    start = time.process_time()
    data.check()
    assert time.process_time() - start < 10  # about 1.3 s on an idle core

    train = data.load("train")
    assert data.size == (96, 128)
    assert [len(data.load(split)) for split in ("train", "val", "test")] == [340, 60, 80]
    depth, normals, geo = (train.targets[name] for name in ("depth", "normals", "geo"))
    assert 0.08 < (depth == 0).mean() < 0.14
    assert 0.3 < np.median(depth[depth > 0]) < 3.6 and depth.max() < 4
    assert (normals[:, 2][normals.any(1)] < 0.2).mean() > 0.99  # towards the camera, z is forward
    floor = normals[:, 1][geo == 0]
    assert np.median(floor) < -0.5  # floors point up, y is down
    assert set(np.unique(geo)) == {-1, 0, 1, 2, 3}
    assert 0.05 < (train.targets["edges"] == 1).mean() < 0.15
    assert np.nanmin(train.targets["texture"]) >= 0 and np.nanmax(train.targets["texture"]) == pytest.approx(1)
    assert re.fullmatch("[0-9a-f]{16}", data.fingerprint)
