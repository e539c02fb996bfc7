"""The embedded data set: what it draws, and the cache that keeps it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spaces.errors import ConfigError, DataError
from trainers.data import scenes
from trainers.data.scenes import Scenes

ROOT = Path(__file__).resolve().parents[3]


def small(folder: Path, **fields: Any) -> Scenes:
    return Scenes(**{"images": 5, "val_images": 2, "test_images": 2, "image_size": 16, "cache": str(folder), **fields})


def test_equal_seeds_draw_equal_arrays_and_others_do_not() -> None:
    counts = {"train": 2, "val": 1}

    first, again, other = (scenes.draw_scenes(counts, 16, seed) for seed in (0, 0, 1))

    assert all(np.array_equal(array, again[name]) for name, array in first.items())
    assert not np.array_equal(first["train.images"], other["train.images"])
    assert not np.array_equal(first["train.images"][:1], first["val.images"])


def test_a_larger_split_begins_with_the_smaller_one() -> None:
    few, many = scenes.draw_scenes({"train": 2, "val": 3}, 16, 0), scenes.draw_scenes({"train": 4, "val": 1}, 16, 0)

    assert np.array_equal(many["train.images"][:2], few["train.images"])
    assert np.array_equal(few["val.images"][:1], many["val.images"])


def test_the_defaults_are_those_of_the_issue() -> None:
    data = Scenes()

    assert (data.images, data.val_images, data.test_images, data.size, data.seed) == (512, 128, 256, (64, 64), 0)
    assert [task.name for task in data.selected] == ["segmentation", "depth", "normals"]
    assert list(data.available)[:5] == ["segmentation", "depth", "normals", "edges", "autoencoder"]


def test_a_task_a_class_says_where_the_segmentation_has_it(tmp_path: Path) -> None:
    data = small(tmp_path, tasks=("segmentation", *scenes.CLASSES))
    targets = data.load("train").targets
    for number, name in enumerate(scenes.CLASSES):
        assert targets[name].shape == (5, 1, 16, 16)
        assert np.array_equal(targets[name][:, 0] == 1, targets["segmentation"] == number)
    assert sum(targets[name] for name in scenes.CLASSES).min() == 1
    alone = small(tmp_path, tasks=("wall", "depth")).load("train").targets
    assert np.array_equal(alone["wall"], targets["wall"])
    assert small(tmp_path, tasks=("wall", "depth")).fingerprint == data.fingerprint


def test_it_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = small(tmp_path)
    first = data.load("train")
    monkeypatch.setattr(scenes, "draw_scenes", None)

    again = data.load("train")

    assert np.array_equal(first.images, again.images)
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix != ".lock"] == [".npz"]


def test_a_damaged_cache_is_drawn_again(tmp_path: Path) -> None:
    data = small(tmp_path)
    first = data.load("train")
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(path.read_bytes()[:-1000])

    assert np.array_equal(first.images, data.load("train").images)


def test_every_field_that_decides_the_arrays_has_a_cache_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small(tmp_path)
    others = [
        replace(data, **{name: getattr(data, name) + 1})
        for name in ("images", "val_images", "test_images", "image_size", "seed")
    ]
    names = {one.fingerprint for one in (data, *others)}
    monkeypatch.setattr(scenes, "VERSION", scenes.VERSION + 1)
    names.add(replace(data).fingerprint)

    assert len(names) == 7
    for one in (data, others[0]):
        one.load("train")
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_two_processes_at_once_draw_it_once(tmp_path: Path) -> None:
    script = f"""
import sys
from trainers.data import scenes
draw = scenes.draw_scenes
def told(*given):
    print("drawn", flush=True)
    return draw(*given)
scenes.draw_scenes = told
data = scenes.Scenes(images=150, val_images=1, test_images=1, image_size=16, cache={str(tmp_path)!r})
print("ready", flush=True)
sys.stdin.readline()
print(data.load("train").images.sum())
"""
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT)},
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = []
    for process in both:  # both are told to go before either is waited for
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        said.append(process.communicate(timeout=60)[0].split())
        assert process.returncode == 0

    assert said[0][-1] == said[1][-1]
    assert sum(words.count("drawn") for words in said) == 1
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix != ".lock"] == [".npz"]


def test_a_cache_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    data = small(tmp_path / "file" / "cache")

    with pytest.raises(DataError, match=r"data\.cache=.*/file is no folder that can be written to; give data\.cache="):
        data.check()
    with pytest.raises(DataError, match=r"data\.cache=.*Not a directory.*; give data\.cache=DIR, a folder that can"):
        data.load("train")


def test_checking_draws_and_makes_nothing(tmp_path: Path) -> None:
    small(tmp_path / "not" / "yet").check()

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"images": 1}, "data.images=1: want a whole number >= 2"),
        ({"val_images": "many"}, "data.val_images=many: want a whole number >= 1"),
        ({"test_images": None}, "data.test_images=None: want a whole number >= 1"),
        ({"image_size": 8}, "data.image_size=8: want a whole number from 16 to 1024"),
        ({"image_size": 64.5}, "data.image_size=64.5: want a whole number from 16 to 1024"),
        ({"seed": -1}, "data.seed=-1: want a whole number >= 0"),
        ({"cache": ""}, "data.cache=: want a text that is not empty"),
    ],
)
def test_values_out_of_range_are_refused(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Scenes(**given)

    assert str(caught.value) == expected


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Scenes(images=0, seed=-1, tasks="depth")

    assert len(caught.value.problems) == 3
