"""Pictures named by their pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainers.data.folders import pixels
from trainers.data.folders.pixels import Look, look_at


def draw(path: Path, seed: int, size: tuple[int, int] = (6, 8), **options: object) -> tuple[str, Path]:
    path.parent.mkdir(exist_ok=True)
    array = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    Image.fromarray(array).save(path, **options)
    return path.parent.name, path


def digests(found: dict[Path, Look]) -> dict[Path, bytes]:
    return {path: look.digest for path, look in found.items()}


def test_names_go_by_pixels_and_not_by_bytes_or_order(tmp_path: Path) -> None:
    one = draw(tmp_path / "a" / "1.png", 0, compress_level=9)
    same = draw(tmp_path / "b" / "2.tif", 0)
    other = draw(tmp_path / "b" / "3.png", 1)
    flat = draw(tmp_path / "b" / "4.png", 0, (8, 6))

    found = digests(look_at([one, same, other, flat]))

    assert found[one[1]] == found[same[1]]
    assert len({found[path] for _, path in (one, other, flat)}) == 3


def test_images_of_one_split_are_not_decoded_and_what_is_no_picture_is_left_out(tmp_path: Path) -> None:
    places = [draw(tmp_path / "a" / f"{n}.png", n) for n in range(3)]
    assert look_at(places) == {}
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "torn.png").write_bytes(b"x")
    (tmp_path / "b" / "other.npy").write_bytes(b"x")
    others = [("b", tmp_path / "b" / "torn.png"), ("b", tmp_path / "b" / "other.npy")]
    assert list(look_at([*places, *others])) == [path for _, path in places]


def test_content_that_lies_in_transparency_alone_counts(tmp_path: Path) -> None:
    places = []
    for split, seed in (("a", 0), ("b", 1)):
        stored = np.zeros((6, 8, 4), np.uint8)
        stored[..., 3] = np.random.default_rng(seed).integers(0, 256, (6, 8))
        (tmp_path / split).mkdir()
        Image.fromarray(stored).save(tmp_path / split / "x.png")
        places.append((split, tmp_path / split / "x.png"))
    one, other = look_at(places).values()
    assert one.digest != other.digest
    assert not one.blank


def test_a_single_colour_is_blank(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    Image.new("RGB", (8, 6), (3, 4, 5)).save(tmp_path / "b" / "x.png")
    place = "b", tmp_path / "b" / "x.png"
    assert [look.blank for look in look_at([draw(tmp_path / "a" / "1.png", 0), place]).values()] == [False, True]


def test_of_many_those_of_one_name_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [draw(tmp_path / "a" / f"{n}.png", n) for n in range(20)]
    places += [draw(tmp_path / "b" / f"{n}.png", n) for n in (7, 13)]
    monkeypatch.setattr(pixels, "SURFACE", 10 * 48)

    found = digests(look_at(places))

    assert len(found) == 10
    assert found[tmp_path / "a" / "7.png"] == found[tmp_path / "b" / "7.png"]
    assert found[tmp_path / "a" / "13.png"] == found[tmp_path / "b" / "13.png"]
    assert tmp_path / "a" / "0.png" in found
