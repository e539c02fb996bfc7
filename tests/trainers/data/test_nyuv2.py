"""NYUv2 in its published forms: small files of the exact format, and genuine samples where they are at hand."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.data.masks import refusal
from tests.trainers.data.published import drawn, nyud, nyuv2, nyuv2_adashare
from trainers.data.folder import Folder
from trainers.data.formats.resizing import resized_target
from trainers.data.specs.folder_spec import FILES, read_folder_spec
from trainers.data.specs.parsing import locate_spec

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SAMPLES, META = SHARED / "nyuv2_samples", SHARED / "nyuv2_meta13"


def _there(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"no folder shared/data/{folder.name} beside the checkout")
    return folder


def test_the_form_of_mtan_gives_back_what_was_stored(tmp_path: Path) -> None:
    data = nyuv2(tmp_path)

    test = data.load("test")

    assert [len(data.samples(split)) for split in ("train", "val", "test")] == [10, 1, 2]
    for index in range(2):
        stored = drawn(200 + index, 13)  # the published val is what is tested on
        assert np.array_equal(test.images[index], stored["image"])
        assert np.array_equal(test.targets["segmentation"][index], stored["ids"])
        assert np.array_equal(test.targets["depth"][index, 0], stored["metres"])
        assert np.allclose(test.targets["normals"][index], stored["normals"].transpose(2, 0, 1), atol=1e-6)


@pytest.mark.parametrize("spec", ["nyuv2_adashare", "nyuv2_adashare_folders"])
def test_the_form_of_adashare_gives_back_what_was_stored(tmp_path: Path, spec: str) -> None:
    data = nyuv2_adashare(tmp_path, spec)

    test = data.load("test")
    samples = data.samples("test")

    for index, row in enumerate(samples.rows):
        number = int(Path(row.id).stem)
        stored = drawn(number, 40)
        assert spec == "nyuv2_adashare_folders" or number in (6, 7)
        assert np.array_equal(test.targets["segmentation"][index], stored["ids"])
        assert np.array_equal(test.targets["depth"][index, 0], stored["metres"])
        cosine = (test.targets["normals"][index] * stored["normals"].transpose(2, 0, 1)).sum(0)
        assert (cosine[stored["normals"].any(-1)] > 0.999).all()
        assert (test.targets["normals"][index].any(0) == stored["normals"].any(-1)).all()


def test_the_lists_of_adashare_decide_unless_its_folders_are_asked_for(tmp_path: Path) -> None:
    data = nyuv2_adashare(tmp_path)
    published = {row[0] for row in json.loads((tmp_path / "nyu_v2_3task.json").read_text())["test"]}

    data.check()
    assert {row.id for row in data.samples("test").rows} == published
    assert not {row.id for split in ("train", "val") for row in data.samples(split).rows} & published

    (tmp_path / "nyu_v2_3task.json").unlink()
    message = refusal(replace(data))
    assert message.startswith(f"{tmp_path / 'nyu_v2_3task.json'}: no such file; ")
    assert "without this list, data.spec=nyuv2_adashare_folders draws splits of its own" in message
    assert "\n" not in message
    replace(data, spec="nyuv2_adashare_folders").check()


@pytest.mark.parametrize("form", ["nyud_mt", "nyudv2"])
def test_the_two_forms_of_forty_classes_give_back_what_was_stored(tmp_path: Path, form: str) -> None:
    data = nyud(tmp_path, form)

    test = data.load("test")

    assert [task.name for task in data.selected] == ["segmentation", "depth", "normals", "edges"]
    for index in range(2):
        stored = drawn(6 + index, 40)
        assert np.array_equal(test.targets["segmentation"][index], stored["ids"])
        assert np.array_equal(test.targets["edges"][index, 0], stored["edges"])
        assert np.array_equal(test.targets["depth"][index, 0], stored["metres"])
        valid = stored["normals"].any(-1)
        cosine = (test.targets["normals"][index] * stored["normals"].transpose(2, 0, 1)).sum(0)
        assert (cosine[valid] > 0.999).all()
        assert not test.targets["normals"][index][:, ~valid].any()


def test_the_search_never_sees_what_was_published_as_val(tmp_path: Path) -> None:
    data = nyud(tmp_path, "nyudv2")
    published = set((tmp_path / "gt_sets" / "val.txt").read_text().split())

    for split in ("train", "val"):
        assert not {row.id for row in data.samples(split).rows} & published
    assert {row.id for row in data.samples("test").rows} == published


@pytest.mark.parametrize("spec", ["nyuv2_adashare", "nyuv2_adashare_folders"])
def test_the_map_to_thirteen_classes_is_the_published_one(spec: str) -> None:
    from scipy.io import loadmat

    published = loadmat(_there(META) / "class13Mapping.mat")["classMapping13"][0, 0]
    read = read_folder_spec(locate_spec(spec, FILES))
    classes = getattr(read.tasks["segmentation13"], "classes")  # noqa: B009 - of segmentation, not of every task

    assert [cls for _, cls in read.files["segmentation13"].map] == (published["labels13"].ravel() - 1).tolist()
    assert list(classes) == [str(name.item()) for name in published["classNames"].ravel()]


def test_genuine_labels_in_thirteen_classes_are_the_official_ones() -> None:
    data = Folder(
        root=str(_there(SAMPLES) / "adashare_format"), spec="nyuv2_adashare_folders", tasks=("segmentation13", "depth")
    )
    labels = _there(META) / "nyuv2_test_class13.tgz"
    found = {
        row.id: data.samples(s).read(n) for s in ("train", "val", "test") for n, row in enumerate(data.samples(s).rows)
    }

    with tarfile.open(labels) as archive:
        members = {Path(member.name).name: member for member in archive.getmembers()}
        for name, sample in found.items():
            file = archive.extractfile(members[f"new_nyu_class13_{int(name) + 1:04d}.png"])
            assert file is not None
            official = np.asarray(Image.open(io.BytesIO(file.read()))).astype(int) - 1  # 0 is unlabelled
            assert np.array_equal(sample.targets["segmentation13"], official)
    assert len(found) == 4


def test_genuine_samples_are_the_same_in_both_forms(tmp_path: Path) -> None:
    samples = _there(SAMPLES)
    # One training image is too few, so the two splits change places.
    (tmp_path / "train").symlink_to(samples / "mtan_format" / "val")
    (tmp_path / "val").symlink_to(samples / "mtan_format" / "train")
    mtan = Folder(root=str(tmp_path), spec="nyuv2")
    whole = Folder(root=str(samples / "adashare_format"), spec="nyuv2_adashare_folders", image_size=(288, 384))
    whole = replace(whole, tasks=("segmentation13", "depth", "normals"))

    mtan.check()
    whole.check()

    ours = mtan.load("test")
    theirs = next(
        whole.samples(s).read(n)
        for s in ("train", "val", "test")
        for n, r in enumerate(whole.samples(s).rows)
        if r.id == "0295"
    )
    assert mtan.size == (288, 384)
    assert np.abs(ours.images[0].astype(int) - theirs.image).mean() < 8
    assert (ours.targets["segmentation"][0] == theirs.targets["segmentation13"]).mean() > 0.95
    assert np.abs(ours.targets["depth"][0] - theirs.targets["depth"]).mean() < 0.05
    both = ours.targets["normals"][0].any(0) & theirs.targets["normals"].any(0)
    assert (ours.targets["normals"][0] * theirs.targets["normals"]).sum(0)[both].mean() > 0.95


def test_a_resized_depth_is_a_depth_that_was_there() -> None:
    depth = np.load(_there(SAMPLES) / "adashare_format" / "depth" / "0061.npy")

    assert np.isin(resized_target(depth, (288, 384)), depth).all()
