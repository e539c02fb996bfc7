"""Every shipped experiment takes files of its data set's layout to a training step, and says what it wants without."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from search.check import main as check
from search.config.composition import compose
from search.config.validation import check_settings
from search.plan import main as plan
from search.preview.dry_run import build_network
from search.run import main as search
from tests.experiments import SHIPPED
from trainers.batches.memory import load_split
from trainers.train import train


@pytest.mark.parametrize("name", SHIPPED)
def test_a_training_step_on_files_of_its_layout(name: str) -> None:
    shipped = SHIPPED[name]
    root = Path("data")
    shipped.write(root)
    brief = ("trainer.epochs=1", "trainer.batch_size=2", "tracking=none", "runner=inline")
    settings = compose([f"experiment={name}", f"data.root={root}", *shipped.small, *brief])
    check_settings(settings)
    tasks = settings.data.selected
    # The landmark with the most of what the method is about.
    *_, landmark = settings.space.anchors(sorted(task.name for task in tasks)).values()
    network = build_network(settings, landmark.pattern)
    before = {name: parameter.detach().clone() for name, parameter in network.named_parameters()}
    training, judged = load_split(settings.data, "train", "cpu"), load_split(settings.data, "val", "cpu")
    told: list[dict[str, float]] = []

    metrics = train(
        network, training.first(2), judged.first(1), tasks, settings.trainer, 0, lambda _, values: told.append(values)
    )

    (epoch,) = told
    assert all(torch.isfinite(torch.tensor(epoch[f"{task.name}.loss"])) for task in tasks)
    assert {key.partition(".")[0] for key in metrics} == {task.name for task in tasks}
    moved = {name for name, each in network.named_parameters() if not torch.equal(each, before[name])}
    for part in ("blocks.encoder1", "blocks.decoder1", *(f"heads.head/{task.name}." for task in tasks)):
        assert any(name.startswith(part) for name in moved), part
    assert all(torch.isfinite(each.grad).all() for each in network.parameters() if each.grad is not None)


@pytest.mark.parametrize("name", SHIPPED)
def test_missing_data_are_told_with_the_way_out(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    choice = compose([f"experiment={name}"]).experiment.choices["data"]

    for command in (search, plan, check):
        assert command([f"experiment={name}", "tracking=none"]) == 2
        printed = capsys.readouterr()
        assert len(printed.out.splitlines()) == (command is search)  # its first word comes before anything is opened
        problem, remedy = printed.err.splitlines()
        assert problem.startswith("data.root is not given; want ")
        assert remedy.startswith(f"experiment={name} reads data={choice}, a folder with ")
        assert "give it as data.root=DIR" in remedy
        assert f"python -m search.dry_run experiment={name} tells" in remedy
    assert search([f"experiment={name}", "tracking=none", "data.root=nowhere"]) == 2
    assert capsys.readouterr().err.startswith("data.root=nowhere: no folder ")


def test_data_of_ones_own_choice_are_told_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    assert search(["experiment=pdf_nyuv2", "data=nyuv2", "tracking=none"]) == 2

    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("data.root is not given; want the folder of data.spec=nyuv2")
