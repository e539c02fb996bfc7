"""One network by need, from the command line on a real search; and what can be got wrong."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from search.load import load
from search.pick import main
from search.problem.objectives import MAXIMISE, Objective, format_guess
from search.run import main as search
from spaces.common.interpreter import spell_python
from tests.tiny import arguments, write_tiny


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    given = arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}", "run.name=r", "trials=4")
    given += ["baselines.seeds=2"]  # how far one training scatters is known of no fewer
    assert search(given) == 0
    assert search([*given, "run.name=ended", "final.epochs=2"]) == 0
    return home / "runs"


def test_the_best_that_fits_is_told_with_the_next_command(
    searched: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = load(searched / "r")
    front = run.front
    cheapest = int(front["macs"].idxmin())
    bound = float(front["macs"].min())
    assert main([str(searched / "r"), f"macs<={bound}"]) == 0
    printed = capsys.readouterr().out
    told = f"Trial {cheapest}: of {len(front)} delivered networks 1 fit, and of these it is best by largest delta_mtl."
    assert printed.startswith(told)
    scatter = "Objectives are those of single trainings. +- is 1 sd, as single-task networks scatter."
    assert scatter in " ".join(printed.split())  # of four trials there are no guesses
    (page,) = re.findall(r'id="data">(.*?)</script>', (run.path / "front.html").read_text())
    (row,) = (each for each in json.loads(page)["trials"] if each["number"] == cheapest)
    for name in ("delta_mtl", "depth.delta"):  # as the page tells them
        told = format_guess(Objective(name, "%", MAXIMISE), row["metrics"][name], row["spreads"][name])
        assert f"  {name} {told} %\n" in printed
    assert f"Weights  {run.weights(cheapest)}" in printed
    assert f"Next     {spell_python()} -m search.export {run.path} {cheapest}" in printed
    assert main([str(searched / "r"), "--minimize", "macs"]) == 0
    assert capsys.readouterr().out.startswith(f"Trial {cheapest}: ")
    assert main([str(searched / "r"), "--knee"]) == 0
    knee = "it is nearest to the best of delta_mtl and macs together (of equally near ones that of largest delta_mtl)."
    assert knee in capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "60")
    assert main([str(searched / "r"), "--knee"]) == 0
    sentences, _, _ = capsys.readouterr().out.partition("\n\n")
    assert knee in " ".join(sentences.split())
    assert max(map(len, sentences.splitlines())) <= 60


def test_where_nothing_fits_the_nearest_is_told_by_its_exit_status_too(
    searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(searched / "r"), "macs<=1", "colour.miou>=2"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("No delivered network of ")
    assert "misses macs<=1 by " in printed
    assert ", colour.miou>=2 by " in printed


def test_values_of_final_trainings_count_where_there_are_some(
    searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = load(searched / "ended")
    assert main([str(searched / "ended"), "--maximize", "depth.delta"]) == 0
    printed = capsys.readouterr().out
    assert "Objectives are those of final trainings." in printed
    best = int(run.finals["depth.delta"].idxmax())
    assert printed.startswith(f"Trial {best}: of {len(run.delivered)} delivered networks ")
    (told,) = re.findall(r"depth\.delta (\S+) \+- (\S+) %", printed)
    assert abs(float(told[0]) - run.finals.loc[best, "depth.delta"]) <= max(0.05, float(told[1]) / 18)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["{runs}/r", "mac<=3"], "'mac<=3': no column mac; there are delta_mtl, macs, params, "),
        (["{runs}/r", "macs=3"], "'macs=3' is no condition; want COLUMN<=NUMBER, or with >=, < or >, such as"),
        (["{runs}/r", "--maximize", "speed"], "--maximize: no column speed; there are delta_mtl, macs, "),
        (["{runs}/r", "--knee", "--minimize", "macs"], "--maximize, --minimize and --knee: each says what is best;"),
        (["{runs}/none"], "none is no folder; want the run folder of a search, such as "),
        (["bare"], "bare keeps no weights of what it has delivered; restore its folder front/ from a copy, or search"),
    ],
)
def test_a_mistake_is_one_message(
    given: list[str], told: str, searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(searched / "r", "bare", ignore=shutil.ignore_patterns("*.pt"))
    assert main([each.format(runs=searched) for each in given]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert not printed.out
