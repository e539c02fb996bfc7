"""What every weighting promises, on the tiny problem; what one alone promises stands in a file of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from spaces.networks.build import SharedNetwork, build
from spaces.networks.small import Small
from spaces.pattern.exchange import NoExchange
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage
from tests.tiny import write_tiny
from tests.trainers.weighting.toy import make_gradients
from trainers.batches.memory import load_split
from trainers.data.npz import Npz
from trainers.recipe import Recipe
from trainers.train import TrainingError, train
from trainers.training_state import Leg
from trainers.weighting.dwa import Dwa
from trainers.weighting.equal import Equal
from trainers.weighting.fixed import Fixed
from trainers.weighting.gradients import METHODS
from trainers.weighting.uncertainty import Uncertainty
from trainers.weighting.weighting import Weighting

FAMILY = Small(encoder_widths=(4, 4), decoder_width=4)
PLAIN = {
    "equal": Equal(),
    "fixed": Fixed({"depth": 2}),
    "uncertainty": Uncertainty(),
    "dwa": Dwa(),
}


def any_weighting(name: str) -> Weighting:
    return PLAIN[name] if name in PLAIN else make_gradients(name)


every_weighting = pytest.mark.parametrize("name", [*PLAIN, *METHODS])


@pytest.fixture
def data(tmp_path: Path) -> Npz:
    folder = write_tiny(tmp_path / "data", images=16)
    return Npz(root=str(folder), spec=str(folder / "spec.yaml"))


def partly(tasks: list[str]) -> SharingPattern:
    """Two of three share a decoder stage, then all part."""
    pair, single = tuple(sorted(tasks)[:2]), tuple(sorted(tasks)[2:])
    apart = Stage(tuple((task,) for task in sorted(tasks)))
    together = Stage((tuple(sorted(tasks)),))
    return SharingPattern((together, together), (NoExchange(),) * 2, (Stage((pair, single)), apart))


def trained(
    data: Npz, weighting: Weighting, pauses: tuple[int, ...] = (), make=partly, only: str = ""
) -> tuple[SharedNetwork, list[dict[str, float]]]:
    """A training in legs, each in a network and process state of its own that knows nothing but a file."""
    tasks = tuple(task for task in data.selected if only in ("", task.name))
    outputs = {task.name: task.output for task in tasks}
    recipe = Recipe(epochs=4, batch_size=8, lr=0.01, weighting=weighting)
    state, curves, network = None, [], None
    for until in (*pauses, None):
        network = build(make(list(outputs)), FAMILY, outputs, 0)
        torch.manual_seed(7)
        kept, curves = [], []
        train(
            network,
            load_split(data, "train", "cpu"),
            load_split(data, "val", "cpu"),
            tasks,
            recipe,
            0,
            lambda epoch, values, seen=curves: seen.append(values),
            Leg(until, state, kept.append),
        )
        if until:
            torch.save(kept[-1], Path(data.root) / "state.pt")
            state = torch.load(Path(data.root) / "state.pt", weights_only=True)
    assert network is not None
    return network, curves


@every_weighting
def test_it_trains_and_a_training_in_legs_is_the_training_in_one_to_the_last_bit(data: Npz, name: str) -> None:
    weighting = any_weighting(name)
    whole, curves = trained(data, weighting)
    legs, again = trained(data, weighting, pauses=(1, 3))
    assert curves == again
    for key, tensor in whole.state_dict().items():
        assert torch.equal(tensor, legs.state_dict()[key]), key
    assert curves[-1]["loss"] < curves[0]["loss"]


@every_weighting
def test_losses_are_told_unweighted_and_weights_where_they_change(data: Npz, name: str) -> None:
    _, curves = trained(data, any_weighting(name))
    for values in curves:
        assert values["loss"] == pytest.approx(sum(values[f"{task.name}.loss"] for task in data.selected))
    told = {key for key in curves[0] if key.endswith(".weight")}
    silent = ("equal", "fixed", "graddrop", "config")  # the last two do not combine whole gradients
    assert told == (set() if name in silent else {f"{task.name}.weight" for task in data.selected})
    assert all(math.isfinite(curves[-1][key]) for key in told)


@every_weighting
def test_a_single_task_is_trained_alike(data: Npz, name: str) -> None:
    def alone(weighting: Weighting) -> list[dict[str, float]]:
        return trained(data, weighting, make=lambda tasks: hard_sharing(tasks, 2, 2), only="depth")[1]

    assert alone(any_weighting(name)) == alone(Equal())


@every_weighting
def test_nothing_of_it_is_in_the_network(data: Npz, name: str) -> None:
    one, other = trained(data, any_weighting(name))[0], trained(data, Equal())[0]
    assert one.state_dict().keys() == other.state_dict().keys()
    assert sum(p.numel() for p in one.parameters()) == sum(p.numel() for p in other.parameters())


def test_weightings_differ(data: Npz) -> None:
    names = ("equal", "fixed", "uncertainty", "dwa", "pcgrad", "mgda")
    ends = [trained(data, any_weighting(name))[1][-1]["loss"] for name in names]
    assert len(set(ends)) == len(ends)


@every_weighting
def test_a_loss_that_is_not_finite_is_told_as_ever(data: Npz, name: str) -> None:
    @dataclass(frozen=True)
    class Spoil:
        def __call__(self, images, targets, tasks, generator):
            return images * float("nan"), targets

    tasks, outputs = data.selected, {task.name: task.output for task in data.selected}
    network = build(separate_decoders(list(outputs), 2, 2), FAMILY, outputs, 0)
    recipe = Recipe(epochs=2, batch_size=8, augment=(Spoil(),), weighting=any_weighting(name))
    splits = load_split(data, "train", "cpu"), load_split(data, "val", "cpu")
    with pytest.raises(TrainingError, match="is not finite in epoch 1"):
        train(network, *splits, tasks, recipe, 0, lambda epoch, values: None)
