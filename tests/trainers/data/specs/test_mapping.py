"""Stored ids become classes, and bounds are those of what is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spaces.errors import DataError
from trainers.data.specs.folder_spec import read_folder_spec
from trainers.data.specs.mapping import Reading, map_ids, moves_bounds, parse_map, read_stored
from trainers.tasks.segmentation import Segmentation


def test_ids_are_mapped_and_those_without_a_class_refused(tmp_path: Path) -> None:
    task = "{kind: segmentation, classes: 3, files: '{id}.png', map: {7: 0, 8: 2}, invalid: 255}"
    text = f"image: '{{id}}.png'\ntasks: {{p: {task}}}"
    (tmp_path / "spec.yaml").write_text(text)
    spec = read_folder_spec(tmp_path / "spec.yaml")
    files, parts = spec.files["p"], spec.tasks["p"]

    for kind in (np.uint8, np.int64, np.float32):
        assert map_ids(np.array([[7, 8, 255]], kind), files, parts, "x").tolist() == [[0, 2, 255]]
    with pytest.raises(DataError, match=r"x: id 3, 9 has no class in map \(ids 7\.\.8\); add it to map"):
        map_ids(np.array([[7, 3, 9]], np.uint8), files, parts, "x")


@pytest.mark.parametrize(
    ("table", "valid", "want", "moved"),
    [
        ("{0: 0, 7: 1, 24: 2}", "[0, 30]", [0, 1, 2, -1, -1], False),  # 200 needs no class
        ("{0: 0, 7: 1, 24: 2}", "[1, 30]", [-1, 1, 2, -1, -1], False),  # class 0 is beyond, too
        ("{0: 0, 7: 1, 24: 2}", "[7, 30]", [-1, 1, 2, -1, -1], True),
        ("{0: -1, 7: 1, 24: 2}", "[7, 30]", [-1, 1, 2, -1, -1], True),
        ("{0: 0, 7: 1, 24: 2, 200: 0, 255: -1}", "[0, 254]", [0, 1, 2, 0, -1], False),
        ("{7: 0, 24: 1}", "[300, 400]", [-1] * 5, False),
    ],
)
def test_bounds_are_those_of_what_is_stored(
    tmp_path: Path, table: str, valid: str, want: list[int], moved: bool
) -> None:
    task = f"{{kind: segmentation, classes: 3, files: '{{id}}.png', map: {table}, valid: {valid}}}"
    (tmp_path / "spec.yaml").write_text(f"image: '{{id}}.png'\ntasks: {{p: {task}}}")
    spec = read_folder_spec(tmp_path / "spec.yaml")
    files, parts = spec.files["p"], spec.tasks["p"]

    for kind in (np.uint8, np.int32, np.float32):
        assert read_stored(np.array([[0, 7, 24, 200, 255]], kind), files, parts, "x").tolist() == [want]
    assert read_stored(np.array([np.nan, 7]), files, parts, "x").tolist() == [-1, want[1]]
    assert moves_bounds(files, parts) == moved


def test_a_fraction_is_no_id_that_a_map_could_have() -> None:
    with pytest.raises(DataError, match=r"x: class ids are not whole numbers, such as 0.5; want whole class ids"):
        map_ids(np.array([0.0, 0.5, 1.0]), Reading(((0, 0), (1, 1))), Segmentation("s", classes=2), "x")
    assert parse_map("tasks.s", {0: "a"}, problems := []) == ()
    assert problems == ["tasks.s.map={0: 'a'}: want the class of every stored id, a list from id 0 or a mapping"]
