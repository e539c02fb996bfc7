"""Image files as people have them: turned by a note, of several pages, of more bits than are read, or very large."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import DataError
from trainers.data.formats import opening
from trainers.data.formats.files import read_array, read_image
from trainers.data.formats.grey import Grey
from trainers.data.formats.heads import read_head
from trainers.data.formats.opening import keep_stored

BLOCKS = np.random.default_rng(0).integers(0, 256, (3, 5, 3), dtype=np.uint8)
PICTURE = BLOCKS.repeat(16, 0).repeat(16, 1)
UPRIGHT = {
    1: PICTURE,
    2: PICTURE[:, ::-1],
    3: PICTURE[::-1, ::-1],
    4: PICTURE[::-1],
    5: PICTURE.transpose(1, 0, 2),
    6: np.rot90(PICTURE, -1),
    7: PICTURE[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(PICTURE),
}
"""By EXIF orientation, as its standard has them."""


def save(path: Path, orientation: int) -> Path:
    note = Image.Exif()
    note[0x0112] = orientation
    options = {".jpg": {"quality": 95, "subsampling": 0}, ".webp": {"lossless": True}}.get(path.suffix, {})
    Image.fromarray(PICTURE).save(path, exif=note, **options)
    return path


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_as_every_viewer_shows_it(tmp_path: Path, suffix: str, orientation: int) -> None:
    found = read_image(save(tmp_path / f"x{suffix}", orientation))

    assert found.shape == UPRIGHT[orientation].shape
    assert np.abs(found.astype(int) - UPRIGHT[orientation]).mean() < 4


@pytest.mark.parametrize("orientation", [0, 9])
def test_a_note_of_no_orientation_turns_nothing(tmp_path: Path, orientation: int) -> None:
    assert np.array_equal(read_image(save(tmp_path / "x.png", orientation)), PICTURE)


def test_a_torn_note_turns_nothing(tmp_path: Path) -> None:
    Image.fromarray(PICTURE).save(tmp_path / "x.png", exif=b"Exif\0\0MM\0*\0\0\xff")

    assert np.array_equal(read_image(tmp_path / "x.png"), PICTURE)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_target_stays_as_it_is_stored(tmp_path: Path, suffix: str, orientation: int) -> None:
    path = save(tmp_path / f"x{suffix}", orientation)
    assert np.array_equal(read_array(path), PICTURE)
    assert np.array_equal(read_image(path, keep_stored), PICTURE)


@pytest.mark.parametrize(
    ("suffix", "told"), [(".tif", "2 pages"), (".png", "2 frames"), (".gif", "2 frames"), (".webp", "2 frames")]
)
@pytest.mark.parametrize("read", [read_array, read_image])
def test_more_than_one_picture_is_refused(tmp_path: Path, suffix: str, told: str, read: object) -> None:
    path = tmp_path / f"x{suffix}"
    Image.fromarray(PICTURE).save(path, save_all=True, append_images=[Image.fromarray(PICTURE[::-1])])

    with pytest.raises(DataError) as caught:
        read(path)  # type: ignore[operator]

    assert str(caught.value) == (
        f"{path}: holds {told}, of which only the first would be read; save each as a file of its own, or what belongs "
        "to one sample as one .npy array, or name a function of your own that reads it (read: package.module.function)"
    )


def test_a_smaller_version_in_a_tiff_is_no_page(tmp_path: Path) -> None:
    small = Image.fromarray(PICTURE[::2, ::2])
    small.encoderinfo = {"tiffinfo": {254: 1}}
    Image.fromarray(PICTURE).save(tmp_path / "x.tif", save_all=True, append_images=[small])

    assert np.array_equal(read_image(tmp_path / "x.tif"), PICTURE)


def test_the_second_picture_of_a_camera_is_no_frame(tmp_path: Path) -> None:
    Image.fromarray(PICTURE).save(
        tmp_path / "x.jpg", format="MPO", save_all=True, append_images=[Image.fromarray(PICTURE)]
    )

    assert read_image(tmp_path / "x.jpg").shape == PICTURE.shape


def test_sixteen_bits_of_a_colour_are_refused_as_a_target(tmp_path: Path) -> None:
    path = write_deep(tmp_path / "x.png")

    with pytest.raises(
        DataError, match=r"x\.png: 16 bits in each of 3 channels \(mode RGB\), of which only 8 would be"
    ):
        read_array(path)
    assert read_image(path).tolist() == [[[1, 2, 3]] * 2] * 2  # the upper 8


def write_deep(path: Path) -> Path:
    """A PNG of 2x2 pixels and 16 bits a channel, which Pillow reads and does not write."""
    return _write_png(path, (2, 2), 16, 2, [bytes([1, 77, 2, 77, 3, 77]) * 2] * 2)


def write_few_bits(path: Path, ids: np.ndarray, bits: int) -> Path:
    """A grey PNG of 2 or 4 bits a pixel, of a whole number of bytes a row."""
    height, width = ids.shape
    digits = ids.reshape(height, -1, 8 // bits).astype(np.uint8)
    packed = sum(digits[..., n] << (8 - bits * (n + 1)) for n in range(8 // bits))
    return _write_png(path, (width, height), bits, 0, [row.tobytes() for row in np.asarray(packed, np.uint8)])


def _write_png(path: Path, size: tuple[int, int], bits: int, colour: int, rows: list[bytes]) -> Path:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))),
        (b"IEND", b""),
    ]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))
    return path


def write_grey_tiff(path: Path, ids: np.ndarray, bits: int, *, white: int, compressed: bool) -> Path:
    """A TIFF of one strip, whose lines fill whole bytes; white 0 where 0 is white (PhotometricInterpretation)."""
    text = "".join(f"{value:0{bits}b}" for value in ids.flat)
    data = bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))
    data, method = (zlib.compress(data), 8) if compressed else (data, 1)
    height, width = ids.shape
    start = 8 + 2 + 9 * 12 + 4
    tags = {
        256: width,
        257: height,
        258: bits,
        259: method,
        262: white,
        273: start,
        277: 1,
        278: height,
        279: len(data),
    }
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    path.write_bytes(b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0) + data)
    return path


@pytest.mark.parametrize("bits", [2, 4])
def test_grey_of_few_bits_is_read_as_it_is_stored_and_shown_as_viewers_do(tmp_path: Path, bits: int) -> None:
    ids = np.random.default_rng(0).integers(0, 2**bits, (3, 8))
    path = write_few_bits(tmp_path / "x.png", ids, bits)

    assert np.array_equal(read_array(path), ids)
    assert read_array(path).dtype == np.uint8
    assert np.array_equal(read_image(path)[..., 0], ids * (255 // (2**bits - 1)))
    head = read_head(path)
    assert head is not None
    assert head.grey == Grey(bits)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
def test_where_0_is_white_ids_are_those_that_are_stored(
    tmp_path: Path, bits: int, inverted: bool, compressed: bool
) -> None:
    ids = np.random.default_rng(bits).integers(0, 2**bits, (3, 16))
    path = write_grey_tiff(tmp_path / "x.tif", ids, bits, white=int(not inverted), compressed=compressed)

    assert np.array_equal(read_array(path).astype(int), ids)
    head = read_head(path)
    assert head is not None
    assert head.grey == Grey(bits if bits in (2, 4) else 8, inverted)
    shown = read_image(path)[..., 0] // (255 // (2**bits - 1))  # as a viewer does
    assert np.array_equal(shown, 2**bits - 1 - ids if inverted else ids)


def test_what_pillow_takes_for_an_attack_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(PICTURE).save(tmp_path / "x.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(Image.DecompressionBombError):
        Image.open(tmp_path / "x.png")

    assert np.array_equal(read_image(tmp_path / "x.png"), PICTURE)
    assert Image.MAX_IMAGE_PIXELS == 100


def test_what_does_not_fit_in_memory_is_told_with_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opening.refuse_large(Path("x.png"), (14000, 13000), 3, 4 * 2**30)
    opening.refuse_large(Path("x.png"), (14000, 13000), 3, None)
    with pytest.raises(DataError) as caught:
        opening.refuse_large(Path("x.png"), (14000, 13000), 3, 2**30)
    assert str(caught.value) == (
        "x.png: image of 14000x13000 = 182 megapixels (width x height) is too large: reading it takes about 2.0 GiB, "
        "1.0 GiB are free; make it smaller, or cut it into tiles"
    )
    monkeypatch.setattr(opening, "LARGE", 0)
    monkeypatch.setattr(opening, "measure_free_memory", lambda: 1000)
    Image.fromarray(PICTURE).save(tmp_path / "x.png")
    with pytest.raises(DataError, match="is too large"):
        read_image(tmp_path / "x.png")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_plain_scans_of_one_channel_keep_their_pixels(tmp_path: Path, orientation: int, kind: type) -> None:
    note = Image.Exif()
    note[0x0112] = orientation
    grey = PICTURE[..., 0].astype(kind)
    Image.fromarray(grey).save(tmp_path / "x.tif", exif=note)  # not compressed, which Pillow maps into memory

    assert np.array_equal(read_array(tmp_path / "x.tif"), grey)
    if kind is np.uint8:
        assert np.array_equal(read_image(tmp_path / "x.tif")[..., 0], UPRIGHT[orientation][..., 0])
