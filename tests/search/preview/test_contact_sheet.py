from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from search.check import main as check
from search.preview.contact_sheet import colour_target, draw_contact_sheet, list_colours
from search.preview.data_summary import Seen, measure_extent
from tests.search.preview.own_kinds import SEA, Heights, Range, Summit, Zones
from tests.tiny import arguments, write_tiny
from trainers.data.splits.arrays import Arrays
from trainers.tasks import Task, make_task

KINDS: dict[str, tuple[Task, np.ndarray, float]] = {
    "segmentation": (
        make_task("a", {"kind": "segmentation", "classes": 3}),
        np.array([[[0, -1], [2, 1]]], np.int16),
        0.25,
    ),
    "depth": (make_task("a", {"kind": "depth"}), np.array([[[[0, 2], [0, 1]]]], np.float32), 0.5),
    "edges": (make_task("a", {"kind": "edges"}), np.array([[[[0, 1], [-1, 0]]]], np.int8), 0.25),
    "regression": (make_task("a", {"kind": "regression"}), np.array([[[[0, np.nan], [0, 1]]]], np.float32), 0.25),
    "normals": (
        make_task("a", {"kind": "normals"}),
        np.array([[[[0, 1], [0, 0]], [[0, 0], [1, 0]], [[0, 0], [0, 1]]]], np.float32),
        0.25,
    ),
    "heights": (Heights("a"), np.array([[[[0, SEA], [-80, 40]]]], np.float32), 0.25),
    "zones": (Zones("a"), np.array([[[[0, SEA], [-80, 40]]]], np.float32), 0.25),
    "range": (Range("a"), np.array([[[[0, 2], [0, 1]]]], np.float32), 0.5),
}


@pytest.mark.parametrize("kind", KINDS)
def test_invalid_pixels_are_counted_and_black(kind: str) -> None:
    task, target, share = KINDS[kind]

    found = measure_extent(task, target)
    picture = colour_target(task, target[0], target)

    assert found.invalid == share
    assert found.shape == target.shape[1:]
    assert np.isfinite(found.low)
    assert picture.shape == (2, 2, 3)
    assert 0 <= picture.min() <= picture.max() <= 1
    black = ~picture.any(-1)
    assert (black == task.find_invalid(target)[0]).all()


def test_shipped_kinds_have_the_colours_they_always_had() -> None:
    def colours(kind: str) -> np.ndarray:
        task, target, _ = KINDS[kind]
        return colour_target(task, target[0], target)

    assert np.array_equal(colours("segmentation")[[0, 1, 1], [0, 0, 1]], list_colours(3)[[0, 2, 1]])
    assert np.array_equal(colours("edges")[[0, 0], [0, 1]], [[0.25] * 3, [1.0] * 3])
    assert np.array_equal(colours("normals")[0, 1], [1.0, 0.5, 0.5])
    assert np.array_equal(colours("depth")[[1, 0], [1, 1]], colormaps["viridis"]([0.0, 1.0])[:, :3])


def test_a_scale_is_shared_by_all_that_are_shown_and_heeds_no_invalid_value() -> None:
    task = make_task("a", {"kind": "depth"})
    targets = np.full((2, 1, 10, 10), 5, np.float32)
    targets[1] = np.linspace(1, 9, 100).reshape(10, 10)
    targets[0, 0, 0, 0] = 0

    low, high = np.percentile(targets[targets > 0], [1, 99])
    picture = colour_target(task, targets[0], targets)

    assert np.allclose(picture[1, 1], colormaps["viridis"]((5 - low) / (high - low))[:3])
    assert task.find_range(np.zeros((1, 1, 2, 2), np.float32)) == (0, 1)


def test_a_kind_of_ones_own_has_its_range() -> None:
    task, target, _ = KINDS["heights"]
    picture = colour_target(task, target[0], target)
    expected = colormaps["viridis"]([0.5, 0.1, 0.7])[:, :3]
    assert np.allclose(picture[[0, 1, 1], [0, 0, 1]], expected)


def test_a_kind_of_ones_own_has_its_colours() -> None:
    task, target, _ = KINDS["zones"]
    picture = colour_target(task, target[0], target)
    assert picture.tolist() == [[[0, 1, 0], [0, 0, 0]], [[0, 1, 0], [1, 0.5, 0]]]


def test_ids_beyond_the_channels_of_a_kind_are_coloured_too() -> None:
    task = Heights("a")  # one channel
    picture = colour_target(task, np.array([[0, 5]], np.uint8), np.zeros((1, 1, 1, 2)))
    assert np.array_equal(picture[0], list_colours(6)[[0, 5]])


def test_colours_of_classes_differ() -> None:
    found = list_colours(41)

    assert found.shape == (41, 3)
    assert len(np.unique(found.round(3), axis=0)) == 41
    assert found.any(1).all()  # none is black
    assert np.array_equal(list_colours(7), found[:7])


def test_labels_of_whole_images_are_titles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []
    monkeypatch.setattr("search.preview.contact_sheet._plain", lambda axes, picture, title: titles.append(title))
    tasks = [make_task("animal", {"kind": "classification", "classes": ["cat", "dog"]}), Summit("top")]
    targets = {"animal": np.array([1, -1], np.int16), "top": np.array([7, SEA], np.float32)}
    arrays = Arrays(np.zeros((2, 4, 4, 3), np.uint8), targets)

    draw_contact_sheet(tmp_path / "sheet.png", "title", tasks, [Seen("train", 2, arrays)])

    assert titles == [
        *("train 1 of 2 seen", "animal: dog", "top: 7 m high"),
        *("train 2 of 2 seen", "animal: ?", "top: -9999 m high"),
    ]


def test_a_set_with_a_kind_of_ones_own_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_tiny(Path("tiny"))
    spec = folder / "spec.yaml"
    spec.write_text(
        spec.read_text().replace("kind: regression, unit: grey", "kind: tests.search.preview.own_kinds.Zones")
    )

    assert check([*arguments(folder), "--allow", "tests.search.preview.own_kinds"]) == 0

    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    (row,) = (row for row in rows if row[:3] == ["brightness", "zones", "train"])
    assert row[-2:] == ["0.0", "%"]
    with Image.open("runs/checks/spec.png") as picture:
        colours = {tuple(colour) for colour in np.asarray(picture.convert("RGB")).reshape(-1, 3)}
    assert (255, 127, 0) in colours or (255, 128, 0) in colours


@pytest.mark.parametrize(("height", "width"), [(3000, 2), (2, 3000)])
def test_long_and_narrow_images_have_a_picture_that_screens_show(tmp_path: Path, height: int, width: int) -> None:
    task, images = make_task("a", {"kind": "segmentation", "classes": 3}), np.zeros((1, height, width, 3), np.uint8)
    seen = Seen("train", 1, Arrays(images, {"a": np.zeros((1, height, width), np.int16)}))
    draw_contact_sheet(tmp_path / "it.png", "it", [task], [seen])
    with Image.open(tmp_path / "it.png") as picture:
        assert max(picture.size) < 2000
