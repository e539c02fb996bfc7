"""What every data set promises; a YAML of search/conf/data without an example here fails the first test."""

from __future__ import annotations

import copy
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from search.components.components import describe_component
from search.components.groups import Groups
from search.config.composition import compose, from_plain
from spaces.errors import ConfigError, DataError
from tests.tiny import write_tiny
from tests.trainers.data.labelled import write_celeba, write_fashion
from tests.trainers.data.masks import write_masks
from tests.trainers.data.published import PUBLISHED
from trainers.data.celeba import CelebA
from trainers.data.dataset import DataSet, Dated, Sampled
from trainers.data.folder import Folder
from trainers.data.multidigits import MultiDigits
from trainers.data.multifashion import MultiFashion
from trainers.data.npz import Npz
from trainers.data.scenes import Scenes
from trainers.data.splits.arrays import SPLITS
from trainers.tasks import KINDS, Task, make_task

ROOT = Path(__file__).resolve().parents[2]
KITCHEN = ROOT.parent / "shared" / "data" / "redkitchen_rgbd5"


def _scenes(folder: Path) -> Scenes:
    return Scenes(images=6, val_images=3, test_images=4, image_size=16, cache=str(folder / "cache"))


def _npz(folder: Path) -> Npz:
    write_tiny(folder / "tiny", images=4)
    return Npz(root=str(folder / "tiny"), spec=str(folder / "tiny" / "spec.yaml"))


def _kitchen(folder: Path) -> Npz:
    if not KITCHEN.is_dir():
        pytest.skip(f"no folder shared/data/{KITCHEN.name} beside the checkout")
    (folder / "kitchen").mkdir()
    for split in SPLITS:
        np.savez(folder / "kitchen" / f"{split}.npz", **_frames(split))
    return Npz(root=str(folder / "kitchen"), spec="redkitchen")


@cache
def _frames(split: str) -> dict[str, np.ndarray]:
    """A few frames of the kitchen; the whole of it is looked at in tests/trainers/data."""
    with np.load(KITCHEN / f"{split}.npz") as archive:
        return {name: archive[name][:5] for name in archive.files}


def _multidigits(folder: Path) -> MultiDigits:
    return MultiDigits(images=6, val_images=3, test_images=4)


def _multifashion(folder: Path) -> MultiFashion:
    root = write_fashion(folder / "fashion")
    return MultiFashion(root=str(root), images=6, val_images=3, test_images=4, image_size=40)


def _celeba(folder: Path) -> CelebA:
    return CelebA(root=str(write_celeba(folder / "celeba")), image_size=16)


def _published(name: str) -> Callable[[Path], Any]:
    return lambda folder: PUBLISHED[name](folder / name)


EXAMPLES: dict[str, Callable[[Path], Any]] = {
    **{"scenes": _scenes, "npz": _npz, "redkitchen": _kitchen},
    "folder": lambda folder: write_masks(folder / "masks"),
    **{name: _published(name) for name in PUBLISHED},
    **{"multidigits": _multidigits, "multifashion": _multifashion, "celeba": _celeba},
}
NEEDED = {"npz": ["data.root=nowhere", "data.spec=nothing.yaml"]} | {
    name: ["data.root=nowhere"] for name in ("redkitchen", "multifashion", "celeba")
}
TWO_TASKS = {"multidigits": ["right", "left"], "multifashion": ["right", "left"], "celeba": ["nose", "eyes"]}
PLACES = {Scenes: "cache", MultiDigits: None}  # field of the folder; else it is root


@pytest.fixture(params=EXAMPLES)
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return EXAMPLES[request.param](tmp_path)


def test_every_data_set_has_an_example() -> None:
    assert set(EXAMPLES) == set(Groups().choices("data"))


def test_it_has_a_name_tasks_and_a_size(data: Any) -> None:
    names = [task.name for task in data.selected]

    assert isinstance(data.name, str) and data.name
    assert isinstance(data.selected, tuple) and all(isinstance(task, Task) for task in data.selected)
    assert len(set(names)) == len(names) >= 2
    assert any(task.main for task in data.selected)
    height, width = data.size
    assert isinstance(height, int) and isinstance(width, int) and height > 0 and width > 0


def test_it_keeps_the_contract(data: Any) -> None:
    wanted = [name for name in vars(DataSet) if not name.startswith("_")]
    assert wanted == ["name", "selected", "size", "fingerprint", "check", "load"]
    assert all(hasattr(type(data), name) for name in wanted)
    assert isinstance(data, Sampled) == isinstance(data, (CelebA, Folder))
    assert isinstance(data, Dated) == isinstance(data, Folder)


def test_it_passes_its_own_check(data: Any) -> None:
    assert data.check() is None


def test_a_split_is_images_and_canonical_targets(data: Any) -> None:
    everything = replace(data, tasks=tuple(data.available))
    for split in SPLITS:
        arrays = everything.load(split)
        count = len(arrays)
        assert arrays.images.dtype == np.uint8
        assert arrays.images.shape == (count, *data.size, 3)
        assert count > 0
        assert list(arrays.targets) == [t.name for t in everything.selected if not t.target_from_image]
        assert arrays.images.std() > 5
        for task in everything.selected:
            if task.target_from_image:
                continue
            target = torch.from_numpy(arrays.targets[task.name])  # writable, or torch warns
            assert target.shape[0] == count
            pixels = data.size if task.dense else ()
            assert target.shape[1:] == pixels or target.shape[2:] == pixels
            guess = task.trivial(target).expand(count, -1, *pixels)
            assert guess.shape[1] == task.channels
            assert task.loss(guess, target).isfinite()
            assert all(np.isfinite(value) for value in task.metrics(task.statistics(guess, target)).values())


