from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.trainers.data.archives import SPEC, Split, draw, refusal, setting, write
from trainers.data.npz import Npz

ROOT = Path(__file__).resolve().parents[3]
KITCHEN = ROOT.parent / "shared" / "data" / "redkitchen_rgbd5"


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


def test_the_fingerprint_follows_contents_and_meaning(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    other = write(tmp_path / "other", setting("depth_mm", (0, 0, 0), 77))
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


def test_one_class_alone_is_refused_where_it_is_trained_on(tmp_path: Path) -> None:
    def flat(arrays: Split) -> None:
        arrays["classes"][:] = 1

    assert refusal(write(tmp_path / "own", flat, "train")) == (
        f"{tmp_path / 'own' / 'train.npz'}: array 'classes' of task 'classes': pixels of one class alone, 1 (wall), so "
        "that there is nothing to learn; check array, map and invalid"
    )
    write(tmp_path / "own", flat, "val").check()


def test_short_normals_are_told(tmp_path: Path) -> None:
    def grey(arrays: Split) -> None:
        arrays["normals"][:, :3] = 1

    assert write(tmp_path / "own").notes() == []
    (note,) = write(tmp_path / "own", grey, "train").notes()
    assert note.startswith("task 'normals': 50 % of the vectors looked at are shorter than shortest = 0.2")


def test_values_beyond_those_that_count_are_invalid(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    spec, before = Path(data.spec or ""), data.fingerprint
    spec.write_text(SPEC.replace("scale: 1e-3", "scale: 1e-3, valid: [1000, 2000]"))
    bounded = Npz(root=data.root, spec=data.spec)

    bounded.check()

    raw, metres = draw(1)["depth_mm"], bounded.load("val").targets["depth"][:, 0]
    kept = (raw >= 1000) & (raw <= 2000)
    assert 0 < kept.mean() < 1
    assert np.allclose(metres, np.where(kept, raw / 1000, 0))
    assert bounded.fingerprint != before


@pytest.mark.parametrize(
    ("ids", "classes", "told"),
    [
        (
            [0, 127, 254],
            3,
            "class id 127, 254 beyond the 3 classes 0..2 (given: uint8, shape (4, 6, 8), values",
        ),
        ([0, 255], 2, "pixels of one class alone, 0, so that there is nothing to learn"),
    ],
)
def test_the_map_that_is_advised_reads_the_ids(tmp_path: Path, ids: list[int], classes: int, told: str) -> None:
    def change(arrays: Split) -> None:
        rng = np.random.default_rng(len(arrays["rgb"]))
        arrays["classes"] = rng.choice(np.array(ids, np.uint8), (4, 6, 8))

    data, spec = write(tmp_path / "own", change, "train"), tmp_path / "own" / "spec.yaml"
    for name in ("val", "test"):
        with np.load(tmp_path / "own" / f"{name}.npz") as archive:
            arrays = dict(archive)
        change(arrays)
        np.savez(tmp_path / "own" / f"{name}.npz", **arrays)
    task = f"classes: {{kind: segmentation, classes: {classes}, invalid: 255}}"
    spec.write_text(f"image: rgb\ntasks:\n  {task}\n  again: {{kind: autoencoder}}\n")
    before = Npz(root=data.root, spec=data.spec).fingerprint

    message = refusal(Npz(root=data.root, spec=data.spec)).splitlines()[0]

    assert told in message
    (table,) = re.findall(r"say (map: \{.*?\})", message)
    spec.write_text(spec.read_text().replace("invalid: 255", table + (", invalid: 255" if classes == 3 else "")))
    mapped = Npz(root=data.root, spec=data.spec)
    mapped.check()
    assert mapped.notes() == []
    assert mapped.fingerprint != before
    with np.load(tmp_path / "own" / "test.npz") as archive:
        assert np.array_equal(mapped.load("test").targets["classes"], np.searchsorted(ids, archive["classes"]))


def test_an_id_without_a_class_in_the_map_is_refused(tmp_path: Path) -> None:
    data = write(tmp_path / "own")
    Path(data.spec or "").write_text(SPEC.replace("invalid: 255}", "invalid: 255, map: [0, 1]}"))
    assert "val.npz: array 'classes' of task 'classes': id 2 has no class in map (ids 0..1); add it" in refusal(data)


def test_ids_that_are_no_whole_numbers_are_told_as_such(tmp_path: Path) -> None:
    def change(arrays: Split) -> None:
        arrays["classes"] = arrays["classes"].clip(0, 2) * 1.5  # 0, 1.5, 3

    assert refusal(write(tmp_path / "own", change)).startswith(
        f"{tmp_path / 'own' / 'val.npz'}: array 'classes' of task 'classes': class ids are not whole numbers, such as "
        "1.5 (given: float64"
    )


def test_copies_in_one_split_and_classes_that_nothing_has_are_told(tmp_path: Path) -> None:
    def change(arrays: Split) -> None:
        arrays["rgb"][2] = arrays["rgb"][0]

    data = write(tmp_path / "own", change, "train")
    Path(data.spec or "").write_text(SPEC.replace("other]", "other, door]"))

    copies, unseen = data.notes()

    assert copies == (
        f"{tmp_path / 'own' / 'train.npz'}: 1 image is a copy of others in it, the first at 2 of that at 0; each "
        "counts as often as it is there, so take them out unless that is meant"
    )
    assert unseen.startswith("task 'classes': class 3 (door) is in no target of any split, so that nothing of it is")
