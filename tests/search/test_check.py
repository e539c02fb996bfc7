"""A data set is looked at before any search: numbers, a picture, and the search's own refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.check import main as check
from search.run import main as search
from tests.tiny import arguments, write_tiny
from tests.trainers.data.masks import SPEC, write_masks
from trainers.data.folder import Folder


def given(root: Path, *more: str) -> list[str]:
    return ["data=folder", f"data.root={root}", f"data.spec={root / 'spec.yaml'}", "tracking=none", *more]


def test_a_good_set_is_told_in_numbers_and_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    write_masks(Path("own"))

    assert check(given(Path("own"), "data.image_size=[32,48]", "network.encoder_widths=[4,4]")) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith("spec: images of 32x48 pixels (height x width)\n")
    rows = [line.split() for line in printed.out.splitlines()]
    assert ["train", "4", "4"] in rows
    assert ["val", "2", "2"] in rows
    parts = next(row for row in rows if row[:3] == ["parts", "segmentation", "train"])
    assert parts[3:] == ["32x48", "0", "..", "3", "(4", "different)", parts[-2], "%"]
    assert 10 < float(parts[-2]) < 30  # a fifth is 255
    depth = next(row for row in rows if row[:3] == ["depth", "depth", "val"])
    assert 4.5 < float(depth[6]) <= 5
    assert ["again", "autoencoder", "all", "the", "image"] in rows
    assert printed.out.splitlines()[-1] == "Images with their targets, black where invalid: runs/checks/spec.png"
    with Image.open("runs/checks/spec.png") as picture:
        assert picture.width > picture.height / 3
        assert np.asarray(picture.convert("RGB")).std() > 20


@pytest.mark.parametrize("choice", ["scenes", "npz"])
def test_other_data_sets_are_drawn_too(choice: str, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["data.images=60", "data.val_images=4", "data.test_images=4", "data.image_size=16", "tracking=none"]
    few += ["network.encoder_widths=[4,4]", "network.decoder_width=4"]

    assert check(few if choice == "scenes" else arguments(write_tiny(Path("tiny"), images=60))) == 0

    out = capsys.readouterr().out
    assert ["train", "60", "32"] in [line.split() for line in out.splitlines()]
    assert "files evenly spread are looked at; the others are read when they are trained on" in out
    assert Path("runs/checks", f"{'scenes' if choice == 'scenes' else 'spec'}.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda root: (root / "val/depth/im_0.png").write_bytes(b"x"), "val/depth/im_0.png: cannot be read ("),
        (lambda root: (root / "val/depth/im_0.png").unlink(), "val: 2 samples, but 1 files for task 'depth'"),
        (lambda root: (root / "spec.yaml").write_text(SPEC.replace("0.001", "1")), "at most max_m = 100 m allowed"),
        (lambda root: (root / "spec.yaml").write_text(SPEC.replace("classes: 4", "classes: 3")), "class id 3 beyond"),
    ],
)
def test_a_bad_set_is_refused_as_the_search_refuses_it(
    change: object, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_masks(Path("own"))
    change(Path("own"))  # type: ignore[operator]

    assert check(given(Path("own"))) == 2
    told = capsys.readouterr()
    assert search(given(Path("own"))) == 2

    assert expected in told.err
    assert capsys.readouterr().err == told.err
    assert told.out == ""
    assert not Path("runs").exists()


def test_what_the_network_pads_is_told_below_the_picture(capsys: pytest.CaptureFixture[str]) -> None:
    write_masks(Path("own"))

    assert check(given(Path("own"), "data.image_size=[18,24]")) == 0

    _above, below = capsys.readouterr().out.split("runs/checks/spec.png")
    assert below.strip().startswith("Images of 18x24 pixels are padded to ")


def test_help_and_a_folder_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(["--help"]) == 0
    assert "python -m search.check data=CHOICE" in capsys.readouterr().out

    write_masks(Path("own"))
    assert check(given(Path("own"), "run.folder=own/spec.yaml")) == 2
    assert "own/spec.yaml/checks/spec.png cannot be written (" in capsys.readouterr().err


def test_what_to_know_of_right_files_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    write_masks(Path("own"))
    note = Image.Exif()
    note[0x0112] = 3
    for path in Path("own").rglob("image/*.png"):
        with Image.open(path) as image:
            image.load()
        image.save(path, exif=note)

    assert check(given(Path("own"), "data.image_size=[32,48]", "network.encoder_widths=[4,4]")) == 0

    (told,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Note: ")]
    assert told.startswith("Note: 8 of 8 images looked at, such as ")
    assert "are turned upright as their EXIF orientation says; targets are read as they are stored" in told


def test_data_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    write_masks(Path("own"))
    checks, check_once = [], Folder.check
    monkeypatch.setattr(Folder, "check", lambda data: checks.append(data) or check_once(data))

    assert check(given(Path("own"), "network.encoder_widths=[4,4]")) == 0
    assert len(checks) == 1  # which takes half a minute of large sets
