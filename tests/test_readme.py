"""The commands, files and examples of the README and of those beside it work as written, with a smaller budget."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.config.composition import compose
from tests.conftest import ROOT
from tests.end_to_end.listeners import listeners
from tests.end_to_end.searches import finish, rows_of
from tests.tiny import arguments, write_tiny

NAMES = ("README.md", "search/README.md", "spaces/README.md", "trainers/README.md", "experiments/README.md")
README, *_ = TEXTS = [(ROOT / name).read_text(encoding="utf-8") for name in NAMES]
BLOCKS = [block for text in TEXTS for block in re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)]
LINES = [line.split("  #")[0].strip() for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
COMMANDS = [line.removeprefix("python -m search.run ") for line in LINES if line.startswith("python -m search.run ")]


def find_commands(names: str) -> list[list[str]]:
    """The words of all command lines of these commands, each line once."""
    lines = [line for line in dict.fromkeys(LINES) if re.match(rf"python -m search\.({names})\b", line)]
    return [shlex.split(line.removeprefix("python -m search.")) for line in lines]


BESIDE = find_commands("plan|sweep|check|status")
AFTERWARDS = find_commands("confirm|pick|export|predict|compare|robustness")
OTHERS = find_commands("run|dry_run")  # the former are composed, the latter is run by tests/search/preview
SMALL = [
    "data.images=16",
    "data.val_images=8",
    "data.test_images=1",
    "data.image_size=16",
    "trainer.epochs=1",
    "baselines.seeds=1",
    "trials=3",
]
ALL = """
import importlib, json, sys
for command, *given in json.loads(sys.argv[1]):
    status = importlib.import_module(f"search.{command}").main(given)
    assert status == (command == "pick"), (command, given, status)
for example in json.loads(sys.argv[2]):
    exec(compile(example, "README", "exec"), {})
"""
NUMBERS = {"3": "0", "7": "2", "worst_delta>=-1": "worst_delta>=100"}  # there are three trials, and none is so good
KITCHEN = ROOT.parent / "shared" / "data" / "redkitchen_rgbd5"


def files_into(folder: Path) -> None:
    """Write the README's files, each named by the first line of its block."""
    for _language, block in BLOCKS:
        if named := re.match(r"# (\S+\.(?:py|yaml))\n", block):
            path = folder / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block)


def test_the_readme_has_commands_and_files() -> None:
    assert len(COMMANDS) >= 7
    assert len({named[1] for _, block in BLOCKS if (named := re.match(r"# (\S+\.(?:py|yaml))\n", block))}) == 6
    assert len(README.splitlines()) <= 200
    assert len(BESIDE) == 5
    assert len([*BESIDE, *AFTERWARDS, *OTHERS]) == len({line for line in LINES if line.startswith("python -m search.")})


@pytest.mark.parametrize("command", [c for c in COMMANDS if "--" not in c])
def test_every_command_composes(command: str) -> None:
    compose(shlex.split(command))


@pytest.mark.slow
def test_the_main_command_ends_with_a_front(tmp_path: Path) -> None:
    with listeners(tmp_path) as addresses:
        printed = finish([*shlex.split(COMMANDS[0]), *SMALL], tmp_path)
    assert addresses  # Ray's
    assert all(each.removeprefix("::ffff:") in ("127.0.0.1", "::1") for each in addresses), addresses
    run = tmp_path / "runs" / "fusion-scenes"
    assert "Pareto front" in printed
    assert f"mlflow ui --backend-store-uri sqlite:///{tmp_path / 'runs' / 'mlflow.db'} --host 127.0.0.1" in printed
    assert len(rows_of(run / "trials.csv")) == 3
    for name in re.findall(r"^\| `([\w./]+\.\w+)`", "".join(TEXTS[:2]), re.MULTILINE):
        assert (run / name).exists(), name
    member = next((run / "front").iterdir())
    assert {path.name for path in member.iterdir()} == {
        "pattern.svg",
        "pattern.txt",
        "pattern.json",
        "weights.pt",
        "predictions.png",
    }
    _use(tmp_path, run)