def test_no_image_is_in_two_splits(data: Any) -> None:
    seen = {split: {image.tobytes() for image in data.load(split).images} for split in SPLITS}

    assert len(set().union(*seen.values())) == sum(map(len, seen.values()))


def test_only_some_targets_are_given_when_asked(data: Any) -> None:
    whole = data.load("val")
    name = list(whole.targets)[-1]

    some = data.load("val", only=[name])

    assert list(some.targets) == [name]
    assert np.array_equal(some.targets[name], whole.targets[name], equal_nan=True)
    with pytest.raises(DataError, match="only: unknown task nonsense; want among "):
        data.load("val", only=["nonsense"])


def test_an_unknown_split_is_refused(data: Any) -> None:
    with pytest.raises(DataError, match="split 'dev': want one of train, val, test"):
        data.load("dev")


def test_it_cannot_be_changed_and_counts_as_equal_by_its_fields(data: Any) -> None:
    twin, other = copy.copy(data), replace(data, tasks=[task.name for task in data.selected[1::-1]])

    with pytest.raises(FrozenInstanceError):
        data.tasks = ()
    assert twin == data
    assert hash(twin) == hash(data)
    assert other != data
    assert other.selected == data.selected[1::-1]


def test_it_travels_to_a_worker_in_another_folder(data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data.check()
    before = data.load("val")
    parcel = pickle.dumps(data)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    there = pickle.loads(parcel)
    after = there.load("val")

    assert len(parcel) < 20_000  # arrays stay behind
    assert there == data
    assert np.array_equal(after.images, before.images)
    for name, target in before.targets.items():
        assert np.array_equal(after.targets[name], target, equal_nan=True)


def _place(data: Any) -> str:
    place = PLACES.get(type(data), "root")
    if place is None:
        pytest.skip("has no folder")
    data.load("val")
    return place


def test_relative_folders_are_those_of_the_process_that_made_it(
    data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _place(data)
    relative = replace(data, **{place: str(Path(getattr(data, place)).relative_to(tmp_path))})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert relative.load("val").images.shape == data.load("val").images.shape
    assert not list((tmp_path / "elsewhere").iterdir())


def test_its_fingerprint_names_the_content_and_not_the_place(data: Any, tmp_path: Path) -> None:
    place = _place(data)
    shutil.copytree(getattr(data, place), tmp_path / "copy", copy_function=shutil.copyfile)
    moved = replace(data, **{place: str(tmp_path / "copy")})
    some = replace(data, tasks=[task.name for task in data.selected[:2]])

    assert moved != data
    assert moved.fingerprint == data.fingerprint == pickle.loads(pickle.dumps(data)).fingerprint
    assert some.fingerprint == data.fingerprint  # a task's baseline is the same beside whatever others


def test_fewer_than_two_tasks_are_refused(data: Any) -> None:
    reason = (
        f"want at least 2 tasks, for one alone has nobody to share with; this data set has {', '.join(data.available)}"
    )
    for given in ([next(iter(data.available))], []):
        with pytest.raises(DataError) as caught:
            replace(data, tasks=given).check()
        assert str(caught.value) == f"data.tasks={given}: {reason}"


def test_an_unknown_task_is_refused(data: Any) -> None:
    names = ", ".join(data.available)
    name = list(data.available)[1]
    unknown = rf"data\.tasks: unknown task '{name}x', this data set has {names}; did you mean '{name}'\?"
    with pytest.raises(DataError, match=unknown):
        replace(data, tasks=[name, f"{name}x"]).check()


@pytest.mark.parametrize("tasks", ["depth", 3, ["depth", "depth"], ["depth", 1], {"depth": 1}])
def test_malformed_tasks_are_refused(data: Any, tasks: Any) -> None:
    with pytest.raises(ConfigError, match=r"data\.tasks=.*: want a list of distinct names, or null"):
        replace(data, tasks=tasks)


@pytest.mark.parametrize("choice", EXAMPLES)
def test_the_configuration_keeps_names_of_tasks(choice: str) -> None:
    tasks = TWO_TASKS.get(choice, ["depth", "edges"])
    settings = compose([f"data={choice}", *NEEDED.get(choice, []), f"data.tasks=[{','.join(tasks)}]"])

    assert settings.plain["data"]["tasks"] == tasks
    assert from_plain(settings.plain).data == settings.data
    assert describe_component(settings.data)["tasks"] == tasks


def test_all_of_it_works_without_torch(tmp_path: Path) -> None:
    """Configurations are refused within two seconds, which importing torch alone would take."""
    for name in ("scenes", "npz", "multifashion", "celeba", "folder"):
        (tmp_path / f"{name}.pickle").write_bytes(pickle.dumps(EXAMPLES[name](tmp_path)))
    script = """
import pickle, sys
for name in ("scenes", "npz", "multifashion", "celeba", "folder"):
    data = pickle.load(open(f"{name}.pickle", "rb"))
    data.check(), data.load("train"), data.fingerprint, data.size
heavy = {"torch", "ray", "mlflow", "optuna", "matplotlib", "sklearn"} & set(sys.modules)
sys.exit(f"imported: {heavy}" if heavy else 0)
"""
    environment = {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True, timeout=60)


def test_each_kind_is_in_some_shipped_data_set() -> None:
    sets = (Scenes(), Npz(spec="redkitchen"), MultiDigits(), CelebA(), Folder(spec="pascal_context"))
    shown = {task.kind for each in sets for task in each.available.values()}

    assert shown == set(KINDS)
    assert make_task("depth", {"kind": "depth"}) == Scenes().available["depth"]
