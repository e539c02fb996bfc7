"""What every weighting promises, on the tiny problem and on losses small enough to see through."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from spaces.errors import ConfigError
from spaces.networks.build import SharedNetwork, build
from spaces.networks.small import Small
from spaces.pattern.exchange import NoExchange
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage
from tests.tiny import write_tiny
from trainers.batches.memory import load_split
from trainers.data.npz import Npz
from trainers.recipe import Recipe
from trainers.tasks.depth import Depth
from trainers.train import TrainingError, train
from trainers.training_state import Leg
from trainers.weighting.dwa import Dwa, weights
from trainers.weighting.equal import Equal
from trainers.weighting.fixed import Fixed
from trainers.weighting.gradients import METHODS, Gradients
from trainers.weighting.uncertainty import LogVariances, Uncertainty
from trainers.weighting.weighting import Weighting

CPU = torch.device("cpu")
FAMILY = Small(encoder_widths=(4, 4), decoder_width=4)
TASKS = (Depth("a"), Depth("b", weight=3.0), Depth("c"))
NAMES = [task.name for task in TASKS]
PLAIN = {
    "equal": Equal(),
    "fixed": Fixed({"depth": 2}),
    "uncertainty": Uncertainty(),
    "dwa": Dwa(),
}


def gradients(name: str) -> Weighting:
    weighting = Gradients(name)
    try:
        weighting.check(NAMES)
    except ConfigError as error:
        pytest.skip(str(error))
    return weighting


def any_weighting(name: str) -> Weighting:
    return PLAIN[name] if name in PLAIN else gradients(name)


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


# On quadratic losses of three shared numbers and one private number a task.


@dataclass
class Toy:
    """Losses (a_t . shared - 1)^2 + private_t^2."""

    shared: torch.nn.Parameter
    private: list[torch.nn.Parameter]

    @property
    def parameters(self) -> list[torch.nn.Parameter]:
        return [self.shared, *self.private]

    def losses(self) -> dict[str, torch.Tensor]:
        directions = torch.tensor([[1.0, 0.2, 0.1], [-1.0, 0.5, 0.3], [0.1, -1.0, 0.2]])  # conflicting
        residuals = directions @ self.shared - 1
        return {name: residuals[i].square() + self.private[i].square() for i, name in enumerate(NAMES)}

    def gradient(self, name: str) -> torch.Tensor:
        return torch.autograd.grad(self.losses()[name], self.shared)[0]


@pytest.fixture
def toy() -> Toy:
    return Toy(
        torch.nn.Parameter(torch.tensor([0.3, -0.2, 0.1])),
        [torch.nn.Parameter(torch.tensor(0.5 + i)) for i in range(3)],
    )


def test_equal_is_the_weighted_sum_to_the_last_bit(toy: Toy) -> None:
    penalty = toy.shared.square().sum()
    losses = toy.losses()
    total = sum((task.weight * losses[task.name] for task in TASKS), torch.zeros(())) + penalty + 0.0
    expected = torch.autograd.grad(total, toy.parameters)
    losses, penalty = toy.losses(), toy.shared.square().sum()
    Equal().begin(TASKS, CPU).backward(losses, (penalty, 0.0), toy.parameters)
    assert all(torch.equal(p.grad, want) for p, want in zip(toy.parameters, expected, strict=True))


def test_fixed_weights_replace_those_of_the_data_set(toy: Toy) -> None:
    Fixed({"b": 0.5}).begin(TASKS, CPU).backward(toy.losses(), (), toy.parameters)
    expected = toy.gradient("a") + 0.5 * toy.gradient("b") + toy.gradient("c")
    torch.testing.assert_close(toy.shared.grad, expected)


def test_log_variances_have_the_gradient_of_equation_7(toy: Toy) -> None:
    balance = LogVariances(TASKS, CPU, lr_ratio=1.0)
    balance.s.data = torch.tensor([0.3, -1.0, 2.0])
    balance.backward(toy.losses(), (), toy.parameters)
    values = torch.tensor([loss.item() * task.weight for loss, task in zip(toy.losses().values(), TASKS, strict=True)])
    torch.testing.assert_close(balance.s.grad, 0.5 - 0.5 * torch.exp(-balance.s.detach()) * values)
    scales = 0.5 * torch.exp(-balance.s.detach()) * torch.tensor([task.weight for task in TASKS])
    expected = sum(scale * toy.gradient(name) for scale, name in zip(scales, NAMES, strict=True))
    torch.testing.assert_close(toy.shared.grad, expected)
    assert balance.used() == pytest.approx({f"{n}.weight": float(w) for n, w in zip(NAMES, scales, strict=True)})


def test_log_variances_agree_with_the_librarys(toy: Toy) -> None:
    scalarization = pytest.importorskip("torchjd.scalarization", reason="compares with TorchJD")
    balance, theirs = LogVariances(TASKS, CPU, lr_ratio=1.0), scalarization.UW(3)
    balance.backward(toy.losses(), (), toy.parameters)
    theirs(torch.stack([task.weight * toy.losses()[task.name] for task in TASKS])).backward()
    torch.testing.assert_close(balance.s.grad, theirs.log_var.grad)


@pytest.mark.parametrize("temperature", [0.01, 2.0, 50.0])
def test_dwa_weighs_slow_tasks_more_and_sums_to_their_number(temperature: float) -> None:
    found = weights([0.9, 0.5, 3.0], [1.0, 1.0, 1.0], temperature)
    assert sum(found) == pytest.approx(3)
    assert found[2] > found[0] >= found[1]
    assert weights([0.0, 2.0], [0.0, 2.0], temperature) == [1.0, 1.0]


def test_dwa_looks_two_epochs_back_and_agrees_with_the_librarys() -> None:
    balance = Dwa().begin(TASKS, CPU)
    history: list[dict[str, float]] = []
    told = []
    for values in ((1.0, 2.0, 4.0), (0.5, 1.9, 4.0), (0.5, 0.5, 0.5)):
        balance.turn(history)
        told.append(balance.used())
        history.append({f"{name}.loss": value for name, value in zip(NAMES, values, strict=True)})
    own = {"a.weight": 1.0, "b.weight": 3.0, "c.weight": 1.0}
    assert told[0] == told[1] == own
    relative = torch.tensor([told[2][key] / own[key] for key in own])
    expected = 3 * torch.softmax(torch.tensor([0.5 / 1.0, 1.9 / 2.0, 4.0 / 4.0]) / 2.0, 0)
    torch.testing.assert_close(relative, expected)


@pytest.mark.parametrize("method", METHODS)
def test_private_numbers_get_their_own_gradient_and_terms_come_on_top(toy: Toy, method: str) -> None:
    plain, more = (gradients(method).begin(TASKS, CPU) for _ in range(2))
    torch.manual_seed(0)
    plain.backward(toy.losses(), (0.0, 0.0), toy.parameters)
    first = [p.grad.clone() for p in toy.parameters]
    for value, task, number in zip(first[1:], TASKS, toy.private, strict=True):
        torch.testing.assert_close(value, 2 * task.weight * number.detach())
    for p in toy.parameters:
        p.grad = None
    torch.manual_seed(0)
    more.backward(toy.losses(), (7 * toy.shared.sum(), 0.0), toy.parameters)
    torch.testing.assert_close(toy.shared.grad, first[0] + 7)


@pytest.mark.parametrize("method", ["upgrad", "dualproj", "mgda"])
def test_no_loss_rises_to_first_order(toy: Toy, method: str) -> None:
    gradients(method).begin(TASKS, CPU).backward(toy.losses(), (), toy.parameters)
    assert toy.shared.grad is not None
    slack = 1e-2 * toy.shared.grad.norm()  # their solvers stop early
    assert all(toy.gradient(name) @ toy.shared.grad > -slack for name in NAMES)


@pytest.mark.parametrize("method", ["pcgrad", "upgrad", "mgda"])
def test_of_two_that_conflict_neither_rises(method: str) -> None:
    shared = torch.nn.Parameter(torch.tensor([1.0, 1.0]))
    rows = {"a": torch.tensor([4.0, 1.0]), "b": torch.tensor([-1.0, 0.5])}
    tasks = TASKS[0], Depth("b")
    losses = {name: row @ shared for name, row in rows.items()}
    assert rows["a"] @ (rows["a"] + rows["b"]) > 0 > rows["b"] @ (rows["a"] + rows["b"])  # the sum lets b rise
    gradients(method).begin(tasks, CPU).backward(losses, (), [shared])
    assert shared.grad is not None
    assert all(row @ shared.grad >= -1e-3 for row in rows.values())


def test_a_row_is_zero_where_a_task_does_not_reach(toy: Toy) -> None:
    """Numbers shared by two of three tasks: the third has no say in them but through the weights."""
    pair = torch.nn.Parameter(torch.tensor([0.4, 0.6]))
    losses = toy.losses()
    losses["a"] = losses["a"] + (pair[0] - 2).square()
    losses["b"] = losses["b"] + (pair[0] + pair[1]).square()
    balance = gradients("mgda").begin(TASKS, CPU)
    expected = [torch.autograd.grad(losses[name], pair, retain_graph=True)[0] for name in ("a", "b")]
    balance.backward(losses, (), [*toy.parameters, pair])
    told = balance.used()
    torch.testing.assert_close(pair.grad, told["a.weight"] * expected[0] + told["b.weight"] * expected[1])
    assert told["a.weight"] + told["b.weight"] / 3.0 + told["c.weight"] == pytest.approx(1)  # of the rows


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
