"""Searches over tasks of whole images, from the command line to networks that answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.load import load
from search.run import main
from spaces.networks.cost import count_macs
from tests.end_to_end.searches import trials_in
from tests.tiny import NETWORK
from tests.trainers.data.labelled import write_celeba
from trainers.batches.memory import load_split
from trainers.measure import measure

SMALL = ("trainer.epochs=1", "trainer.batch_size=8", "baselines.seeds=1", "runner=inline", "tracking=none")
DIGITS = ("data=multidigits", "data.images=32", "data.val_images=16", "data.test_images=16")


@pytest.mark.parametrize("network", ["classifier", "small"])
@pytest.mark.parametrize("space", ["fusion", "gates"])
def test_a_search_ends_with_networks_that_measure_what_was_told(space: str, network: str, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    options = ["trainer.gates.start=0.05"] if space == "gates" else []
    given = [*DIGITS, *SMALL, f"network={network}", *NETWORK, f"space={space}", *options, f"run.folder={runs}"]
    assert main([*given, "trials=3", "run.name=mine"]) == 0
    trials = trials_in(runs / "mine")
    assert len(trials) == 3
    assert all(trial.complete for trial in trials.values()), [trial.reason for trial in trials.values()]
    run = load(runs / "mine")
    validation = load_split(run.data, "val", "cpu")
    for number in run.front.index:
        made, trial = run.network(number, "cpu"), trials[number]
        measured = measure(made, validation, run.tasks)
        assert set(measured) == {
            f"{side}.{name}" for side in ("left", "right") for name in ("accuracy", "precision", "recall", "f1")
        }
        assert measured == pytest.approx({name: trial.metrics[name] for name in measured}, rel=1e-5)
        found = count_macs(made, run.data.size)
        assert (found.macs, found.params, found.fixed) == (trial.macs, trial.params, trial.fixed)
        answers = run.predict(number, np.zeros((3, 32, 32, 3), np.uint8))
        assert answers["left"].shape == answers["right"].shape == (3,)
        assert set(answers["left"].tolist()) <= set(range(10))


@pytest.mark.parametrize("space", ["branching", "routing", "workspace", "joint"])
def test_the_other_spaces_train_a_classification_head_too(space: str, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    options = {"workspace": ["space.slots=[4]", "space.widths=[16]"], "joint": ["space.ratios=[0.5]"]}.get(space, [])
    given = [*DIGITS, *SMALL, "network=classifier", *NETWORK, f"space={space}", *options, f"run.folder={runs}"]
    assert main([*given, "trials=2", "run.name=mine"]) == 0
    trials = trials_in(runs / "mine")
    assert [trial.complete for trial in trials.values()] == [True, True], [trial.reason for trial in trials.values()]


def test_groups_of_attributes_are_searched(tmp_path: Path) -> None:
    root = write_celeba(tmp_path / "celeba", (16, 4, 4))
    given = ["data=celeba", f"data.root={root}", "data.image_size=18", "data.tasks=[eyes,nose,hair]", *SMALL, *NETWORK]
    assert main([*given, "network=classifier", f"run.folder={tmp_path / 'runs'}", "trials=2", "run.name=mine"]) == 0
    trials = trials_in(tmp_path / "runs" / "mine")
    assert all(trial.complete and 0 <= trial.metrics["nose.accuracy"] <= 1 for trial in trials.values())
    run = load(tmp_path / "runs" / "mine")
    answers = run.predict(run.front.index[0], np.zeros((2, 16, 16, 3), np.uint8))
    assert {name: answer.shape for name, answer in answers.items()} == {"eyes": (2, 5), "nose": (2, 2), "hair": (2, 9)}
