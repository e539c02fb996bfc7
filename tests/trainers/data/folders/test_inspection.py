"""What is said of splits before anything is read: no image in two of them, and none that is not left to train."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.data.masks import refusal
from trainers.data.folder import Folder

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "data" / "nyuv2_samples"
TASKS = "tasks: {again: {kind: autoencoder}, more: {kind: autoencoder}}\n"


def folder(root: Path, spec: str, *names: str) -> Folder:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((16, 24, 3), number, np.uint8)).save(root / name)
    (root / "spec.yaml").write_text(spec + TASKS)
    return Folder(root=str(root), spec=str(root / "spec.yaml"))


def lists(root: Path, **names: str) -> Folder:
    for split, text in names.items():
        (root / f"{split}.txt").write_text("\n".join(text.split()))
    return folder(root, "image: 'i/{id}.png'\nlists: '{split}.txt'\n", *(f"i/{n}.png" for n in "abcdefgh"))


def test_lists_that_share_images_are_refused(tmp_path: Path) -> None:
    data = lists(tmp_path, train="a b c d e f g", val="h a", test="d e f g")

    assert refusal(data).splitlines() == [
        f"{tmp_path}: 1 image in train and in val: i/a.png; results would be told on what was trained on or chosen by; "
        "take it out of train.txt or val.txt",
        f"{tmp_path}: 4 images in train and in test: i/d.png, i/e.png, i/f.png, ...; results would be told on what was "
        "trained on or chosen by; take them out of train.txt or test.txt",
    ]


def test_lists_that_share_nothing_are_not(tmp_path: Path) -> None:
    lists(tmp_path, train="a b c d", val="e f", test="g h").check()


def test_paths_written_in_two_ways_are_one_image(tmp_path: Path) -> None:
    data = lists(tmp_path, train="a b c d", val="e f", test="g ./a")

    assert "1 image in train and in test: i/a.png;" in refusal(data)


def test_a_link_to_nothing_is_told_as_one(tmp_path: Path) -> None:
    data = lists(tmp_path, train="a b c d", val="e f", test="g h")
    for name in "bc":
        (tmp_path / "i" / f"{name}.png").unlink()
        (tmp_path / "i" / f"{name}.png").symlink_to(tmp_path / "gone" / f"{name}.png")

    assert (
        "train: 4 samples, but 2 files for the images: no i/b.png, i/c.png (2 of them are links to what is not there); "
        "every sample needs one"
    ) in refusal(data)


def test_an_image_twice_in_a_list_is_refused(tmp_path: Path) -> None:
    data = lists(tmp_path, train="a b a c", val="e f", test="g h")

    assert refusal(data) == (
        f"{tmp_path}: 1 image twice in train: i/a.png; such would count double; name it once in train.txt"
    )


def test_one_image_with_two_targets_is_not_carved_into_two_splits(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps({"train": [[f"i/{n}.png", t] for n in "abcd" for t in "xyz"]}))
    spec = "image: '{0}'\nlists: all.json\nsplits: {train: train}\n"

    message = refusal(folder(tmp_path, spec, *(f"i/{n}.png" for n in "abcd")))

    assert "4 images twice in train: i/a.png, i/b.png, i/c.png, ..." in message
    assert message.endswith("name them once in all.json")


def test_a_building_in_three_splits_of_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("id,train,val,test\nadams,1,1,1\nbell,1,0,0\ncole,0,1,0\ndean,0,0,1\n")
    names = [f"{part}/{n}.png" for part in ("adams", "bell", "cole", "dean") for n in "12"]
    data = folder(tmp_path, "image: '{split}/{id}.png'\nsplits: parts.csv\n", *names)

    problems = refusal(data).splitlines()

    assert len(problems) == 2
    for problem, other in zip(problems, ("val", "test"), strict=True):
        assert f"2 images in train and in {other}: adams/1.png, adams/2.png; " in problem
        assert problem.endswith("mark adams in one column alone of parts.csv")


def test_splits_that_no_pattern_tells_apart_are_refused(tmp_path: Path) -> None:
    names = [f"i/{n}.png" for n in range(11)]
    data = folder(tmp_path, "image: 'i/{id}.png'\nsplits: {train: a, test: b}\n", *names)

    assert "11 images in train and in test: i/0.png, i/1.png, i/2.png, ..." in refusal(data)
    assert f"write {{split}} into image in {tmp_path / 'spec.yaml'}, or leave splits out" in refusal(data)


def test_a_building_named_twice_in_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("id,train,val,test\nadams,1,0,0\nadams,1,0,0\ncole,0,1,0\ndean,0,0,1\n")
    names = [f"{part}/{n}.png" for part in ("adams", "cole", "dean") for n in "12"]
    data = folder(tmp_path, "image: '{split}/{id}.png'\nsplits: parts.csv\n", *names)

    assert "2 images twice in train: adams/1.png, adams/2.png; " in refusal(data)
    assert refusal(data).endswith("give adams one line alone in parts.csv")


def test_a_split_that_lies_in_another_is_refused(tmp_path: Path) -> None:
    names = ["a/1.png", "a/2.png", "a/b/1.png", "a/b/2.png", "a/3.png"]
    data = folder(tmp_path, "image: '{split}/{id}.png'\nsplits: {train: a, val: a/b}\n", *names)

    assert "2 images in train and in val: a/b/1.png, a/b/2.png; " in refusal(data)
    assert refusal(data).endswith(f"mend image or splits in {tmp_path / 'spec.yaml'}, so that no file fits two splits")


def test_a_list_in_json_that_is_not_by_split_is_refused(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps([f"i/{n}.png" for n in "abcd"]))
    data = folder(tmp_path, "image: '{0}'\nlists: all.json\n", *(f"i/{n}.png" for n in "abcd"))

    assert "4 images in train and in test: i/a.png, i/b.png, i/c.png, ..." in refusal(data)


def test_twenty_thousand_lines_are_compared_in_seconds(tmp_path: Path) -> None:
    data = lists(tmp_path, val="e f", test="g h", train=" ".join(f"n{index}" for index in range(20_000)) + " h")
    start = time.process_time()

    assert "1 image in train and in test: i/h.png" in refusal(data)

    assert time.process_time() - start < 6  # where each line looked at all others it would be minutes


@pytest.mark.parametrize(
    ("count", "left", "held"), [(1, 0, "1 for val"), (2, 0, "1 for val and 1 for test"), (3, 1, "1 for val and 1")]
)
def test_images_that_are_all_held_out_are_said_to_be(tmp_path: Path, count: int, left: int, held: str) -> None:
    data = folder(tmp_path, "image: 'i/{id}.png'\n", *(f"i/{n}.png" for n in range(count)))

    message = refusal(data)

    assert "\n" not in message
    assert f"{count} image{'s' if count > 1 else ''} found" in message
    assert f"{held}" in message
    assert f"leaves {left} to train on; want at least 2" in message
    assert f"add images, 4 at least, or name folders or lists of val and test under splits in {tmp_path}" in message
    assert "looked for" not in message


def test_genuine_samples_with_one_image_to_train_are_told_so() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("no folder shared/data/nyuv2_samples beside the checkout")

    message = refusal(Folder(root=str(SAMPLES / "mtan_format"), spec="nyuv2"))

    assert message.startswith(f"{SAMPLES / 'mtan_format'}: 1 image found in train, of which 1 for val is held out")
    assert "add images, 3 at least, or name a folder or list of val under splits in " in message


def test_masks_whose_names_have_accents_apart_belong_to_images_that_have_them_together(tmp_path: Path) -> None:
    spec = "image: 'i/{id}.png'\ntasks: {t: {kind: depth, files: 'd/{id}.png'}}\n"
    names = [f"{n}\u00e9" for n in "abcdefgh"]
    data = folder(tmp_path, spec, *(f"i/{n}.png" for n in names), *(f"d/{n[0]}e\u0301.png" for n in names))

    assert "no image for" not in refusal(data)
    assert "files for" not in refusal(data)
