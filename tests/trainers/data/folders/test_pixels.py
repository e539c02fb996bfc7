"""Pictures named by their pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainers.data.folders import pixels
from trainers.data.folders.pixels import digest_pixels


def draw(path: Path, seed: int, size: tuple[int, int] = (6, 8), **options: object) -> tuple[str, Path]:
    path.parent.mkdir(exist_ok=True)
    array = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    Image.fromarray(array).save(path, **options)
    return path.parent.name, path


def test_names_go_by_pixels_and_not_by_bytes_or_order(tmp_path: Path) -> None:
    one = draw(tmp_path / "a" / "1.png", 0, compress_level=9)
    same = draw(tmp_path / "b" / "2.tif", 0)
    other = draw(tmp_path / "b" / "3.png", 1)
    flat = draw(tmp_path / "b" / "4.png", 0, (8, 6))

    found = digest_pixels([one, same, other, flat])

    assert found[one[1]] == found[same[1]]
    assert len({found[path] for _, path in (one, other, flat)}) == 3


def test_images_of_one_split_or_of_a_size_of_their_own_are_not_decoded(tmp_path: Path) -> None:
    places = [draw(tmp_path / "a" / f"{n}.png", n) for n in range(3)]
    places += [draw(tmp_path / "b" / "9.png", 9, (7, 9))]
    (tmp_path / "b" / "torn.png").write_bytes(b"x")
    (tmp_path / "b" / "other.npy").write_bytes(b"x")

    assert digest_pixels([*places, ("b", tmp_path / "b" / "torn.png"), ("b", tmp_path / "b" / "other.npy")]) == {}


def test_of_many_those_of_one_name_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [draw(tmp_path / "a" / f"{n}.png", n) for n in range(20)]
    places += [draw(tmp_path / "b" / f"{n}.png", n) for n in (7, 13)]
    monkeypatch.setattr(pixels, "SURFACE", 10 * 48)

    found = digest_pixels(places)

    assert len(found) == 10
    assert found[tmp_path / "a" / "7.png"] == found[tmp_path / "b" / "7.png"]
    assert found[tmp_path / "a" / "13.png"] == found[tmp_path / "b" / "13.png"]
    assert tmp_path / "a" / "0.png" in found
