"""Photos of any size and orientation."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.deploy.photos import list_photos, read_photo
from spaces.errors import ConfigError, DataError


def save(path: Path, pixels: np.ndarray, orientation: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(path, exif=exif)
    return path


def test_files_folders_and_globs_give_each_picture_once() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    one, two, three = (save(Path("shots", name), pixels) for name in ("b.png", "a.JPG", "c.webp"))
    Path("shots", "notes.txt").write_text("no picture")
    save(Path("shots", ".hidden.png"), pixels)
    assert list_photos([str(one), "shots", "shots/*.JPG"]) == [one, two, three]
    assert list_photos(["shots/*.JPG"]) == [two]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none.png", "none.png is no file, and no file fits it; want image files, folders"),
        ("shots/*.gif", r"shots/\*.gif is no file, and no file fits it"),
        ("empty", "empty holds no pictures; want image files"),
    ],
)
def test_names_of_nothing_are_refused(name: str, told: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(ConfigError, match=told):
        list_photos([name])


def test_a_photo_is_turned_and_brought_to_size() -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :30] = 200  # bright on the left as stored, above as it is shown
    turned = read_photo(save(Path("turned.png"), pixels, orientation=6), (8, 8)).pixels
    assert turned.shape == (8, 8, 3)
    assert turned[0].min() == 200
    assert turned[-1].max() == 0


@pytest.mark.parametrize("name", ["icon.ico", "phone.HEIC", "plain"])
def test_photos_that_no_training_could_have_read_are_named(name: str) -> None:
    save(Path("shots", "a.png"), np.zeros((16, 16, 3), np.uint8))
    other = Path("shots", name)
    Image.new("RGB", (16, 16)).save(other, format="ICO")
    assert list_photos(["shots"]) == [Path("shots", "a.png"), *([other] if other.suffix else [])]
    ending = other.suffix or "nothing"
    with pytest.raises(DataError, match=rf"{name} ends in {ending}, and photos in \.png, .* are read; leave it out"):
        read_photo(other, (8, 8))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK"])
def test_other_colours_become_rgb(mode: str) -> None:
    path = Path(f"photo.{'tif' if mode == 'CMYK' else 'png'}")
    Image.new(mode, (9, 5)).save(path)
    assert read_photo(path, (5, 9)).pixels.shape == (5, 9, 3)


def test_what_is_no_picture_or_a_damaged_one_is_named() -> None:
    Path("notes.png").write_text("words")
    with pytest.raises(DataError, match=r"notes.png is no picture of a known format; leave it out, or save it as PNG"):
        read_photo(Path("notes.png"), (4, 4))
    whole = save(Path("half.png"), np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).read_bytes()
    Path("half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(
        DataError, match=r"half.png: cannot be read \(.*\); it is damaged or of another kind: copy the file again"
    ):
        read_photo(Path("half.png"), (4, 4))


@pytest.mark.parametrize(
    ("name", "told"), [("moving.gif", "holds 3 frames, as animations do, and"), ("scan.tif", "holds 3 pages, and")]
)
def test_several_pictures_in_a_file_are_told_with_what_to_do(name: str, told: str) -> None:
    pictures = [Image.new("L", (9, 5), 80 * shade) for shade in range(3)]
    pictures[0].save(name, save_all=True, append_images=pictures[1:])
    with pytest.raises(DataError, match=rf"{name} {told} a photo is one picture; save those that you want as files"):
        read_photo(Path(name), (5, 9))


def test_a_link_to_nothing_is_listed_and_named_when_it_is_read() -> None:
    save(Path("shots/a.png"), np.zeros((4, 4, 3), np.uint8))
    Path("shots/b.png").symlink_to("gone.png")
    for given in ("shots", "shots/*.png"):
        assert list_photos([given]) == [Path("shots/a.png"), Path("shots/b.png")]
    assert list_photos(["shots/b.png"]) == [Path("shots/b.png")]
    with pytest.raises(DataError, match=r"shots/b.png is a link to gone.png, which is not there; mend or remove it"):
        read_photo(Path("shots/b.png"), (4, 4))


@pytest.mark.parametrize(("mode", "name"), [("I;16", "deep.png"), ("F", "float.tif")])
def test_more_than_eight_bits_are_refused_as_in_training(mode: str, name: str) -> None:
    Image.new(mode, (9, 5)).save(name)
    with pytest.raises(DataError, match=rf"{name}: an image of more than 8 bits a channel \(mode .*\); want 8-bit RGB"):
        read_photo(Path(name), (5, 9))


def test_a_pipe_is_no_picture_and_is_not_waited_for() -> None:
    os.mkfifo("pipe.png")
    assert list_photos(["pipe.png"]) == [Path("pipe.png")]
    with pytest.raises(DataError, match=r"pipe\.png is no file with a picture; leave it out"):
        read_photo(Path("pipe.png"), (4, 4))
