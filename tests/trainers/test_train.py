from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from spaces.draws import plan_draws
from spaces.fusion import Fusion
from spaces.networks.build import SharedNetwork, build
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.networks.supernet import Supernet, build_supernet
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders
from tests.tiny import write_tiny
from trainers.augment import Flip
from trainers.batches.memory import Split, load_split
from trainers.data.npz import Npz
from trainers.measure import measure
from trainers.recipe import Recipe
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.depth import Depth
from trainers.tasks.task import Task
from trainers.train import TrainingError, train
from trainers.training_state import EVERY, LAST, Leg

FAMILY = Small(encoder_widths=(6, 8), decoder_width=6)
RECIPE = Recipe(epochs=3, batch_size=8, lr=0.01)


@pytest.fixture
def data(tmp_path: Path) -> Npz:
    folder = write_tiny(tmp_path / "data", images=24)
    return Npz(root=str(folder), spec=str(folder / "spec.yaml"))


def trained(
    data: Npz, recipe: Recipe = RECIPE, seed: int = 0, make=separate_decoders, extra: tuple = ()
) -> tuple[SharedNetwork, list[dict[str, float]]]:
    tasks = (*data.selected, *extra)
    pattern = make([task.name for task in tasks], 2, 2)
    network = build(pattern, FAMILY, {task.name: task.output for task in tasks}, seed)
    curves: list[dict[str, float]] = []
    train(
        network,
        load_split(data, "train", "cpu"),
        load_split(data, "val", "cpu"),
        tasks,
        recipe,
        seed,
        lambda epoch, values: curves.append(values),
    )
    return network, curves


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(data: Npz) -> None:
    first, again, other = (trained(data, seed=seed)[1] for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_numbers_do_not_depend_on_what_ran_before_in_the_process(data: Npz) -> None:
    first = trained(data)[1]
    torch.manual_seed(99)
    torch.rand(1000)
    trained(data, seed=5, make=hard_sharing)
    assert trained(data)[1] == first


def test_it_learns_and_reports_every_epoch(data: Npz) -> None:
    _, curves = trained(data, replace(RECIPE, epochs=25))
    assert len(curves) == 25
    assert curves[-1]["loss"] < 0.5 * curves[0]["loss"]
    assert curves[-1]["colour.miou"] > curves[0]["colour.miou"]
    total = sum(curves[0][f"{task.name}.loss"] * task.weight for task in data.selected)
    assert curves[0]["loss"] == pytest.approx(total)


def test_a_task_that_rebuilds_the_image_needs_no_array(data: Npz) -> None:
    _, curves = trained(data, extra=(Autoencoder("again"),))
    assert 0 < curves[-1]["again.rmse"] < 1


def test_a_single_task_trains_alone(data: Npz) -> None:
    task = next(task for task in data.selected if task.name == "depth")
    network = build(hard_sharing(["depth"], 2, 2), FAMILY, {"depth": task.output}, 0)
    seen: list[dict[str, float]] = []
    train(
        network,
        load_split(data, "train", "cpu"),
        load_split(data, "val", "cpu"),
        (task,),
        RECIPE,
        0,
        lambda epoch, values: seen.append(values),
    )
    assert set(seen[0]) == {"loss", "depth.loss", *(f"depth.{metric.name}" for metric in task.table)}


@dataclass(frozen=True)
class Rounded(Depth):
    """Judges what is left of its prediction in numpy."""

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        return torch.from_numpy(prediction.detach().numpy()).abs().mean()


def test_a_loss_without_gradient_stops_the_training_with_task_and_remedy(data: Npz) -> None:
    task = Rounded("depth")
    network = build(hard_sharing(["depth"], 2, 2), FAMILY, {"depth": task.output}, 0)
    splits = [load_split(data, split, "cpu") for split in ("train", "val")]
    told = r"^the loss of depth has no gradient, so nothing can be learned from it: compute it of the prediction"
    with pytest.raises(TrainingError, match=told):
        train(network, *splits, (task,), RECIPE, 0, lambda *_: None)


@dataclass(frozen=True)
class Spoil:
    """Makes images that are no numbers."""

    def __call__(self, images, targets, tasks, generator):
        return images * float("nan"), targets


def test_a_loss_that_is_not_finite_stops_the_training_with_task_epoch_and_remedy(data: Npz) -> None:
    with pytest.raises(TrainingError, match=r"loss of .*depth.* is not finite in epoch 1: try a smaller trainer.lr"):
        trained(data, replace(RECIPE, augment=(Spoil(),)))


def test_metrics_do_not_depend_on_the_batch_size(data: Npz) -> None:
    network, _ = trained(data)
    validation = load_split(data, "val", "cpu")
    whole = measure(network, validation, data.selected, batch_size=1000)
    assert measure(network, validation, data.selected, batch_size=5) == pytest.approx(whole, rel=1e-5)


def test_splits_are_channels_last_and_loaded_once(data: Npz) -> None:
    held = load_split(data, "train", "cpu")
    assert isinstance(held, Split)
    assert held is load_split(data, "train", "cpu")
    assert held.images.dtype == torch.uint8
    images, targets = held.batch(torch.tensor([3, 1]), data.selected)
    assert images.is_contiguous(memory_format=torch.channels_last)
    assert images.min() >= 0 and images.max() <= 1
    assert torch.equal((images * 255).round().to(torch.uint8), held.images[[3, 1]])
    assert {name: len(target) for name, target in targets.items()} == {"colour": 2, "depth": 2, "brightness": 2}


def test_a_batch_larger_than_the_split_is_the_whole_split(data: Npz) -> None:
    _, curves = trained(data, replace(RECIPE, batch_size=1000))
    assert len(curves) == RECIPE.epochs


@dataclass(frozen=True)
class Wide(Small):
    """A family with dropout in its heads."""

    def head(self, output: Output) -> torch.nn.Module:
        head = super().head(output)
        head.project = torch.nn.Sequential(torch.nn.Dropout(0.5), head.project)
        return head


def test_blocks_that_draw_by_themselves_repeat_too(data: Npz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.FAMILY", Wide((6, 8), 6))
    first = trained(data)[1]
    torch.rand(17)
    assert trained(data)[1] == first


def test_augmentation_is_part_of_the_recipe(data: Npz) -> None:
    assert trained(data, replace(RECIPE, augment=()))[1] != trained(data, replace(RECIPE, augment=(Flip(p=1),)))[1]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_cuda_it_learns_as_on_the_cpu(data: Npz) -> None:
    tasks = data.selected
    results = {}
    for device in ("cpu", "cuda"):
        outputs = {task.name: task.output for task in tasks}
        network = build(separate_decoders(list(outputs), 2, 2), FAMILY, outputs, 0).to(device)
        seen: list[dict[str, float]] = []
        train(
            network,
            load_split(data, "train", device),
            load_split(data, "val", device),
            tasks,
            replace(RECIPE, epochs=20),
            0,
            lambda epoch, values, seen=seen: seen.append(values),
        )
        results[device] = seen[-1]["loss"]
    assert results["cuda"] == pytest.approx(results["cpu"], rel=0.2)


def _separate(tasks: Sequence[Task]) -> SharedNetwork:
    outputs = {task.name: task.output for task in tasks}
    return build(separate_decoders(list(outputs), 2, 2), FAMILY, outputs, seed=0)


def _supernet(tasks: Sequence[Task]) -> SharedNetwork:
    outputs = {task.name: task.output for task in tasks}
    draws = plan_draws(Fusion(2, 2), list(outputs), 0, lambda pattern: True)
    return build_supernet(separate_decoders(list(outputs), 2, 2), draws, FAMILY, outputs, seed=0)


def _in_legs(
    data: Npz, recipe: Recipe, pauses: tuple[int, ...], make: Callable[[Sequence[Task]], SharedNetwork]
) -> tuple[SharedNetwork, list[dict[str, float]]]:
    """The same training, every leg in a network of its own that knows nothing but the state, through a file."""
    tasks, state, curves = data.selected, None, []
    network = None
    for until in (*pauses, None):
        network = make(tasks).to(memory_format=torch.channels_last)
        torch.manual_seed(7)  # whatever else happened in between
        kept: list[dict] = []
        curves = []
        splits = load_split(data, "train", "cpu"), load_split(data, "val", "cpu")
        leg = Leg(until, state, kept.append)
        train(network, *splits, tasks, recipe, 0, lambda epoch, values, seen=curves: seen.append(values), leg)
        if until:
            file = Path(data.root) / "state.pt"
            torch.save(kept[-1], file)
            state = torch.load(file, weights_only=True)
    assert network is not None
    return network, curves


def test_a_training_that_is_measured_at_its_end_alone_ends_alike(data: Npz) -> None:
    tasks, told = data.selected, {}
    for measured in (EVERY, LAST):
        network, values = _separate(tasks), []
        splits = load_split(data, "train", "cpu"), load_split(data, "val", "cpu")
        recipe = replace(RECIPE, epochs=3)
        metrics = train(
            network,
            *splits,
            tasks,
            recipe,
            0,
            lambda epoch, each, seen=values: seen.append(each),
            Leg(measured=measured),
        )
        told[measured] = metrics, [values[0]["loss"], values[-1]]
        assert ("depth.abs_err_m" in values[0]) is (measured == EVERY)
    assert told[EVERY] == told[LAST]


@pytest.mark.parametrize("make", [_separate, _supernet])
@pytest.mark.parametrize("pauses", [(1,), (2,), (1, 2, 4)])
def test_a_training_in_legs_is_the_training_in_one_to_the_last_bit(
    data: Npz, pauses: tuple[int, ...], make: Callable[[Sequence[Task]], SharedNetwork]
) -> None:
    recipe = replace(RECIPE, epochs=5, augment=(Flip(),))
    (whole, curves), (legs, again) = _in_legs(data, recipe, (), make), _in_legs(data, recipe, pauses, make)
    assert curves == again
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, legs.state_dict()[name]), name


def test_a_supernet_takes_a_pattern_a_step(data: Npz) -> None:
    supernet, curves = _in_legs(data, replace(RECIPE, epochs=3), (), _supernet)
    assert isinstance(supernet, Supernet)
    assert supernet.step == 3 * (24 // RECIPE.batch_size)
    assert len(curves) == 3
    assert supernet.pattern == supernet.shown  # what was measured last
