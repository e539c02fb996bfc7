"""The command from its arguments to its table, on real searches; and what can be got wrong, each in one message."""

from __future__ import annotations

import csv
import os
import shutil
import signal
from pathlib import Path

import pytest
import torch

from search.load import load
from search.robustness import main
from search.run import main as search
from spaces.common.interruption import STOPPING
from spaces.errors import DataError
from tests.search.light import check_refuses_lightly
from tests.search.stress.runs import search_rooms
from tests.tiny import arguments, write_tiny

FEW = ("--corruptions", "brightness", "gaussian_blur", "--attacks", "joint", "--device", "cpu")


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return search_rooms(tmp_path_factory.mktemp("home"))


@pytest.fixture
def rooms(searched: Path) -> Path:
    """In its place under runs/, where messages find it."""
    Path("runs").mkdir()
    return shutil.copytree(searched, Path("runs", "rooms").absolute())


def rows_of(run: Path) -> list[dict[str, str]]:
    with open(run / "robustness.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_is_measured_and_the_rest_of_it_left_alone(rooms: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in rooms.rglob("*") if path.is_file()}

    assert main(["runs/rooms", *FEW]) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert "attack.joint.delta" in printed.out
    assert printed.out.splitlines()[-1] == (
        f"Written to {rooms / 'robustness.csv'}: .delta in percent of the network's own clean value, .delta_mtl of "
        "single-task networks' (known with --split val and all of its images), positive is better."
    )
    rows = rows_of(rooms)
    with open(rooms / "front.csv", newline="") as file:
        assert [row["key"] for row in rows] == [row["key"] for row in csv.DictReader(file)]
    wanted = {
        "clean.depth.abs_err_m",
        "gaussian_blur.delta",
        "brightness.depth.delta",
        "attack.joint.delta",
        "consistency.geometric",
    }
    assert wanted <= set(rows[0])
    assert {path: path.read_bytes() for path in before} == before
    added = {path.relative_to(rooms).parts[0] for path in rooms.rglob("*") if path.is_file() and path not in before}
    assert added == {"robustness.csv", "robustness"}


def test_an_interruption_is_told_at_the_moment_it_comes(
    rooms: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.stress.measuring.measure_run", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    assert main(["runs/rooms", *FEW]) == 130
    onward = "Nothing that was measured is lost; the same command goes on."
    assert capsys.readouterr().err == f"\n{STOPPING}\n\nInterrupted. {onward}\n"


def test_the_same_command_gives_the_same_file_and_a_search_goes_on_beside_it(
    rooms: Path, searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs/rooms", *FEW]) == 0
    first = (rooms / "robustness.csv").read_bytes()
    assert main(["runs/rooms", *FEW]) == 0
    assert (rooms / "robustness.csv").read_bytes() == first
    assert "known from before" in capsys.readouterr().out
    shutil.rmtree(rooms / "robustness")
    assert main(["runs/rooms", *FEW]) == 0
    assert (rooms / "robustness.csv").read_bytes() == first


def test_a_notebook_reads_it_beside_the_front(rooms: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = load(rooms)
    with pytest.raises(
        DataError, match=r"robustness\.csv is not there yet: python -m search\.robustness .*rooms measures"
    ):
        _ = run.robustness
    assert main(["runs/rooms", *FEW]) == 0
    joined = run.front.join(run.robustness[["chosen.delta", "attack.joint.delta"]])
    assert list(joined.index) == list(run.front.index)
    rows = rows_of(rooms)
    assert [float(row["chosen.delta"]) for row in rows] == pytest.approx(list(joined["chosen.delta"]))
    (rooms / "robustness.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"is no table with a row a trial \(.*write it again by what wrote it"):
        _ = run.robustness


def test_trials_split_and_images_are_as_said(rooms: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = rows_of_front(rooms)[0]["number"]
    few = ["--corruptions", "none", "--attacks", "none", "--split", "val", "--images", "3", "--device", "cpu"]
    assert main(["runs/rooms", "--trials", number, *few]) == 0
    assert f"Networks of trials {number} on 3 images of val, on cpu." in capsys.readouterr().out
    (row,) = rows_of(rooms)
    assert row["number"] == number
    assert not [name for name in row if name.endswith("delta")]


def rows_of_front(run: Path) -> list[dict[str, str]]:
    with open(run / "front.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_an_objective_is_measured_of_every_trial_as_the_command_measures_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["noise.depth.abs_err_m", "noise.delta_mtl", "attack.joint.delta", "consistency.semantic"]
    run = search_rooms(tmp_path, f"objectives=[{','.join([*wanted, 'macs'])}]", tasks="segmentation,depth,edges")
    with open(run / "trials.csv", newline="") as file:
        trials = {row["number"]: row for row in csv.DictReader(file)}
    assert all(row["status"] == "complete" and "noise.delta" in row for row in trials.values())
    few = ["--split", "val", "--corruptions", "noise", "--attacks", "joint", "--device", "cpu"]
    assert main([str(run), *few]) == 0
    for row in rows_of(run):
        for name in wanted:
            assert float(row[name]) == pytest.approx(float(trials[row["number"]][name]), rel=1e-4)


def test_an_attack_that_no_gradient_leads_to_is_refused_before_anything_is_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "trainers.tasks.depth.Depth.loss", lambda self, prediction, target: (prediction > 1).float().mean()
    )
    given = [*arguments(write_tiny(tmp_path)), "objectives=[attack.depth.delta,macs]", "trials=1"]
    assert search(given) == 2
    told = capsys.readouterr().err
    assert "objectives: attack depth climbs the gradient of a loss, and that of depth cannot be differentiated" in told
    assert not list((tmp_path / "runs").rglob("trials/*.json"))


def test_a_supernet_is_not_asked_for_robustness(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [each for each in arguments(write_tiny(tmp_path)) if not each.startswith("sampler=")]
    assert search([*given, "objectives=[noise.delta,macs]"]) == 2
    assert "objectives=noise.delta: a supernet estimates no robustness, and this sampler rests on one; take" in (
        capsys.readouterr().err
    )


def test_networks_that_were_trained_to_the_end_are_measured_at_their_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = search_rooms(tmp_path, "final.epochs=1", "final.members=2", tasks="segmentation,depth")
    with open(run / "finals.csv", newline="") as file:
        finals = {row["number"]: row for row in csv.DictReader(file)}
    capsys.readouterr()
    assert main([str(run), "--split", "val", "--corruptions", "none", "--attacks", "none", "--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "consistency.geometric is left out: it wants tasks of the kinds depth and normals" in printed
    for row in rows_of(run):
        for name in ("segmentation.miou", "depth.abs_err_m"):
            assert float(row[f"clean.{name}"]) == float(finals[row["number"]][name])


def test_tasks_of_other_kinds_are_measured_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert search(arguments(write_tiny(Path("data")), "trials=2", "run.name=tiny")) == 0
    capsys.readouterr()
    few = ["--corruptions", "fog", "--attacks", "brightness", "cospgd.joint", "--device", "cpu"]
    assert main(["runs/tiny", *few]) == 0
    assert {"fog.brightness.delta", "attack.cospgd.joint.high.delta"} <= set(rows_of(Path("runs/tiny"))[0])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
@pytest.mark.gpu
def test_a_gpu_gives_about_the_same(rooms: Path) -> None:
    assert main(["runs/rooms", *FEW]) == 0
    one = rows_of(rooms)
    assert main(["runs/rooms", *FEW[:-1], "cuda"]) == 0
    for row, other in zip(one, rows_of(rooms), strict=True):
        assert float(row["clean.depth.abs_err_m"]) == pytest.approx(float(other["clean.depth.abs_err_m"]), rel=0.02)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["runs/romos"], ["runs/romos is no folder; want the run folder of a search, such as ", "runs/rooms"]),
        (["runs"], ["runs holds no config.yaml, so no search has begun there; want the run folder"]),
        ([], ["the following arguments are required: RUN; python -m search.robustness --help lists what can be said"]),
        (
            ["runs/rooms", "--trials", "x"],
            ["argument --trials: invalid int value: 'x'; python -m search.robustness --help"],
        ),
        (["runs/rooms", "--trial"], ["argument --trials: expected at least one argument; "]),
        (["runs/rooms", "--trials", "8"], ["runs/rooms has no finished trial 8: it has 0, 1, 2"]),
        (["runs/rooms", "--split", "train"], ["--split train: want val or test; networks were trained on train"]),
        (
            ["runs/rooms", "--corruptions", "blurr"],
            ["--corruptions blurr: unknown; did you mean 'blur'? Allowed: the families noise, blur, weather, "],
        ),
        (
            ["runs/rooms", "--attacks", "dept", "--corruptions", "none"],
            ["--attacks dept: unknown; did you mean 'depth'? Allowed: joint, segmentation, depth, normals, edges, "],
        ),
        (["runs/rooms", "--device", "tpu"], ["device='tpu' cannot be used here; want cpu"]),
    ],
)
def test_a_mistake_is_one_message(
    rooms: Path, given: list[str], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(given) == 2
    printed = capsys.readouterr()
    assert len(printed.err.strip().splitlines()) == 1
    assert all(part in printed.err for part in told), printed.err
    assert not (rooms / "robustness.csv").exists()


def test_a_run_without_weights_is_one_message(rooms: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in rooms.rglob("*.pt"):
        file.unlink()
    assert main(["runs/rooms"]) == 2
    assert capsys.readouterr().err == (
        f"{rooms} keeps no weights, and without them there is no network to measure: restore its folder front/ from a "
        "copy, or search again with another run.name\n"
    )


def test_wrong_names_are_refused_before_torch_is_read(rooms: Path) -> None:
    check_refuses_lightly("search.robustness", ["runs/rooms", "--corruptions", "blurr"])


def test_help_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "gaussian_noise" in text
    assert "run folder of a search" in text
