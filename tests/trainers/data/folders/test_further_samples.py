from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.data.folders.drawn import draw
from trainers.data.folders import further_samples
from trainers.data.folders.further_samples import look_for_any, look_for_second
from trainers.data.folders.samples import FolderSamples
from trainers.tasks import Task

SALIENT = 'parts: {kind: saliency, files: "{split}/label/{id}.png", invalid: 255}'


def salient(root: Path, counts: dict[int, int], *, distinct: bool = False) -> tuple[FolderSamples, Task]:
    """Thirty masks, of which some have so many salient pixels, and others an unlabelled one somewhere if distinct."""

    def write(path: Path, ids: np.ndarray, number: int) -> None:
        mask = np.zeros((8, 12), np.uint8)
        mask.flat[: counts.get(number, 0)] = 1
        mask.flat[-1 - number] = 255 if distinct else mask.flat[-1 - number]
        Image.fromarray(mask).save(path)

    data = draw(root, write, SALIENT, count=30)
    return data.samples("train"), data.selected[0]


def test_others_with_something_make_a_task_right(tmp_path: Path) -> None:
    samples, task = salient(tmp_path, {17: 3})

    assert look_for_any(samples, [0, 29], task, "nothing", training=True) == []


def test_files_of_the_same_bytes_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples, task = salient(tmp_path, {})
    read = []
    stored = FolderSamples.stored
    monkeypatch.setattr(FolderSamples, "stored", lambda *given: read.append(given[1]) or stored(*given))

    assert look_for_any(samples, [0], task, "nothing", training=True) == ["nothing (so are all 30 looked at)"]
    assert read == []


def test_no_more_than_many_are_read_where_the_rest_is_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples, task = salient(tmp_path, {}, distinct=True)
    monkeypatch.setattr(further_samples, "FURTHER", 3)

    (problem,) = look_for_any(samples, [0], task, "nothing", training=False)

    assert problem.startswith("nothing (so are more than 3 looked at); a split without any tells nothing")


def test_a_file_that_is_wrong_is_told(tmp_path: Path) -> None:
    samples, task = salient(tmp_path, {})
    Image.fromarray(np.full((8, 12), 7, np.uint8)).save(tmp_path / "train" / "label" / "20.png")

    (problem,) = look_for_any(samples, [0], task, "nothing", training=True)

    assert "label/20.png of task 'parts': value 7 where 0 (not salient) and 1 (salient) are allowed" in problem


def test_a_second_class_is_found(tmp_path: Path) -> None:
    parts = 'parts: {kind: segmentation, files: "{split}/label/{id}.png", classes: 2}'
    data = draw(tmp_path, lambda p, ids, n: Image.fromarray(ids * 0 + np.uint8(n == 9)).save(p), parts, count=12)
    samples, task = data.samples("train"), data.selected[0]

    assert look_for_second(samples, [0], task, {0}) == []
    (problem,) = look_for_second(samples, range(12), task, {0})
    assert "label/0.png of task 'parts': pixels of one class alone, 0, in this file and all 12 looked at" in problem


def test_no_more_bytes_are_read_than_a_minute_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples, task = salient(tmp_path, {})
    size = samples.target_path(0, task).stat().st_size
    monkeypatch.setattr(further_samples, "BYTES", 5 * size)

    assert look_for_any(samples, [0], task, "nothing", training=True) == ["nothing (so are 6 of 30 looked at)"]
