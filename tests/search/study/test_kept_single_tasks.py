from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.problem.objectives import DELTA_MTL, MACS
from search.study.fronts.best_guess import guess_objectives
from search.study.kept_single_tasks import foretell_front, foretell_objectives, foretell_scatter, read_single_tasks
from tests.search.study.fronts.test_final_files import make
from tests.search.trials import TASKS, complete


def _keep_networks(folder: Path) -> None:
    values = {"segmentation.miou": (0.4, 0.6), "depth.abs_err_m": (0.9, 1.1), "normals.angle_deg": (19.0, 21.0)}
    outcomes = [{"metrics": {name: value}, "cost": {"macs": 10}} for name, pair in values.items() for value in pair]
    (folder / "baselines.json").write_text(json.dumps({str(n): each for n, each in enumerate(outcomes)}))


def test_means_and_deviations_are_those_of_the_kept_networks(tmp_path: Path) -> None:
    _keep_networks(tmp_path)
    found = read_single_tasks(tmp_path, TASKS)
    assert [each.task for each in found] == ["segmentation", "depth", "normals"]
    assert [(each.mean, each.networks, each.macs) for each in found] == [(0.5, 2, 10), (1.0, 2, 10), (20.0, 2, 10)]
    assert found[0].sd == pytest.approx(0.02**0.5)


def test_a_folder_without_them_tells_nothing(tmp_path: Path) -> None:
    assert read_single_tasks(tmp_path, TASKS) == ()
    for damaged in ("{ damaged", "[1]", '{"a": 1}', '{"a": {"metrics": 3}}'):
        (tmp_path / "baselines.json").write_text(damaged)
        assert read_single_tasks(tmp_path, TASKS) == ()


def test_one_training_scatters_as_the_kept_networks_do(tmp_path: Path) -> None:
    trials = [complete(3, 1.0, 10)]
    assert foretell_scatter(tmp_path, trials, TASKS) == {3: {}}
    _keep_networks(tmp_path)
    (told,) = foretell_scatter(tmp_path, trials, TASKS).values()
    assert told["depth.delta"] == pytest.approx(100 * 0.02**0.5 * 1.5**0.5)  # and the error of their mean
    assert told.keys() >= {"delta_mtl", "segmentation.miou"}


def test_guesses_are_told_with_the_error_of_the_kept_networks(tmp_path: Path) -> None:
    trials = [complete(n, float(n), 10 + n) for n in range(8)]
    alone = guess_objectives(trials, (DELTA_MTL, MACS))
    assert foretell_objectives(tmp_path, trials, (DELTA_MTL, MACS), TASKS) == alone  # nothing is known of them
    _keep_networks(tmp_path)
    told = foretell_objectives(tmp_path, trials, (DELTA_MTL, MACS), TASKS)
    for number, guess in alone.items():
        assert told[number]["delta_mtl"].value == guess["delta_mtl"].value
        assert told[number]["delta_mtl"].sd > guess["delta_mtl"].sd + 1


def test_nothing_is_guessed_of_what_was_trained_to_the_end(tmp_path: Path) -> None:
    _keep_networks(tmp_path)
    trials, chosen = [complete(n, float(n), 10 + n) for n in range(8)], (DELTA_MTL, MACS)
    spreads, guesses = foretell_front(tmp_path, trials, trials[3:], [], chosen, TASKS)
    assert set(spreads) == {3, 4, 5, 6, 7}
    assert guesses == foretell_objectives(tmp_path, trials, chosen, TASKS)
    final = make(tmp_path, 3, 5.0, 16)
    told = foretell_front(tmp_path, trials, [final.trial], [final], chosen, TASKS)
    assert told == (foretell_scatter(tmp_path, [final.trial], TASKS), {})


def test_every_metric_scatters_as_the_kept_networks_do(tmp_path: Path) -> None:
    """Not the headline's alone, or numbers beside it would be told with more digits than are known."""
    outcomes = [{"metrics": {"depth.abs_err_m": 1.0, "depth.rmse_m": rmse}, "cost": {}} for rmse in (1.9, 2.1)]
    (tmp_path / "baselines.json").write_text(json.dumps({str(n): each for n, each in enumerate(outcomes)}))
    (told,) = foretell_scatter(tmp_path, [complete(3, 1.0, 10)], TASKS).values()
    assert told["depth.rmse_m"] == pytest.approx(0.02**0.5)
    assert "depth.rel" not in told
