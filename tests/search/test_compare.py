"""A front across searches, from the command line on real ones; what cannot be compared."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from search.compare import main
from search.confirm import main as confirm
from search.load import load
from search.run import main as search
from tests.tiny import arguments, write_tiny

OTHERS = {
    "seed": ["run.seed=1", "trials=2"],
    "wide": ["network.encoder_widths=[6,6]", "space=branching", "trials=2"],
    "longer": ["trainer.epochs=2", "trials=1"],
    "other": ["objectives=[delta_mtl,params]", "trials=1"],
}


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    given = arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}")
    assert search([*given, "run.name=first", "trials=3"]) == 0
    for name, more in OTHERS.items():
        assert search([*given, f"run.name={name}", *more]) == 0
    return home / "runs"


def read_rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_trials_of_several_runs_lie_on_one_front(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(searched / name) for name in ("first", "seed", "wide")]) == 0
    printed = capsys.readouterr().out
    assert "Deltas of all runs are against the single-task networks of first, for the others' differ." in printed
    assert "The front is that of single trainings, for not every run has trials enough" in printed
    assert printed.rstrip().endswith("Written to comparison  (front.html, front.png, trials.csv)")
    rows = read_rows(Path("comparison", "trials.csv"))
    assert [(row["run"], row["number"]) for row in rows] == [
        *(("first", str(number)) for number in range(3)),
        *((name, str(number)) for name in ("seed", "wide") for number in range(2)),
    ]
    points = {(float(row["delta_mtl"]), float(row["macs"])) for row in rows}
    best = {point for point in points if not any(a >= point[0] and b <= point[1] for a, b in points - {point})}
    assert {(float(row["delta_mtl"]), float(row["macs"])) for row in rows if row["front"]} == best
    known = load(searched / "first").trials["delta_mtl"]
    assert [float(row["delta_mtl"]) for row in rows[:3]] == pytest.approx(list(known))
    for row, trial in zip(rows[3:5], load(searched / "seed").ended, strict=True):
        assert float(row["depth.abs_err_m"]) == trial.metrics["depth.abs_err_m"]
        assert float(row["delta_mtl"]) != pytest.approx(trial.metrics["delta_mtl"])
    assert {row["values"] for row in rows} == {"trial"}
    assert "values are single trainings of the search on the validation split." in printed
    page = Path("comparison", "front.html").read_text()
    assert "<title>first and seed and wide" in page
    told = json.loads(re.search(r'type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert [trial["mark"] for trial in told["trials"]][-1] == "run wide, trial 1, single training"
    assert {trial["key"] for trial in told["trials"]} <= set(told["pictures"]["drawn"])


def test_the_best_evidence_that_each_run_has_is_compared_and_told(
    searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("first", "seed"):
        shutil.copytree(searched / name, Path("runs", name))
    shutil.copytree(searched / "baselines", Path("runs/baselines"))
    runs = [str(Path("runs", name).absolute()) for name in ("first", "seed")]
    assert confirm([runs[0], "--trials", "0", "1", "--seeds", "2"]) == 0
    known = load(runs[0]).confirmed
    capsys.readouterr()
    assert main(runs) == 0  # of one kind, for the other run has no confirmed values
    printed = capsys.readouterr().out
    assert "Some runs have better values than these: --values best takes the best that each has" in printed
    assert "Values are of several kinds" not in printed
    assert {row["values"] for row in read_rows(Path("comparison", "trials.csv"))} == {"trial"}
    assert main([*runs, "--values", "best"]) == 0
    printed = capsys.readouterr().out
    assert (
        "values are means of fresh seeds on the test split, trained on train; 1 more trials have none of that"
        in printed
    )
    assert "Values are of several kinds: those that were chosen among on the validation split flatter," in printed
    rows = read_rows(Path("comparison", "trials.csv"))
    assert [(row["run"], row["number"], row["values"]) for row in rows] == [
        *(("first", number, "confirmed") for number in "01"),
        *(("seed", number, "trial") for number in "01"),
    ]
    for row in rows[:2]:
        told = known.loc[int(row["number"])]
        for name in ("delta_mtl", "delta_mtl.low", "delta_mtl.high", "macs", "depth.abs_err_m"):
            assert float(row[name]) == pytest.approx(told[name])
    assert rows[2]["delta_mtl.low"] == ""
    page = Path("comparison", "front.html").read_text()
    assert "run first, trial 0, confirmed" in page
    assert "run seed, trial 0, single training" in page
    assert "Values are of several kinds" in page

    assert confirm([runs[1], "--seeds", "2"]) == 0
    capsys.readouterr()
    assert main(runs) == 0
    printed = capsys.readouterr().out
    assert "Values are of several kinds" not in printed
    assert "Deltas of confirmed values are against fresh single-task networks on the test split" in printed
    assert {row["values"] for row in read_rows(Path("comparison", "trials.csv"))} == {"confirmed"}
    other = next(row for row in read_rows(Path("comparison", "trials.csv")) if row["run"] == "seed")
    assert float(other["delta_mtl"]) != pytest.approx(load(runs[1]).confirmed.loc[int(other["number"]), "delta_mtl"])
    assert float(other["delta_mtl.low"]) < float(other["delta_mtl"]) < float(other["delta_mtl.high"])
    assert main([*runs, "--values", "trial"]) == 0
    assert {row["values"] for row in read_rows(Path("comparison", "trials.csv"))} == {"trial"}


def test_the_folder_of_a_search_is_not_written_into(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (searched / "first" / "front.html").read_bytes()
    runs = [str(searched / name) for name in ("first", "seed")]
    assert main([*runs, "--out", str(searched / "first")]) == 2
    assert "a search lies there, whose own front.html and trials.csv would be replaced" in capsys.readouterr().err
    assert (searched / "first" / "front.html").read_bytes() == before


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            ["first", "seed", "--values=finale"],
            "--values finale: want alike or best or confirmed or final or trial; did you mean",
        ),
        (["first", "seed", "--values=final"], "first has none of its own; its search again with final.epochs=N trains"),
        (
            ["first", "longer"],
            "cannot be compared, for these differ (there -> here):\n  trainer.epochs: 1 -> 2\n",
        ),
        (["first", "other"], "objectives: ['delta_mtl', 'macs'] -> ['delta_mtl', 'params']"),
        (["first"], "1 run: want two or more to compare, such as runs/fusion-scenes runs/gates-scenes"),
        (["first", "first"], "too; name each once"),
        (["first", "fist"], "fist is no folder; want the run folder of a search, such as "),
        (
            ["first", "bare"],
            "bare has no single-task networks yet, which its trials are related to; give the",
        ),
        (["first", "seed", "--out", "file/out"], "file is no folder, and files go into one; choose another with"),
    ],
)
def test_a_mistake_is_one_message(
    given: list[str], told: str, searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").write_text("")
    if not (searched / "bare").exists():
        shutil.copytree(searched / "seed", searched / "bare", ignore=shutil.ignore_patterns("baselines.json"))
    names = [str(searched / name) if "/" not in name and not name.startswith("-") else name for name in given]
    assert main(names) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert not printed.out
