"""What the notebook door gives back of a real search, which is run once for all tests here."""

from __future__ import annotations

import csv
import math
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from filelock import FileLock

from search.jobs.job import find_device
from search.jobs.trial import load_trial as load_trial
from search.jobs.trial import save_trial
from search.load import load
from search.results.results import Results
from search.run import main
from spaces.common.interpreter import spell_python
from spaces.drawing.text import draw_text
from spaces.errors import ConfigError, DataError
from tests.search.trials import failed
from tests.tiny import arguments, write_tiny
from trainers.batches.memory import load_split
from trainers.measure import measure

on_cpu = pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU repeats numbers only nearly")
METRICS = ("colour.miou", "colour.pixel_accuracy", "depth.abs_err_m", "depth.rmse_m", "brightness.abs_err")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds data/ and runs/tiny/, which a search of six trials has left."""
    home = tmp_path_factory.mktemp("home")
    given = arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}", "run.name=tiny", "trials=6")
    assert main([*given, "trainer.epochs=2", "run.seed=3"]) == 0
    return home


@pytest.fixture
def run(home: Path) -> Results:
    return load(home / "runs" / "tiny")


@pytest.fixture
def without_data(home: Path) -> Iterator[None]:
    (home / "data").rename(home / "away")
    yield
    (home / "away").rename(home / "data")


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def _dominated(run: Results) -> int:
    return next(number for number in run.trials.index if number not in run.front.index)


def _weights_of(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.cpu() for name, value in network.state_dict().items()}


@pytest.mark.parametrize("name", ["trials", "front"])
def test_the_tables_hold_what_the_csv_files_hold(run: Results, name: str) -> None:
    frame, rows = getattr(run, name).reset_index(), _rows(run.path / f"{name}.csv")
    assert len(frame) == len(rows) > 1
    for column in rows[0].keys() - {"mark", "mean_rank"}:  # which says how trials stand to each other
        for value, written in zip(frame[column], [row[column] for row in rows], strict=True):
            if column == "seconds":
                assert value == pytest.approx(float(written), abs=6e-4)
            elif isinstance(value, str):
                assert value == written
            else:
                assert value == (float(written) if written else pytest.approx(math.nan, nan_ok=True))


def test_the_table_of_trials_says_what_was_shared_and_chosen(run: Results) -> None:
    trials = run.trials
    first = ["key", "status", "sharing", "delta_mtl", "macs"]
    guessed = [name for name in trials.columns if name.startswith("delta_mtl.") or name == "raw_front"]
    assert list(trials.columns[: 9 + len(guessed)]) == [*first, *guessed, "flops", "params", "fixed", METRICS[0]]
    assert set(METRICS) < set(trials.columns)
    assert {"choice.depth.colour", "choice.parent.depth"} & set(trials.columns)
    for number, row in trials.iterrows():
        trial = load_trial(run.path / "trials" / f"{number:04d}.json")
        assert row["key"] == run.pattern(number).key == trial.key
        assert {f"choice.{name}" for name in trial.choices} <= set(trials.columns)
        assert all(row[f"choice.{name}"] == value for name, value in trial.choices.items())


def test_the_curves_end_where_the_trial_was_measured(run: Results) -> None:
    for number, row in run.trials.iterrows():
        curves = run.curves(number)
        assert list(curves.index) == [1, 2]
        assert {"loss", "depth.loss", *METRICS} <= set(curves.columns)
        assert all(curves.loc[2, metric] == row[metric] for metric in METRICS)


@on_cpu
def test_every_member_of_the_front_measures_exactly_as_it_was_recorded(run: Results) -> None:
    validation = load_split(run.data, "val", find_device())
    for number in run.front.index:
        network = run.network(number)
        assert not network.training
        measured = measure(network, validation, run.tasks)
        assert set(METRICS) <= set(measured)
        assert measured == {name: run.front.loc[number, name] for name in measured}


@on_cpu
def test_predictions_are_answers_of_the_network_in_the_tasks_units(run: Results) -> None:
    arrays = run.data.load("val")
    number = run.front.index[0]
    found = run.predict(number, arrays.images)
    network = run.network(number, "cpu")
    with torch.no_grad():
        outputs = network(torch.from_numpy(arrays.images).permute(0, 3, 1, 2).float() / 255)
    for task in run.tasks:
        np.testing.assert_allclose(found[task.name], task.answer(outputs[task.name]).numpy(), atol=1e-4)
    correct = (found["colour"] == arrays.targets["colour"]).mean()
    error = np.abs(found["depth"] - arrays.targets["depth"][:, 0]).mean()
    assert run.front.loc[number, "colour.pixel_accuracy"] == pytest.approx(correct, abs=1e-3)
    assert run.front.loc[number, "depth.abs_err_m"] == pytest.approx(error, abs=1e-4)
    for name, answer in run.predict(network, arrays.images).items():
        np.testing.assert_allclose(answer, found[name], atol=1e-4)


def test_images_of_another_size_are_answered_if_the_stride_divides_it(run: Results) -> None:
    number = run.front.index[0]
    assert run.predict(number, np.zeros((2, 24, 4, 3), np.uint8))["depth"].shape == (2, 24, 4)
    with pytest.raises(DataError, match=r"22x16 pixels; want .* multiples of 4.*images\[:, :20, :16\]"):
        run.predict(number, np.zeros((2, 22, 16, 3), np.uint8))


def test_a_pattern_is_shown_as_a_drawing_or_in_characters(run: Results) -> None:
    picture = run.picture(0)
    assert ElementTree.fromstring(picture._repr_svg_()).tag.endswith("svg")
    assert "trial 0, " in picture._repr_svg_()
    assert repr(picture).startswith("trial 0, ")
    assert draw_text(run.pattern(0)) in repr(picture)


def test_neither_the_place_of_the_run_nor_its_data_are_needed(
    run: Results, without_data: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = shutil.copytree(run.path, tmp_path / "elsewhere" / "renamed")
    monkeypatch.chdir(moved.parent)
    other = load("renamed")
    monkeypatch.chdir("/")
    assert other.trials.equals(run.trials)
    assert other.front.equals(run.front)
    number = run.front.index[0]
    images = np.zeros((1, 16, 16, 3), np.uint8)
    np.testing.assert_array_equal(other.predict(number, images)["depth"], run.predict(number, images)["depth"])
    with pytest.raises(DataError, match=r"data\.spec: no file .*spec\.yaml"):
        other.data.load("val")
    with pytest.raises(DataError, match=r"data\.spec: no file .*spec\.yaml"):
        other.train(number)


def test_a_search_that_runs_is_read_as_far_as_it_is(run: Results, tmp_path: Path) -> None:
    """No report is written yet, files are half written, and the driver holds the folder."""
    (tmp_path / "trials").mkdir()
    for name in ("config.yaml", "trials/0000.json", "trials/0001.json"):
        shutil.copy(run.path / name, tmp_path / name)
    member = next((run.path / "front").glob("[01]-*"))
    number = int(member.name.partition("-")[0])
    shutil.copy(member / "weights.pt", tmp_path / "trials" / f"{number:04d}.pt")
    (tmp_path / "trials" / ".0002.json.0a1b.tmp").write_text('{"number": 2, "sta')
    (tmp_path / "trials" / ".0002.pt.0a1b.tmp").write_bytes(b"PK")
    before = sorted(tmp_path.rglob("*"))
    with FileLock(tmp_path / ".lock"):
        running = load(tmp_path)
        assert list(running.trials.index) == [0, 1]
        assert number in running.front.index
        assert _weights_of(running.network(number)).keys() == _weights_of(run.network(number)).keys()
        shutil.copy(run.path / "trials" / "0002.json", tmp_path / "trials")
        assert list(running.trials.index) == [0, 1, 2]
    written = {path.name for path in tmp_path.rglob("*")} - {path.name for path in before}
    assert written == {".lock", "0002.json"}  # by this test alone


def test_a_trial_without_weights_says_which_have_some(run: Results) -> None:
    number = _dominated(run)
    kept = ", ".join(str(int(path.stem)) for path in sorted((run.path / "trials").glob("*.pt")))
    command = f"{spell_python()} -c " + shlex.quote(f"from search.load import load; load('{run.path}').train({number})")
    with pytest.raises(DataError) as caught:
        run.network(number)
    assert str(caught.value) == (
        f"trial {number} of {run.path} has no weights: only those of the front's members and of what may yet be "
        f"on it are kept, here {kept}. Take one of these, or train it again as it was, which keeps them: {command}"
    )


@on_cpu
def test_a_trial_without_weights_trains_to_the_same_numbers(run: Results) -> None:
    number = _dominated(run)
    measured = measure(run.train(number), load_split(run.data, "val", find_device()), run.tasks)
    assert measured == {name: run.trials.loc[number, name] for name in measured}
    assert measure(run.network(number), load_split(run.data, "val", find_device()), run.tasks) == measured
    run.weights(number).unlink()  # other tests of this run want a trial without


@on_cpu
def test_training_again_gives_the_very_weights_and_leaves_no_trace(run: Results) -> None:
    number, before = run.front.index[0], sorted(run.path.rglob("*"))
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    again, kept = _weights_of(run.train(number)), _weights_of(run.network(number))
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)
    assert again.keys() == kept.keys()
    assert all(torch.equal(again[name], kept[name]) for name in kept)
    assert sorted(run.path.rglob("*")) == before


def test_other_data_in_the_place_of_the_old_are_not_trained_on(run: Results, home: Path, without_data: None) -> None:
    write_tiny(home / "data", images=18)
    try:
        with pytest.raises(DataError, match=r"cannot be trained as it was, for the data have changed since \(content "):
            run.train(0)
    finally:
        shutil.rmtree(home / "data")


def test_a_number_that_is_not_there(run: Results) -> None:
    told = r"runs/tiny has no finished trial 6: it has 0, 1, 2, 3, 4, 5, and 5 is the nearest$"
    for ask in (run.curves, run.pattern, run.picture, run.network, run.train):
        with pytest.raises(DataError, match=told):
            ask(6)
    with pytest.raises(DataError, match="has no finished trial -1"):
        run.pattern(-1)


def test_what_is_delivered_is_the_front_and_its_weights_are_there(run: Results) -> None:
    assert [trial.number for trial in run.delivered] == list(run.front.index)
    assert set(run.kept) >= set(run.front.index)
    assert _dominated(run) not in run.kept
    for trial in run.delivered:
        assert run.trained(trial.number) == trial
        front = run.path / "front" / f"{trial.number}-{trial.key}" / "weights.pt"
        assert run.weights(trial.number).read_bytes() == front.read_bytes()


def _failed_run(run: Results, folder: Path, failures: int) -> Results:
    (folder / "trials").mkdir()
    shutil.copy(run.path / "config.yaml", folder)
    for number in range(failures):
        save_trial(folder / "trials" / f"{number:04d}.json", failed(number, f"ValueError: number {number}"))
    return load(folder)


def test_a_run_without_a_front(run: Results, tmp_path: Path) -> None:
    broken = _failed_run(run, tmp_path, 3)
    assert list(broken.trials["reason"]) == [f"ValueError: number {number}" for number in range(3)]
    assert broken.trials["delta_mtl"].isna().all()
    assert broken.curves(0).empty
    told = r"has no front, for all 3 of its trials failed, the last one, 2, because: ValueError: number 2\. "
    with pytest.raises(DataError, match=rf"^{re.escape(str(tmp_path))} {told}.*give the command of the search again"):
        _ = broken.front
    with pytest.raises(DataError, match=r"trial 1 of .* has no weights, for it failed because: ValueError: number 1"):
        broken.network(1)


def test_a_run_that_has_only_begun(run: Results, tmp_path: Path) -> None:
    begun = _failed_run(run, tmp_path, 0)
    assert begun.trials.empty
    with pytest.raises(DataError, match="no trial has finished yet: wait where the search still runs, or give its"):
        _ = begun.front
    with pytest.raises(DataError, match="has no finished trial 0: none has finished yet"):
        begun.network(0)


def test_a_damaged_trial_is_named(run: Results, tmp_path: Path) -> None:
    copy = load(shutil.copytree(run.path, tmp_path / "copy"))
    whole = (copy.path / "trials" / "0001.json").read_text()
    (copy.path / "trials" / "0001.json").write_text(whole[:200])
    for ask in (lambda: copy.trials, lambda: copy.front, lambda: copy.pattern(1)):
        with pytest.raises(DataError, match=r"0001\.json: no JSON .* damaged from outside: restore it from a copy"):
            ask()
    assert copy.pattern(0) == run.pattern(0)


@pytest.mark.parametrize("number", ["0", 0.5, None, True])
def test_what_is_no_number_of_a_trial(run: Results, number: object) -> None:
    with pytest.raises(ConfigError, match="is no number of a trial: want a whole number"):
        run.network(number)


def test_a_module_that_is_no_network_of_a_search(run: Results) -> None:
    with pytest.raises(ConfigError, match="Linear is no network of a search"):
        run.predict(torch.nn.Linear(3, 3), np.zeros((1, 16, 16, 3), np.uint8))
