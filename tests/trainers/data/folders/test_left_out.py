"""Images that no pattern takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainers.data.folders.drawn import draw, write_grey


def test_images_of_another_suffix_are_told(tmp_path: Path) -> None:
    data = draw(tmp_path, write_grey)
    image = tmp_path / "train" / "image"
    for number in (0, 2):
        (image / f"{number}.jpg").rename(image / f"{number}.JPEG")
        (tmp_path / "train" / "label" / f"{number}.png").unlink()

    data.check()

    (note,) = data.notes()
    assert note.startswith("2 images beside those of the set, such as train/image/")
    assert note.endswith(
        'left out, for no pattern fits; say image: ["{split}/image/{id}.jpg", "{split}/image/{id}.JPEG"] to take them'
    )


@pytest.mark.parametrize("name", ["image/1.png", "image/.x.png", "image/0_copy.txt", "image/more/7.png", "other/9.png"])
def test_other_files_are_left_alone(tmp_path: Path, name: str) -> None:
    data = draw(tmp_path, write_grey)
    path = tmp_path / "train" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")

    assert data.notes() == []
