"""Pictures that were saved again with loss are told, others are not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.config.composition import compose
from trainers.data.folders.listing import Row
from trainers.data.folders.near_copies import NEAR, find_near_copies
from trainers.data.folders.pixels import SIDE

FEW = ["data.images=60", "data.val_images=1", "data.test_images=1", "data.image_size=64"]  # each takes time to draw
PATTERNS = ["{split}/{id}.png", "{split}/{id}.jpg"]


@pytest.fixture(scope="module")
def rooms() -> list[Image.Image]:
    images = compose(FEW).data.load("train", only=()).images
    return [Image.fromarray(image) for image in images]


def write(folder: Path, pictures: dict[str, Image.Image], **options: int) -> dict[str, list[Row]]:
    splits: dict[str, list[Row]] = {}
    for name, picture in pictures.items():
        split, _, rest = name.partition("/")
        (folder / split).mkdir(exist_ok=True)
        picture.save(folder / name, **options)
        splits.setdefault(split, []).append(Row(split, (rest.rpartition(".")[0],)))
    return splits


@pytest.mark.parametrize(("suffix", "quality", "scale"), [("jpg", 30, 1.0), ("jpg", 85, 0.5), ("png", 0, 0.5)])
def test_a_picture_saved_with_loss_or_smaller_is_told(
    tmp_path: Path, rooms: list[Image.Image], suffix: str, quality: int, scale: float
) -> None:
    again = rooms[7].resize((int(64 * scale), int(64 * scale)))
    pictures = {f"train/{n}.png": picture for n, picture in enumerate(rooms[:40])}
    pictures |= {f"val/{n}.png": picture for n, picture in enumerate(rooms[40:])}
    splits = write(tmp_path, pictures)
    assert find_near_copies(tmp_path, splits, PATTERNS) == []  # rooms of one kind, and names that both splits have

    more = write(tmp_path, {f"val/again.{suffix}": again}, **({"quality": quality} if suffix == "jpg" else {}))
    (note,) = find_near_copies(tmp_path, {**splits, "val": [*splits["val"], *more["val"]]}, PATTERNS)
    assert note.startswith(
        f"{tmp_path}: 1 image of val is nearly the same as one of train: train/7.png ~ val/again.{suffix}; where that "
        "is one picture saved again or made smaller"
    )


def test_blank_tiles_of_two_splits_are_told_and_no_copies(tmp_path: Path) -> None:
    blank = Image.new("RGB", (8, 8), "blue")
    splits = write(tmp_path, {"train/a.png": blank, "train/b.png": blank, "val/c.png": blank})
    assert find_near_copies(tmp_path, splits, PATTERNS) == [
        f"{tmp_path}: images of a single colour, such as train/a.png: 2 of train, 1 of val; they show nothing, so take "
        "out what is no data"
    ]


@pytest.mark.parametrize(("suffix", "scale"), [("png", 1.0), ("jpg", 1.0), ("png", 0.5)])
def test_a_mirrored_picture_is_told(tmp_path: Path, rooms: list[Image.Image], suffix: str, scale: float) -> None:
    side = int(64 * scale)
    again = rooms[7].transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((side, side))
    pictures = {f"train/{n}.png": picture for n, picture in enumerate(rooms[:40])}
    splits = write(tmp_path, pictures | {f"val/{n}.png": picture for n, picture in enumerate(rooms[40:])})
    more = write(tmp_path, {f"val/again.{suffix}": again})

    (note,) = find_near_copies(tmp_path, {**splits, "val": [*splits["val"], *more["val"]]}, PATTERNS)

    assert note.startswith(
        f"{tmp_path}: 1 image of val is nearly the same as one of train mirrored left to right: train/7.png ~ "
        f"val/again.{suffix}; training mirrors images, too"
    )


def test_a_picture_that_is_its_own_mirror_is_told_once(tmp_path: Path, rooms: list[Image.Image]) -> None:
    half = np.asarray(rooms[0])[:, :32]
    both = Image.fromarray(np.concatenate([half, half[:, ::-1]], axis=1))
    pictures = {f"train/{n}.png": picture for n, picture in enumerate([both, *rooms[1:40]])}
    pictures |= {f"val/{n}.png": picture for n, picture in enumerate([both.resize((32, 32)), *rooms[40:]])}
    (note,) = find_near_copies(tmp_path, write(tmp_path, pictures), PATTERNS)
    assert "1 image of val is nearly the same as one of train: train/0.png ~ val/0.png; where" in note


def test_pictures_that_are_transparent_everywhere_are_told(tmp_path: Path, rooms: list[Image.Image]) -> None:
    pictures = {f"{split}/{n}.png": rooms[10 * k + n] for k, split in enumerate(("train", "val")) for n in range(4)}
    for name, alpha in (("train/1.png", 0), ("val/2.png", 0), ("val/3.png", 200)):
        pictures[name] = pictures[name].copy()
        pictures[name].putalpha(alpha)
    assert find_near_copies(tmp_path, write(tmp_path, pictures), PATTERNS) == [
        f"{tmp_path}: 2 images, such as train/1.png, are transparent everywhere; transparency is not read, so that "
        "colours beneath count which no viewer shows: take out what is no data"
    ]


def test_a_camera_that_stands_still_does_not_make_all_copies(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    still = rng.integers(0, 256, (64, 64, 3))
    pictures = {
        f"{split}/{n}.png": Image.fromarray(np.clip(still + rng.normal(0, 12, still.shape), 0, 255).astype(np.uint8))
        for split, count in (("train", 20), ("val", 10))
        for n in range(count)
    }
    assert find_near_copies(tmp_path, write(tmp_path, pictures), PATTERNS) == []


@pytest.mark.parametrize("given", [[], ["data=multidigits", "network=classifier"]])
def test_the_bound_lies_between_what_is_saved_again_and_what_is_another_picture(given: list[str]) -> None:
    few = FEW if not given else []
    images = [Image.fromarray(image) for image in compose([*given, *few]).data.load("train", only=()).images[:60]]

    def shrink(image: Image.Image) -> np.ndarray:
        small = np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX), np.float64).ravel()
        small -= small.mean()
        return small / np.linalg.norm(small)

    def save(image: Image.Image) -> Image.Image:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=30)
        return Image.open(file).convert("RGB")

    table, again = (np.stack([shrink(each) for each in some]) for some in (images, map(save, images)))
    mirrored = table.reshape(-1, SIDE, SIDE)[:, :, ::-1].reshape(table.shape)
    others = np.stack([1 - table @ each.T + 9 * np.eye(len(table)) for each in (table, mirrored)])
    assert (1 - (table * again).sum(axis=1)).max() < NEAR < others.min() / 2
