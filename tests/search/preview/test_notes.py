"""What is told of data that are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from search.preview.data_summary import summarise_split
from search.preview.notes import list_notes
from trainers.data.folder import Folder
from trainers.data.rooms.drawing import draw_scenes
from trainers.data.scenes import Scenes


def test_axes_are_told_of_files_whether_samples_were_read_or_not(tmp_path: Path) -> None:
    rooms = draw_scenes({"train": 8}, 32, 0)
    for name, swapped in (("image", "train.images"), ("depth", "train.depth"), ("normals", "train.normals")):
        (tmp_path / name).mkdir()
        for index, array in enumerate(rooms[swapped]):
            array = array[..., ::-1] if name == "normals" else array
            np.save(tmp_path / name / f"{index}.npy", array)
    (tmp_path / "spec.yaml").write_text(
        "image: 'image/{id}.npy'\nheld_out: 0.2\ntasks:\n  depth: {kind: depth, files: 'depth/{id}.npy'}\n"
        "  normals: {kind: normals, files: 'normals/{id}.npy'}\n"
    )
    data = Folder(root=str(tmp_path), spec=str(tmp_path / "spec.yaml"))
    data.check()

    told = list_notes(data)

    assert sum("say axes: [" in note for note in told) == 1
    assert told == list_notes(data, summarise_split(data, "train"))


def test_drawn_data_has_nothing_to_tell() -> None:
    assert list_notes(Scenes(images=4)) == []
