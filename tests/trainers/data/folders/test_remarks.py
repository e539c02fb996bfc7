"""What is told of files that are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.trainers.data.folders.drawn import PARTS, draw, write_grey
from tests.trainers.data.formats.test_grey import write_numbers
from tests.trainers.data.formats.test_opening import write_deep, write_few_bits
from trainers.data.folders.remarks import list_changes

NORMALS = 'n: {kind: normals, files: "{split}/label/{id}.png", scale: 0.007843, offset: -1}'


def test_of_plain_files_nothing_is_told(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)

    assert data.notes() == []
    assert list_changes([data.samples("train")]) == []


def test_turned_images_are_told_and_name_other_data(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    before = data.fingerprint
    note = Image.Exif()
    note[0x0112] = 3
    for number in (1, 2):
        path = tmp_path / "train" / "image" / f"{number}.jpg"
        with Image.open(path) as image:
            image.load()
        image.save(path, exif=note)
    again = type(data)(root=data.root, spec=data.spec)

    assert list_changes([again.samples("train")]) == ["images turned upright"]
    assert again.fingerprint != before
    assert again.notes() == [
        f"2 of 12 images looked at, such as {tmp_path}/train/image/1.jpg, are turned upright as their EXIF orientation "
        "says; targets are read as they are stored: see in the picture that they fit, and say image: {files: PATTERN, "
        "orientation: stored} where targets belong to the pixels as stored"
    ]

    spec = tmp_path / "spec.yaml"
    pattern = '"{split}/image/{id}.jpg"'
    spec.write_text(spec.read_text().replace(pattern, f"{{files: {pattern}, orientation: stored}}"))
    kept = type(data)(root=data.root, spec=data.spec)
    assert kept.notes() == []
    assert list_changes([kept.samples("train")]) == []
    assert np.array_equal(kept.load("train").images[1], again.load("train").images[1][::-1, ::-1])


def test_scans_with_a_note_are_read_as_they_are_stored(tmp_path: Path) -> None:
    note = Image.Exif()
    note[0x0112] = 6
    task = PARTS.replace(".png", ".tif")
    data = draw(tmp_path, lambda p, ids, n: Image.fromarray(ids).save(p.with_suffix(".tif"), exif=note), task)

    data.check()

    assert data.load("train").targets["parts"][0, :, 0].tolist() == [0, 0, 1, 1, 1, 2, 2, 2]
    assert list_changes([data.samples("train")]) == ["parts as it is stored"]


def test_targets_with_a_note_are_told(tmp_path: Path) -> None:
    note = Image.Exif()
    note[0x0112] = 3
    data = draw(tmp_path, lambda path, ids, number: Image.fromarray(ids).save(path, exif=note))

    (told,) = data.notes()

    assert told.startswith("task 'parts': 12 of 12 files looked at, such as ")
    assert told.endswith(
        "have an EXIF orientation; targets are read as they are stored: see in the picture that they fit"
    )


def test_images_of_print_and_of_many_bits_are_told(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    with Image.open(tmp_path / "train" / "image" / "0.jpg") as image:
        image.convert("CMYK").save(tmp_path / "train" / "image" / "0.jpg")
    write_deep(tmp_path / "train" / "image" / "1.png").rename(tmp_path / "train" / "image" / "1.jpg")

    deep, printed = data.notes()

    assert deep.endswith("train/image/1.jpg, have 16 bits a channel, of which the upper 8 are read")
    assert printed.endswith("have the colours of print (CMYK); they are brought to RGB without their colour profile")


def test_lossy_targets_are_told(tmp_path: Path) -> None:
    task = PARTS.replace("{id}.png", "{id}.jpg").replace("classes: 3", "classes: 40")
    data = draw(tmp_path, lambda p, ids, n: Image.fromarray(ids * 14).save(p.with_suffix(".jpg"), quality=75), task)

    told, unseen = data.notes()

    assert unseen.startswith("task 'parts': classes ")  # of the 40
    assert told.startswith("task 'parts': 12 of 12 files looked at, such as ")
    assert "are lossy (JPEG): beside every edge there are values that nobody drew, " in told
    assert told.endswith("draw or export them anew as .png or .npy (lossless WebP does, too)")


def test_lossless_webp_is_read_and_not_told(tmp_path: Path) -> None:
    task = PARTS.replace("{id}.png", "{id}.webp")
    data = draw(tmp_path, lambda p, ids, n: Image.fromarray(ids).save(p.with_suffix(".webp"), lossless=True), task)

    data.check()

    assert data.notes() == []
    assert np.unique(data.load("train").targets["parts"]).tolist() == [0, 1, 2]


def test_the_share_of_short_normals_is_told(tmp_path: Path) -> None:
    def write(path: Path, ids: np.ndarray, number: int) -> None:
        vectors = np.full((8, 12, 3), (128, 128, 255), np.uint8)
        vectors[:2] = 127
        Image.fromarray(vectors).save(path)

    data = draw(tmp_path, write, NORMALS)

    data.check()

    assert data.notes() == [
        "task 'n': 25 % of the vectors looked at are shorter than shortest = 0.2, at scale and offset, and count as "
        "missing"
    ]
    assert (data.load("train").targets["n"][:, :, :2] == 0).all()
    assert list_changes([data.samples("train")]) == ["short vectors of n missing"]


def test_a_marker_that_was_wrong_names_other_data(tmp_path: Path) -> None:
    task = 'parts: {kind: depth, files: "{split}/label/{id}.png", valid: [1, 9], invalid: MARK}'
    right = draw(tmp_path / "right", write_grey, task.replace("MARK", "0"))
    wrong = draw(tmp_path / "wrong", write_grey, task.replace("MARK", "-1"))

    assert list_changes([right.samples("train")]) == []
    assert list_changes([wrong.samples("train")]) == ["marker of parts in a wider type"]
    wrong.check()
    assert wrong.load("train").targets["parts"].max() == 2


def test_ids_of_few_bits_are_read_as_they_are_stored_and_told(tmp_path: Path) -> None:
    data = draw(tmp_path, lambda path, ids, number: write_few_bits(path, ids, 2))

    data.check()

    assert np.unique(data.load("train").targets["parts"]).tolist() == [0, 1, 2]
    (told,) = data.notes()
    assert told.endswith(
        ", have 2 bits a pixel, which are read as the numbers 0..3 that are stored; viewers show them "
        "stretched to 0..255"
    )
    assert list_changes([data.samples("train")]) == ["few bits of parts as they are stored"]


def test_numbers_that_once_were_taken_for_others_name_other_data(tmp_path: Path) -> None:
    def changes(name: str, kind: str, compressed: bool, shift: int) -> list[str]:
        def write(path: Path, ids: np.ndarray, number: int) -> None:
            stored = ids.astype(kind) * 9 + shift
            write_numbers(path.with_suffix(".tif"), stored, ">", compressed=compressed)

        task = 'h: {kind: regression, files: "{split}/label/{id}.tif"}'
        data = draw(tmp_path / name, write, task)
        assert np.unique(data.load("train").targets["h"]).tolist() == [shift, 9 + shift, 18 + shift]
        return list_changes([data.samples("train")])

    assert changes("a", "f4", True, 0) == changes("b", "i1", False, -9) == ["numbers of h as they are stored"]
    assert changes("c", "f4", False, 0) == changes("d", "i1", True, 0) == changes("e", "u2", True, 0) == []
