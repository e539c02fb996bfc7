"""The parts of a search have to fit together before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.components.groups import Groups
from search.config.composition import compose
from search.config.validation import check_settings
from search.jobs.trial import load_trial
from search.run import main as search
from spaces.errors import UserError
from tests.pictures import arguments as pictures
from tests.pictures import write_pictures
from tests.tiny import arguments, write_tiny


@pytest.mark.parametrize("space", Groups().choices("space"))
def test_every_shipped_space_fits_the_shipped_network(space: str, tmp_path: Path) -> None:
    check_settings(compose(arguments(write_tiny(tmp_path / "data"), f"space={space}")))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["objectives=[macs,params]"], "objectives=macs, params: known of every pattern before it is trained"),
        (["sampler=random", "stop.hv_gain=0.1"], "the sampler Random does not foretell"),
        (
            ["sampler=progressive", "scheduler=pareto_asha", "scheduler.rung=1", "trainer.epochs=4"],
            "the sampler Progressive looks into every network that was trained to its end",
        ),
        (
            ["sampler=oneshot", "scheduler=pareto_asha", "scheduler.rung=1", "trainer.epochs=4"],
            "sampler=oneshot trains its few networks to the end, and the scheduler ParetoAsha stops some before; take "
            "scheduler=full, or sampler=frontier",
        ),
        (
            ["final.epochs=2", "trainer.epochs=4"],
            "final.epochs=2: a trial has 4 already (trainer.epochs); give at least as many, or leave it out",
        ),
        (
            ["space=gates", "final.epochs=8", "final.start=trial"],
            "final.start=trial: trials of space=gates have gates, and leave weights of the pruned network alone, which "
            "no final training can start from; take final.start=auto or final.start=nothing",
        ),
        (["budget=1"], "budget=1: leaves too little for a part ("),
        (
            ["trainer.weighting=fixed", "trainer.weighting.weights.nobody=2", "data.tasks=[colour,depth]"],
            "trainer.weighting.weights.nobody: no such task; the tasks are colour, depth, brightness",
        ),
    ],
)
def test_parts_that_do_not_fit_are_told(given: list[str], told: str, tmp_path: Path) -> None:
    settings = compose(arguments(write_tiny(tmp_path / "data"), *given))
    with pytest.raises(UserError) as caught:
        check_settings(settings)
    assert told in "\n".join(caught.value.problems)


def test_weights_of_tasks_that_are_left_out_are_ignored_and_trained_alike(tmp_path: Path) -> None:
    """In searches to the end, since workers see the weights, too."""
    folder = write_tiny(tmp_path / "data")
    given = ("data.tasks=[colour,depth]", "trials=1", "trainer.weighting=fixed", "trainer.weighting.weights.depth=2")
    assert search(arguments(folder, *given, "run.name=two")) == 0
    assert search(arguments(folder, *given, "trainer.weighting.weights.brightness=5", "run.name=three")) == 0

    two, three = (load_trial(Path("runs", name, "trials", "0000.json")) for name in ("two", "three"))
    assert two.metrics == three.metrics
    assert two.metrics


def test_data_that_offer_no_choice_have_the_tasks_that_train(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "pictures")
    given = ("trainer.weighting=fixed", "trainer.weighting.weights.nobody=2")
    settings = compose(pictures(tmp_path, root, 4.0, *given))
    with pytest.raises(UserError) as caught:
        check_settings(settings)
    trained = ", ".join(task.name for task in settings.data.selected)
    assert caught.value.problems == (f"trainer.weighting.weights.nobody: no such task; the tasks are {trained}",)
