"""What a few samples of a split tell: ids with the line to paste, one class alone, lossy files, rare labels."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.data.folders.drawn import PARTS, draw, write_grey
from tests.trainers.data.masks import refusal


def grey(ids: list[int]) -> object:
    """A writer of other ids."""
    return lambda path, drawn, number: Image.fromarray(np.array(ids, np.uint8)[drawn]).save(path)


def test_ids_with_gaps_are_told_the_map_of_all_that_were_seen(tmp_path: Path) -> None:
    def write(path: Path, drawn: np.ndarray, number: int) -> None:
        ids = np.array([0, 7, 24], np.uint8)[drawn]
        Image.fromarray(np.where(ids == 24, 0, ids) if number == 0 else ids).save(path)

    message = refusal(draw(tmp_path, write)).splitlines()[0]

    assert message == (
        f"{tmp_path}/train/label/0.png of task 'parts': class id 7, 24 beyond the 3 classes 0..2 (given: uint8, shape "
        "(8, 12), values 0..7); say map: {0: 0, 7: 1, 24: 2} if these are the classes in this order"
    )


def test_what_is_advised_can_be_pasted(tmp_path: Path) -> None:
    task = 'parts: {kind: segmentation, files: "{split}/label/{id}.png", classes: [a, b, c], map: {0: 0, 7: 1, 24: 2}}'

    data = draw(tmp_path, grey([0, 7, 24]), task)  # type: ignore[arg-type]

    data.check()
    assert np.unique(data.load("train").targets["parts"]).tolist() == [0, 1, 2]


def test_a_mask_of_0_and_255_is_told_its_map(tmp_path: Path) -> None:
    task = PARTS.replace("classes: 3, invalid: 255", "classes: [other, thing]")

    message = refusal(draw(tmp_path, grey([0, 255, 255]), task))  # type: ignore[arg-type]

    assert "; say map: {0: 0, 255: 1} if these are the classes in this order\n" in message


def test_one_class_alone_is_refused_where_it_is_trained_on(tmp_path: Path) -> None:
    task = PARTS.replace("classes: 3", "classes: [wall, door]")

    message = refusal(draw(tmp_path, grey([0, 255, 255]), task))  # type: ignore[arg-type]

    assert message == (
        f"{tmp_path}/train/label/0.png of task 'parts': pixels of one class alone, 0 (wall), in this file and all 4 "
        "looked at, so that there is nothing to learn (values 0, 255; invalid: [255]); say map: {0: 0, 255: 1} if "
        "these are the classes in this order, and take 255 out of invalid"
    )


def test_files_of_one_class_each_are_right_where_there_are_two(tmp_path: Path) -> None:
    draw(tmp_path, lambda p, ids, n: Image.fromarray(np.full_like(ids, n % 2)).save(p)).check()


@pytest.mark.parametrize("kind", ["saliency", "edges", "segmentation"])
def test_a_rare_label_is_looked_for(tmp_path: Path, kind: str) -> None:
    task = f'parts: {{kind: {kind}, role: main, files: "{{split}}/label/{{id}}.png"'
    task += ", classes: 2}" if kind == "segmentation" else "}"

    draw(tmp_path, lambda p, ids, n: write_grey(p, (ids == 1) * np.uint8(n == 21), n), task, count=40).check()


@pytest.mark.parametrize(("kind", "state"), [("saliency", "salient"), ("edges", "edge")])
def test_a_label_that_is_nowhere_is_refused(tmp_path: Path, kind: str, state: str) -> None:
    task = f'parts: {{kind: {kind}, role: main, files: "{{split}}/label/{{id}}.png"}}'

    train, val, _ = refusal(draw(tmp_path, lambda p, ids, n: write_grey(p, ids * 0, n), task, count=20)).splitlines()

    assert train.startswith(f"{tmp_path}/train/label/0.png of task 'parts': no pixel is 1 ({state}) (given: ")
    assert train.endswith("check the array and the field 'threshold' (so are all 20 looked at)")
    assert val.endswith("looked at); a split without any tells nothing: give it samples with some (splits, held_out)")


def test_lossy_files_are_blamed_for_ids_that_nobody_drew(tmp_path: Path) -> None:
    task = PARTS.replace("{id}.png", "{id}.jpg").replace("classes: 3", "classes: 2")

    message = refusal(
        draw(tmp_path, lambda p, ids, n: Image.fromarray((ids == 1) * np.uint8(255)).save(p.with_suffix(".jpg")), task)
    )

    assert "beyond the 2 classes 0..1 (given: " in message
    assert message.splitlines()[0].endswith(
        "; files are lossy (JPEG), which makes values that nobody drew: save them as .png"
    )


def test_a_turned_image_is_told_where_its_targets_do_not_fit(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    note = Image.Exif()
    note[0x0112] = 6
    for path in tmp_path.rglob("*.jpg"):
        with Image.open(path) as image:
            image.load()
        image.save(path, exif=note)

    message = refusal(data).splitlines()[0]

    assert message == (
        f"{tmp_path}/train/label/0.png of task 'parts': wrong shape (1, 8, 12): images have 12x8 pixels; want (1, 12, "
        f"8) or (1, 12, 8, C), resized as the images are; EXIF orientation 6 in {tmp_path}/train/"
        "image/0.jpg turns the image as every viewer does: want targets of the image as it is shown, or image: "
        "{files: PATTERN, orientation: stored} where they belong to its pixels as they are stored"
    )


def test_ids_of_all_splits_are_in_one_map(tmp_path: Path) -> None:
    def write(path: Path, drawn: np.ndarray, number: int) -> None:
        split = path.parent.parent.name
        ids = {"train": [0, 7, 7], "val": [0, 24, 24], "test": [0, 7, 24]}[split]
        Image.fromarray(np.array(ids, np.uint8)[drawn]).save(path)

    lines = refusal(draw(tmp_path, write)).splitlines()

    assert len(lines) == 3
    assert all(line.endswith("say map: {0: 0, 7: 1, 24: 2} if these are the classes in this order") for line in lines)


@pytest.mark.parametrize("kind", ["edges", "saliency"])
@pytest.mark.parametrize(
    ("values", "more"),
    [((0, 255, 255), ""), ((0, 128, 255), ""), ((0, 128, 255), ", invalid: 255"), ((0, 255, 255), ", invalid: 255")],
)
def test_the_advice_on_two_states_is_followed_once(
    tmp_path: Path, kind: str, values: tuple[int, ...], more: str
) -> None:
    def write(path: Path, drawn: np.ndarray, number: int) -> None:
        ids = np.array(values, np.uint8)[drawn]
        Image.fromarray(np.where(ids == 255, 0, ids) if number == 0 and 128 in values else ids).save(path)

    data = draw(tmp_path, write, f'parts: {{kind: {kind}, role: main, files: "{{split}}/label/{{id}}.png"{more}}}')
    advice = refusal(data).splitlines()[0].rpartition("); ")[2]

    (number,) = re.findall(r"threshold: (\d+)", advice)[-1:]
    said = re.findall(r"invalid: (\[.*?\])", advice)[-1:]
    spec = tmp_path / "spec.yaml"
    text = spec.read_text().replace(more, "") if said and more else spec.read_text()
    spec.write_text(
        text.replace("role: main", f"role: main, threshold: {number}" + "".join(f", invalid: {s}" for s in said))
    )
    again = type(data)(root=data.root, spec=data.spec)
    again.check()

    target = again.load("train").targets["parts"][1, 0]
    want = {0: 0, 255: 1, 128: -1}
    stored = np.asarray(Image.open(tmp_path / "train" / "label" / "1.png"))
    assert target.tolist() == np.vectorize(want.get)(stored).tolist()


@pytest.mark.parametrize("table", ["", ", map: {0: 0, 1: 1, 2: 2}"])
def test_ids_that_are_no_whole_numbers_are_told_and_no_map_is_advised(tmp_path: Path, table: str) -> None:
    def write(path: Path, ids: np.ndarray, number: int) -> None:
        np.save(path.with_suffix(".npy"), ids * 1.5 if number else ids * 3.0)  # 0, 3, 6, then 0, 1.5, 3

    message = refusal(draw(tmp_path, write, PARTS.replace(".png", ".npy").replace("classes: 3", f"classes: 3{table}")))

    if table:  # the first that is read has ids 3 and 6, which are whole
        assert "id 3, 6 has no class in map" in message
        return
    first = message.splitlines()[0]
    assert first.startswith(
        f"{tmp_path}/train/label/1.npy of task 'parts': class ids are not whole numbers, such as 1.5 (given: float64"
    )
    assert "resize masks by nearest neighbour alone" in first
    assert "say map" not in first
