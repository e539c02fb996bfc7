"""From a search to a file and from the file to pictures, as the commands do it; and what can be got wrong."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.export import main as export
from search.export import note_busy
from search.load import load
from search.predict import main as predict
from search.run import main as search
from spaces.common.interpreter import spell_python
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    given = arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}", "run.name=r", "trials=2")
    assert search(given) == 0
    return home / "runs" / "r"


def test_a_search_ends_in_pictures_of_ones_own_photos(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = int(load(searched).front.index[0])
    assert export([str(searched), str(number), "--out", "out"]) == 0
    printed = capsys.readouterr().out
    assert "out/model.onnx: 0." in printed
    assert "opset 18; takes any number of 16x16 RGB images, uint8; gives colour, depth, brightness" in printed
    assert "Numbers in export.json are of the search, on its validation split; nothing of this trial is" in printed
    assert "Answers as the trained network does on images of the validation split: differences of at most " in printed
    assert f"Next: {spell_python()} -m search.predict out/model.onnx IMAGE... --out DIR" in printed
    assert json.loads(Path("out/export.json").read_text())["opset"] == 18

    Path("photos", "more").mkdir(parents=True)
    images = load(searched).data.load("test").images[:2]
    Image.fromarray(images[0]).save("photos/one.png")
    Image.fromarray(images[1]).resize((90, 40)).save("photos/more/One.jpg")
    Path("photos/broken.png").write_text("no picture")
    Path("photos/lost.png").symlink_to("gone.png")
    assert predict(["out/model.onnx", "photos", "photos/more/*.jpg", "--out", "said"]) == 1
    printed = capsys.readouterr()
    assert printed.err == (
        "skipped: photos/broken.png is no picture of a known format; leave it out, or save it as PNG or JPEG\n"
        "skipped: photos/lost.png is a link to gone.png, which is not there; mend or remove it\n"
    )
    note = "Note: 1 photo has other proportions than 16x16 and was squeezed to them, photos/more/One.jpg (40x90) the"
    assert note in printed.out
    assert "2 of 4 photos answered for colour, depth, brightness, 16x16 pixels each, in said" in printed.out
    kinds = [f"{task}.{suffix}" for task in ("brightness", "colour", "depth") for suffix in ("npy", "png")]
    stems = ("one", "One-2")  # apart where capitals do not count, too
    assert sorted(path.name for path in Path("said").iterdir()) == sorted(
        f"{s}.{kind}" for s in stems for kind in kinds
    )
    wanted = load(searched).predict(number, images[:1])
    for task in ("depth", "brightness"):
        np.testing.assert_allclose(np.load(f"said/one.{task}.npy"), wanted[task][0], atol=1e-4)
    np.testing.assert_array_equal(np.load("said/one.colour.npy"), wanted["colour"][0])
    with Image.open("said/one.depth.png") as picture:
        assert min(picture.size) > 200


def test_latencies_of_a_busy_machine_are_told_as_such() -> None:
    def timed(all_threads: float) -> dict[str, dict[str, dict[str, float]]]:
        found = {"one thread": 3.0, "all threads": all_threads}
        return {threads: {"trained network": {"p50_ms": p50}} for threads, p50 in found.items()}

    assert note_busy(timed(9.0)) == []
    (note,) = note_busy(timed(300.0))
    assert note.startswith("Note: all threads took 100 times as long as one, so other processes held the cores;")


def test_a_notebook_does_the_same(searched: Path, tmp_path: Path) -> None:
    run = load(searched)
    best = run.pick("macs<=1e9", maximize="delta_mtl")
    assert best == run.front["delta_mtl"].idxmax()
    assert best.fits
    assert repr(best).startswith(f"Trial {best}: of ")
    exported = run.export(best, "pt2", out=tmp_path / "out")
    assert exported.file == tmp_path / "out" / "model.pt2"
    other = run.export(best, "pt2", size=(np.int64(32), 16))  # type: ignore[arg-type]  # as arrays have sizes
    with pytest.raises(ConfigError, match="is no folder, and files go into one"):
        run.export(best, "pt2", out=other.file)
    assert other.file == searched / "exports" / f"{int(best)}-pt2-32x16" / "model.pt2"
    assert other.told["macs"] == 2 * exported.told["macs"]  # of images of twice the height
    assert exported.told["metrics are"] == "of the search, on its validation split"
    assert other.told["metrics are"] == "of the search, on its validation split, on images of the size of its data"
    assert run.export(best, "pt2", out=searched / "mine").file == run.export(best, "pt2", out=searched / "mine").file
    for wrong in (32, ("a", "b"), (0, 4), (4, 1_000_001)):
        with pytest.raises(ConfigError, match="want two whole numbers from 1 to 1000000"):
            run.export(best, "pt2", size=wrong)  # type: ignore[arg-type]
    labels, arrays = run.targets("val"), run.data.load("val")
    answers = run.predict(best, arrays.images)
    assert {name: each.shape for name, each in labels.items()} == {name: each.shape for name, each in answers.items()}
    shown = run.show(best, n=2)
    titles = [axes.get_title() for axes in shown.figure.axes if axes.get_title()]
    names = [f"{task.name}, {kind}" for task in run.tasks for kind in ("predicted", "label")]
    assert titles == 2 * ["image", *names]
    assert shown._repr_png_().startswith(b"\x89PNG")
    assert repr(shown) == f"trial {int(best)}, val; .figure.savefig(FILE) writes it"
    with pytest.raises(ConfigError, match="5 is no condition; want COLUMN<=NUMBER"):
        run.pick(5)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="--maximize 5: want the name of a column in quotes, such as 'delta_mtl'"):
        run.pick(maximize=5)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="knee='macs': want True or False; a column is named by maximize"):
        run.pick(knee="macs")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="--format 5: want onnx or pt2 or openvino"):
        run.export(best, 5)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="out=5: want the path of a folder, such as 'exports/best'"):
        run.export(best, "pt2", out=5)  # type: ignore[arg-type]
    for wrong in (0, True, 1.5):
        with pytest.raises(ConfigError, match=r"want how many images are shown, a whole number of at least 1"):
            run.show(best, n=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["{run}", "0", "--format", "onyx"], "--format onyx: want onnx or pt2 or openvino; did you mean 'onnx'?"),
        (["{run}", "0", "--format", "ONNX"], "--format ONNX: want onnx or pt2 or openvino; did you mean 'onnx'?"),
        (["{run}", "0", "--format", "vino"], "--format vino: want onnx or pt2 or openvino; did you mean 'openvino'?"),
        (["{run}", "7"], "has no finished trial 7: it has 0, 1"),
        (["{run}", "0", "--size", "0", "4"], "--size 0 4: want two whole numbers from 1 to 1000000"),
        (["{run}", "0", "--size", "9", "5000000"], "--size 9 5000000: want two whole numbers from 1 to 1000000"),
        (
            ["{run}", "0", "--size", "100000", "100000"],
            "--size 100000 100000: to write and check a network for such images takes about ",
        ),
        (["{run}", "first"], "argument TRIAL: invalid int value: 'first'; python -m search.export --help lists"),
        (["nowhere", "0"], "nowhere is no folder; want the run folder of a search, such as "),
        (
            ["{run}", "0", "--format", "pt2", "--out", "file/out"],
            "/file is no folder, and files go into one; choose another with --out DIR",
        ),
        (["{run}", "0", "--out", "{run}"], "a search lies there, whose own front.html and trials.csv would be"),
        (["{run}", "0", "--out", "{run}/trials"], "keeps files of its own there, 0000.json among them; choose another"),
    ],
)
def test_a_mistake_of_an_export_is_one_message(
    given: list[str], told: str, searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").write_text("")
    assert export([each.format(run=searched) for each in given]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert not printed.out


def test_a_trial_without_weights_says_how_to_train_it(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = load(searched)
    lost = next((n for n in run.trials.index if n not in run.kept), None)
    if lost is None:
        for path in (*searched.glob("trials/0000.pt"), *searched.glob("front/0-*/weights.pt")):
            path.unlink()
        lost = 0
    assert export([str(searched), str(lost)]) == 2
    told = capsys.readouterr().err
    assert f".train({lost})" in told
    command = shlex.split(told.partition("which keeps them: ")[2])
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}).returncode == 0
    assert export([str(searched), str(lost)]) == 0
