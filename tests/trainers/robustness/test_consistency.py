from __future__ import annotations

import pytest
import torch

from tests.trainers.robustness.rooms import TASKS, build_network, draw_split
from trainers.robustness.consistency import (
    Outlined,
    Semantic,
    explain_left_out,
    find_consistencies,
    find_outlines,
    find_steps,
    read_outputs,
    read_targets,
)
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.depth import Depth
from trainers.tasks.saliency import Saliency
from trainers.tasks.segmentation import Segmentation

SPLIT = draw_split(8, 64)


def test_the_truth_agrees_with_itself() -> None:
    relations = {relation.name: relation for relation in find_consistencies(TASKS, SPLIT)}
    said = read_targets(TASKS, SPLIT.targets)
    means = {}
    for name, relation in relations.items():
        count, total = relation.count(said).tolist()
        assert count > 0
        means[name] = total / count

    assert list(means) == ["geometric", "semantic", "outlined"]
    assert means["geometric"] < 8
    assert means["semantic"] > 0.85
    assert means["outlined"] > 0.9


def test_a_network_without_training_agrees_less() -> None:
    network = build_network().eval()
    with torch.no_grad():
        images, _ = next(iter(SPLIT.batches(8, TASKS)))
        said = read_outputs(TASKS, network(images))
    truth = read_targets(TASKS, SPLIT.targets)
    geometric = find_consistencies(TASKS, SPLIT)[0]
    for relation, sign in ((geometric, 1), (Semantic("segmentation", "edges"), -1)):
        (count, total), (true_count, true_total) = relation.count(said).tolist(), relation.count(truth).tolist()
        assert sign * total / max(count, 1) > sign * true_total / true_count or count == 0


def test_outlines_are_a_dilation_that_differs_from_an_erosion() -> None:
    ids = torch.zeros(1, 5, 6, dtype=torch.int64)
    ids[..., 3:] = 2
    found = find_outlines(ids)[0, 0]
    assert found[:, 2:4].all()
    assert found.sum() == 10
    assert not find_outlines(torch.full((1, 4, 4), 3)).any()


def test_steps_are_outlines_of_depth_and_not_slanted_planes() -> None:
    x = torch.arange(20.0) / 20
    slanted = (1 / (0.2 + 0.3 * x)).expand(1, 1, 20, 20).clone()
    assert not find_steps(slanted).any()
    stepped = slanted.clone()
    stepped[..., 10:] /= 2
    assert find_steps(stepped)[0, 0, 1:-1, 9:11].all()
    assert find_steps(stepped).sum() == 36
    stepped[..., 9, 9] = 0  # not known
    assert not find_steps(stepped)[0, 0, 8:11, 9:11].any()


def test_sums_of_batches_add_up() -> None:
    said = read_targets(TASKS, SPLIT.targets)
    for relation in find_consistencies(TASKS, SPLIT):
        parts = [relation.count({name: each[part] for name, each in said.items()}) for part in (slice(3), slice(3, 8))]
        torch.testing.assert_close(parts[0] + parts[1], relation.count(said))


def test_the_share_of_agreeing_pixels() -> None:
    ids = torch.zeros(1, 4, 4, dtype=torch.int64)
    logits = torch.full((1, 1, 4, 4), -1.0)
    logits[..., 0, :] = 1
    assert Semantic("s", "e").count({"s": ids, "e": logits}).tolist() == [16, 12]
    assert Outlined("s", "d").count({"s": ids, "d": torch.ones(1, 1, 4, 4)}).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("tasks", "there", "told"),
    [
        (TASKS, ["geometric", "semantic", "outlined"], []),
        (TASKS[:2], ["outlined"], ["geometric", "semantic"]),
        ((Depth("depth"), TASKS[2]), ["geometric"], ["semantic", "outlined"]),
        ((Autoencoder("again"),), [], ["geometric", "semantic", "outlined"]),
        ((Segmentation("segmentation", classes=6), Saliency("edges")), [], ["geometric", "semantic", "outlined"]),
    ],
)
def test_what_the_tasks_do_not_allow_is_left_out_and_told(tasks: tuple, there: list[str], told: list[str]) -> None:
    assert [relation.name for relation in find_consistencies(tasks, SPLIT)] == there
    assert [sentence.split()[0] for sentence in explain_left_out(tasks)] == [f"consistency.{name}" for name in told]
