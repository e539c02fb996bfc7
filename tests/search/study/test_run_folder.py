"""A run folder belongs to one configuration and to one driver at a time, and refusals cost nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from search.components.components import describe_component
from search.config.composition import Settings, compose
from search.jobs.job import TRAINING_VERSION
from search.study.run_folder import RunFolder, open_folder
from spaces.common.machine_faults import COPY
from spaces.errors import ConfigError
from tests.pictures import arguments, write_pictures


def settings(*arguments: str) -> Settings:
    return compose(["run.name=mine", *arguments])


def refusal(*arguments: str) -> str:
    """Why the folder of a search cannot be opened, after a look that nothing in it was lost."""
    wanted = settings(*arguments)
    before = contents(wanted.run.folder)
    with pytest.raises(ConfigError) as caught, open_folder(wanted):
        pass
    after = contents(wanted.run.folder)
    assert {name: after.get(name) for name in before} == before
    return str(caught.value)


def begin(*arguments: str) -> RunFolder:
    """A folder in which a search has left its journal."""
    with open_folder(settings(*arguments)) as folder:
        folder.journal.write_text("asked")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes by path; the owner's signature may come and go."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".owner.json"]
    return {str(path): path.read_bytes() for path in files}


def test_a_new_folder_holds_its_configuration_and_an_id() -> None:
    with open_folder(settings()) as folder:
        assert folder.path == Path("runs/mine")
        assert not folder.resumed
        assert folder.trials.is_dir()
        assert folder.journal.parent == folder.path
        written = yaml.safe_load(folder.config.read_text())

    assert len(folder.search_id) == 32
    assert written == {
        "search_id": folder.search_id,
        "begun": folder.begun,
        "training_version": TRAINING_VERSION,
        "data_content": settings().data.fingerprint,
        "tasks": [describe_component(task) for task in settings().data.selected],
        "epochs": {"supernet": settings().split.supernet, "trial": settings().split.trial},
        **settings().plain,
    }
    assert not (folder.path / ".owner.json").exists()


def test_a_folder_that_does_not_say_its_tasks_is_resumed_and_completed() -> None:
    """Its data say which they are, so nothing can be mixed up."""
    first = begin()
    kept = yaml.safe_load(first.config.read_text())
    first.config.write_text(yaml.safe_dump({name: kept[name] for name in kept if name != "tasks"}))

    assert begin().search_id == first.search_id
    assert yaml.safe_load(first.config.read_text()) == kept


def test_a_run_knows_when_it_began_unless_an_earlier_version_began_it() -> None:
    before = int(time.time())
    first = begin()
    assert before <= first.begun <= time.time()
    kept = yaml.safe_load(first.config.read_text())
    first.config.write_text(yaml.safe_dump({**kept, "begun": 5}))
    assert begin("trials=9").begun == 5
    first.config.write_text(yaml.safe_dump({name: kept[name] for name in kept if name != "begun"}))
    assert begin().begun == begin().begun == 0


def test_the_id_stays_and_is_unique() -> None:
    first = begin()
    again = begin()
    other = begin("run.name=other")

    assert again.resumed
    assert again.search_id == first.search_id != other.search_id


@pytest.mark.parametrize(
    "change",
    ["trials=99", "runner=inline", "tracking=none", "runner.cpus_per_trial=2", "data.cache=elsewhere"],
)
def test_what_does_not_touch_results_may_change(change: str) -> None:
    first = begin()
    with open_folder(settings(change)) as folder:
        assert folder.search_id == first.search_id
        assert settings(change).plain.items() <= yaml.safe_load(folder.config.read_text()).items()


def test_how_data_are_loaded_may_change(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "data", images=4)
    found = []
    for memory_gb in (4.0, 0.0):
        with open_folder(compose(arguments(tmp_path, root, memory_gb, "run.name=mine"))) as folder:
            folder.journal.write_text("asked")
            found.append(folder.search_id)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("trainer.epochs=4", "trainer.epochs: 8 -> 4"),
        ("trainer.augment=[]", "trainer.augment: "),
        ("run.seed=1", "run.seed: 0 -> 1"),
        ("limits.macs=1e6", "limits.macs: null -> 1000000.0"),
        ("baselines.seeds=1", "baselines.seeds: 3 -> 1"),
        ("objectives=[worst_delta,macs]", "objectives: ['delta_mtl', 'macs'] -> ['worst_delta', 'macs']"),
        ("network.decoder_width=16", "network.decoder_width: 8 -> 16"),
        ("sampler=random", "sampler: sampler/oneshot -> sampler/random"),
        ("data.seed=5", "data.seed: "),
    ],
)
def test_another_configuration_is_refused(change: str, told: str) -> None:
    begin()

    message = refusal(change)

    assert told in message
    assert "run.name=NAME" in message
    assert "Give the values it was started with" in message


def test_a_trial_alone_is_enough_to_be_refused() -> None:
    with open_folder(settings()) as folder:
        (folder.trials / "0000.json").write_text("{}")

    assert "run.seed: 0 -> 1" in refusal("run.seed=1")


def test_what_was_never_begun_may_be_mended() -> None:
    """A limit that no pattern meets is found after the folder is opened; mending it must not need another name."""
    with open_folder(settings("limits.macs=10")) as first:
        pass
    with open_folder(settings("limits.macs=1e9")) as second:
        assert yaml.safe_load(second.config.read_text())["limits"]["macs"] == 1e9

    assert not second.resumed
    assert second.search_id != first.search_id


def test_other_data_in_the_same_place_are_refused(tmp_path: Path) -> None:
    def search(seed: int) -> Settings:
        for split in ("train", "val", "test"):
            rng = np.random.default_rng(seed)
            image = rng.integers(0, 255, (2, 16, 16, 3), np.uint8)
            depth, near = rng.random((2, 2, 16, 16), np.float32) + 1
            np.savez(f"{split}.npz", image=image, depth=depth, near=near)
        Path("spec.yaml").write_text("tasks: {depth: {kind: depth}, near: {kind: depth}}")
        return settings("data=npz", "data.root=.", "data.spec=./spec.yaml")

    with open_folder(search(seed=0)) as folder:
        folder.journal.write_text("asked")
    with open_folder(search(seed=0)):
        pass
    with pytest.raises(ConfigError, match=r"data_content: [0-9a-f]+ -> [0-9a-f]+"), open_folder(search(seed=1)):
        pass


def test_a_folder_of_something_else_is_refused() -> None:
    Path("runs/mine").mkdir(parents=True)
    Path("runs/mine/thesis.tex").write_text("years of work")

    message = refusal()

    assert "holds thesis.tex but no config.yaml" in message
    assert sorted(os.listdir("runs/mine")) == ["thesis.tex"]


def test_a_file_in_the_place_of_the_folder_is_refused() -> None:
    Path("runs").mkdir()
    Path("runs/mine").write_text("a file")

    assert "is a file" in refusal()


@pytest.mark.parametrize("text", ["{", "", "trials: 3\n", "\x00"])
def test_a_damaged_configuration_is_refused(text: str) -> None:
    with open_folder(settings()) as folder:
        pass
    folder.config.write_text(text)

    assert "is no configuration of a run" in refusal()


def test_what_a_kill_leaves_before_the_configuration_is_whole_is_taken_up() -> None:
    Path("runs/mine").mkdir(parents=True)
    for name in (".lock", ".owner.json", ".config.yaml.0123abcd.tmp"):
        Path("runs/mine", name).write_text("half")

    with open_folder(settings()) as folder:
        assert folder.config.exists()


@pytest.mark.parametrize("place", ["file/runs", "/proc/no-such-place"])
def test_a_place_that_cannot_be_written_is_refused(place: str) -> None:
    Path("file").write_text("")

    message = refusal(f"run.folder={place}")

    assert "cannot be written" in message
    assert "run.folder=DIR" in message


def test_a_command_on_a_run_that_is_there_is_told_what_it_can_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    chosen = settings(f"run.folder={tmp_path / 'file'}")
    place = tmp_path / "file" / chosen.run.name
    with pytest.raises(ConfigError) as caught, open_folder(chosen, elsewhere=COPY):
        pass
    assert str(caught.value) == (
        f"run folder {place} cannot be written (Not a directory); move away what lies there, or {COPY}"
    )


def test_a_second_driver_is_refused_until_the_first_is_gone() -> None:
    code = (
        "import sys; from search.config.composition import compose; from search.study.run_folder import open_folder\n"
        "with open_folder(compose(['run.name=mine'])):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with first:
        assert first.stdout is not None and first.stdout.readline() == "held\n"
        message = refusal()
        os.kill(first.pid, signal.SIGKILL)

    assert f"is in use by process {first.pid} on host {socket.gethostname()}" in message
    assert "run.name=NAME" in message
    with open_folder(settings()) as folder:
        assert folder.config.exists()


def test_the_lock_is_given_back_after_a_failure() -> None:
    with pytest.raises(RuntimeError, match="boom"), open_folder(settings()):
        raise RuntimeError("boom")

    with open_folder(settings()) as folder:
        assert folder.config.exists()
