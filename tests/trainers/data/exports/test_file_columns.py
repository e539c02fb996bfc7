"""Columns that name files of masks and other values become tasks that read them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from tests.trainers.data.exports.exported import LABELS, draw, paste, save
from trainers.data.exports.file_columns import names_files
from trainers.data.exports.find_table import find_table


def write(root: Path, change: list[int] | None = None, *, header: str = "image,mask", paths: bool = True) -> None:
    """Twelve images with masks of 0, 1 and 2, or of other ids for these, and a table that names both."""
    lines = [header]
    for number in range(12):
        image, _, ids = draw(number)
        save(root / "images" / f"{number}.png", image)
        save(root / "masks" / f"{number}.png", ids if change is None else np.array(change, np.uint8)[ids])
        place = ("images/", "masks/") if paths else ("", "")
        lines.append(f"{place[0]}{number}.png,{place[1]}{number}.png")
    (root / "table.csv").write_text("\n".join(lines))


@pytest.mark.parametrize("paths", [True, False])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "    classes: 3\n"),
        ([0, 1, 255], "    classes: 2\n    invalid: 255\n"),
        ([0, 127, 254], "    classes: 3\n    map: {0: 0, 127: 1, 254: 2}\n"),
        ([0, 255, 255], "    classes: 2\n    map: {0: 0, 255: 1}\n"),
    ],
)
def test_masks_are_read_by_their_ids(tmp_path: Path, change: list[int] | None, said: str, paths: bool) -> None:
    write(tmp_path, change, paths=paths)

    data = paste(tmp_path)
    data.check()

    assert said in (tmp_path / "ready.yaml").read_text()
    ids = {None: [0, 1, 2], 1: [0, 1, -1], 127: [0, 1, 2], 255: [0, 1, 1]}[change[1] if change else None]
    samples, masks = data.samples("train"), data.load("train").targets["mask"]
    for index, mask in enumerate(masks):
        assert np.array_equal(mask, np.array(ids)[draw(int(samples.image_path(index).stem))[2]])


def test_other_values_have_their_kinds(tmp_path: Path) -> None:
    write(tmp_path)
    rng = np.random.default_rng(0)
    lines = ["image,depth_path,height,kind"]
    for number in range(12):
        save(tmp_path / "d" / f"{number}.png", rng.integers(1, 90, (32, 40)).astype(np.uint16))
        np.save(tmp_path / "d" / f"{number}.npy", rng.normal(size=(32, 40)))
        lines.append(f"images/{number}.png,d/{number}.png,d/{number}.npy,{LABELS[number % 2]}")
    (tmp_path / "table.csv").write_text("\n".join(lines))

    data = paste(tmp_path)
    data.check()

    kinds = {name: task.kind for name, task in data.available.items()}
    assert kinds == {"kind": "classification", "depth_path": "depth", "height": "regression"}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda root: [path.unlink() for path in root.glob("masks/*")],
            "column 'mask' names files, such as masks/0.png, that are not in ",
        ),
        (
            lambda root: [save(path, draw(0)[0]) for path in root.glob("masks/*")],
            "column 'mask' names files of several values a pixel, such as colours; if these mean classes, save masks",
        ),
        (
            lambda root: [save(path, 0 * draw(0)[2]) for path in root.glob("masks/*")],
            "column 'mask' names files that hold [0] alone, of which nothing can be learnt",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_the_way_out(tmp_path: Path, spoil: object, told: str) -> None:
    write(tmp_path)
    spoil(tmp_path)  # type: ignore[operator]

    with pytest.raises(DataError) as caught:
        find_table(tmp_path)

    assert str(caught.value).startswith(f"{tmp_path / 'table.csv'}: {told}")


def test_words_and_empty_columns_name_no_files() -> None:
    assert names_files(["a.png", "", "b.NPY"])
    assert not names_files(["a.png", "b"])
    assert not names_files(["", "NA"])
