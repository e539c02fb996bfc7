"""Searches that trade latency off: measured first, kept, foretold where a space has too many patterns."""

from __future__ import annotations

import json

import pytest

from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.latency import pattern_latencies
from search.latency.pattern_latencies import list_beforehand, recall_latencies
from search.load import load
from search.problem.objectives import LATENCY
from search.run import main as search
from spaces.choices import enumerate_patterns
from tests.tiny import arguments, write_tiny


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    home = tmp_path_factory.mktemp("home")
    return arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}", "objectives=[delta_mtl,latency_ms]")


def test_latency_is_an_objective_and_stays_what_it_was(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    asked = [*given, "run.name=r", "trials=3"]
    settings = compose(asked)
    folder = settings.run.folder / "r"
    problem = state_problem(settings)
    patterns = [each.pattern for each in enumerate_patterns(problem.space, problem.tasks)]
    told = f"Latency: {len(patterns)} of {len(patterns)} untrained networks are still to be measured, which the search"
    assert recall_latencies(problem, settings, folder)[1].startswith(told)
    assert search(asked) == 0
    _, printed = capsys.readouterr().out.split("\n", 1)
    assert printed.startswith(f"Measuring the latency of {len(patterns)} untrained networks, on one thread ")
    assert "latency_ms" in printed
    run = load(folder)
    kept = json.loads((folder / "latencies.json").read_text())["latency_ms"]
    assert len(kept) == len(patterns)
    assert {*run.trials["latency_ms"]} <= {*kept.values()}
    assert (run.front["latency_ms"] > 0).all()
    assert "latency_ms" in (folder / "front.csv").read_text().splitlines()[0]
    known, words = recall_latencies(problem, settings, folder)
    assert known.latency is not None
    assert known.latency.slowest == max(kept.values())
    assert words.endswith(f" ms of one image on one thread, {len(patterns)} measured")
    assert search([*asked, "trials=4"]) == 0
    assert "Measuring" not in capsys.readouterr().out
    assert json.loads((folder / "latencies.json").read_text())["latency_ms"] == kept


def test_of_many_patterns_those_that_are_trained_are_measured(
    given: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pattern_latencies, "MOST", 3)
    asked = [*given, "run.name=many", "trials=5"]
    settings = compose(asked)
    beforehand = list_beforehand(state_problem(settings))
    anchors = settings.space.anchors(tuple(sorted(task.name for task in settings.data.selected)))
    assert len(beforehand) == 3
    assert {each.pattern.key for each in anchors.values()} <= {pattern.key for pattern in beforehand}
    assert search(asked) == 0
    kept = json.loads((settings.run.folder / "many" / "latencies.json").read_text())["latency_ms"]
    trials = load(settings.run.folder / "many").trials
    assert {*trials["latency_ms"]} <= {*kept.values()}
    assert len(kept) > 3


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            ["space=gates"],
            "latency_ms: measured of untrained networks, and what the gates of space=gates leave is known",
        ),
        (
            ["measure=speed"],
            "measure=speed: want latency_ms, which every untrained network is then measured by, or null",
        ),
        (
            ["limits.latency_ms=1e-6"],
            "no pattern of the space meets limits.latency_ms=1e-06; the least that was found is",
        ),
        (["objectives=[latency_ms,macs]"], "objectives=latency_ms, macs: known of every pattern before it is trained;"),
    ],
)
def test_a_mistake_is_one_message(
    given: list[str], more: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert search([*given, "run.name=wrong", *more]) == 2
    assert told in capsys.readouterr().err


def test_it_is_a_column_where_it_is_asked_for(given: list[str]) -> None:
    settings = compose([*given, "objectives=[delta_mtl,macs]", "measure=latency_ms"])
    assert settings.measures_latency
    assert not compose([*given, "objectives=[delta_mtl,macs]"]).measures_latency
    problem = state_problem(settings)
    assert problem.tell_latency(list_beforehand(problem)[0]) == {}
    assert LATENCY not in problem.objectives
