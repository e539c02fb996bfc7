"""A front across searches, from the command line on real ones; what cannot be compared."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from search.compare import main
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
    page = Path("comparison", "front.html").read_text()
    assert "<title>first and seed and wide" in page
    told = json.loads(re.search(r'type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert [trial["mark"] for trial in told["trials"]][-1] == "run wide, trial 1"
    assert {trial["key"] for trial in told["trials"]} <= set(told["pictures"]["drawn"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
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
