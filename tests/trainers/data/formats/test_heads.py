from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.data.formats.test_opening import save
from trainers.data.formats.files import read_image
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


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)
EXIF = Image.Exif()
EXIF[0x0112] = 6
RAW = b"\nexif\n%8d\n%s\n" % (len(EXIF.tobytes()), EXIF.tobytes().hex().encode())
NOTES = {
    "eXIf": (b"eXIf", EXIF.tobytes().removeprefix(b"Exif\0\0")),
    "XMP": (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    "packed XMP": (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)),
    "ImageMagick's": (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(RAW)),
    "none": (b"tEXt", b"Comment\0Orientation"),
}


@pytest.mark.parametrize("place", [b"IDAT", b"IEND"])
@pytest.mark.parametrize("note", NOTES)
def test_the_notes_of_a_png_are_found_wherever_they_stand(tmp_path: Path, note: str, place: bytes) -> None:
    path, (kind, content) = tmp_path / "x.png", NOTES[note]
    Image.fromarray(IDS).save(path)
    before, name, after = path.read_bytes().rpartition(place)
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    path.write_bytes(before[:-4] + chunk + before[-4:] + name + after)

    head = read_head(path)

    assert head is not None
    assert head.orientation == (1 if note == "none" else 6)
    assert np.array_equal(read_image(path)[..., 0], IDS if note == "none" else np.rot90(IDS, -1))


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_an_orientation_in_xmp_alone_is_found(tmp_path: Path, suffix: str) -> None:
    Image.fromarray(IDS).save(tmp_path / f"x{suffix}", xmp=XMP)

    assert explain_turn(tmp_path / f"x{suffix}") != ""