def _use(folder: Path, run: Path) -> None:
    """All that the documents do with this run afterwards, in their order."""
    pytest.importorskip("onnxruntime", reason="the extra export is not installed")
    finish(["space=gates", *SMALL, "runner=inline", "tracking=none"], folder)
    (folder / "photos").mkdir()
    Image.new("RGB", (20, 16), "red").save(folder / "photos/one.jpg")
    commands = [[NUMBERS.get(each, each) for each in words] for words in AFTERWARDS]
    examples = [block for language, block in BLOCKS if language == "python" and "load(" in block]
    # In a process of its own, for they start Ray.
    given = [sys.executable, "-c", ALL, json.dumps(commands), json.dumps(examples)]
    done = subprocess.run(given, cwd=folder, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "answers/one.depth.png").exists()
    assert (run / "confirmed.csv").exists()
    assert (run / "robustness.csv").exists()


def write_photos(folder: Path) -> Path:
    """Images as the README's photos.yaml names them."""
    rng = np.random.default_rng(0)
    for split, count in {"train": 8, "val": 4, "test": 4}.items():
        for kind in ("image", "label", "depth"):
            (folder / split / kind).mkdir(parents=True)
        for name in map(str, range(count)):
            Image.fromarray(rng.integers(0, 255, (16, 16, 3), np.uint8)).save(folder / split / "image" / f"{name}.jpg")
            Image.fromarray(rng.integers(0, 3, (16, 16), np.uint8)).save(folder / split / "label" / f"{name}.png")
            depth = rng.integers(500, 5000, (16, 16)).astype(np.uint16)
            Image.fromarray(depth).save(folder / split / "depth" / f"{name}.png")
    return folder


@pytest.mark.slow
def test_commands_before_and_beside_a_search_work_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files_into(tmp_path)
    photos, tiny = write_photos(tmp_path / "photos"), arguments(write_tiny(tmp_path / "tiny"), "trials=2")
    search = next(each for each in COMMANDS if "run.name=photos" in each).replace("=DIR", f"={photos}")
    finish([*shlex.split(search), *(each for each in tiny if not each.startswith("data"))], tmp_path)
    more = {"plan": tiny, "sweep": [*tiny, "--plan"]}  # whole sweeps: tests/search/test_sweep.py
    given = {(command, *(word.replace("=DIR", f"={photos}") for word in words)) for command, *words in BESIDE}
    for command, *words in sorted({tuple(word for word in each if word != "--plan") for each in given}):
        status = importlib.import_module(f"search.{command}").main([*words, *more.get(command, [])])
        assert status == 0, (command, words)
        told = capsys.readouterr().out
        assert TOLD[command] in told, (command, told)


TOLD = {"plan": "The search starts with", "sweep": "The sweep starts with", "check": "parts", "status": "photos"}


@pytest.mark.slow
def test_parts_of_ones_own_work_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files_into(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # as python -m has it
    (command,) = (command for command in COMMANDS if "--config-dir" in command)
    finish([*shlex.split(command), *SMALL[:-1], "runner=inline", "tracking=none"], tmp_path)
    rows = rows_of(tmp_path / "runs" / "own" / "trials.csv")
    assert len(rows) == len({row["key"] for row in rows}) == 5
    assert all(row["status"] == "complete" for row in rows)


def test_the_specifications_shown_are_read(tmp_path: Path) -> None:
    from trainers.data.specs.folder_spec import read_folder_spec
    from trainers.data.specs.spec import read_spec

    files_into(tmp_path)
    assert list(read_spec(tmp_path / "my.yaml").tasks) == ["parts", "depth", "normals", "edges"]
    assert list(read_folder_spec(tmp_path / "photos.yaml").tasks) == ["parts", "depth"]


@pytest.mark.slow
@pytest.mark.skipif(not KITCHEN.is_dir(), reason="the real frames are not beside this checkout")
def test_the_command_for_real_frames(tmp_path: Path) -> None:
    (command,) = (command for command in COMMANDS if "redkitchen" in command)
    given = command.replace("../shared/data/redkitchen_rgbd5", str(KITCHEN))
    small = ["sampler=random", "trainer.epochs=1", "baselines.seeds=1", "trials=2", "runner=inline", "tracking=none"]
    printed = finish([*shlex.split(given), *small, "network.encoder_widths=[4,4]", "network.decoder_width=4"], tmp_path)
    assert re.search(r"geo\.miou fraction +higher ", printed)
