from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.data.formats.test_opening import save
from trainers.data.formats.heads import explain_turn, read_head

IDS = np.arange(64, dtype=np.uint8).reshape(8, 8) % 3
COLOURS = [0, 0, 0, 255, 0, 0, 0, 255, 0]


@pytest.mark.parametrize(
    ("name", "options", "lossy"),
    [
        ("x.png", {}, ""),
        ("x.jpg", {}, "JPEG"),
        ("x.webp", {}, "lossy WebP"),
        ("x.webp", {"exif": Image.Exif().tobytes()}, "lossy WebP"),
        ("x.webp", {"lossless": True}, ""),
        ("x.webp", {"lossless": True, "exif": Image.Exif().tobytes()}, ""),
        ("x.tif", {"compression": "tiff_lzw"}, ""),
        ("x.tif", {"compression": "jpeg"}, "TIFF with JPEG compression"),
    ],
)
def test_lossy_compression_is_known(tmp_path: Path, name: str, options: dict[str, object], lossy: str) -> None:
    Image.fromarray(IDS).save(tmp_path / name, **options)

    head = read_head(tmp_path / name)

    assert head is not None
    assert (head.lossy, head.palette, head.cut) == (lossy, (), False)


@pytest.mark.parametrize("suffix", [".png", ".gif", ".tif", ".bmp"])
def test_palettes_are_colours_by_id(tmp_path: Path, suffix: str) -> None:
    image = Image.fromarray(IDS)
    image.putpalette(COLOURS)
    image.save(tmp_path / f"x{suffix}")

    head = read_head(tmp_path / f"x{suffix}")

    assert head is not None
    assert head.palette[:3] == ((0, 0, 0), (255, 0, 0), (0, 255, 0))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_a_turn_is_explained(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"x{suffix}", 6)

    assert explain_turn(path).startswith(f"EXIF orientation 6 in {path} turns the image as every viewer does: want ")
    assert explain_turn(save(tmp_path / f"y{suffix}", 1)) == ""


def test_what_is_no_image_has_no_head(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"no")

    assert read_head(tmp_path / "x.png") is None
    assert read_head(tmp_path / "none.png") is None
    assert read_head(tmp_path / "x.npy") is None
