"""What is streamed is what lies in memory, to the last bit, through processes and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import trainers.constant_prediction
from spaces.draws import plan_draws
from spaces.errors import DataError
from spaces.fusion import Fusion
from spaces.networks.build import SharedNetwork, build
from spaces.networks.small import Small
from spaces.networks.supernet import Supernet, build_supernet
from spaces.pattern.sharing_pattern import separate_decoders
from tests.pictures import TASKS, Pictures, write_pictures
from trainers.augment import Flip
from trainers.batches.cache import open_cache
from trainers.batches.memory import Split, load_split
from trainers.batches.source import Source
from trainers.batches.stream import Stream, count_spare_cores, open_stream
from trainers.constant_prediction import measure_constants
from trainers.data.loading import Loading
from trainers.estimate import estimate
from trainers.measure import measure
from trainers.prune import recalibrate
from trainers.recipe import Recipe
from trainers.similarity import Similarity
from trainers.tasks.autoencoder import Autoencoder
from trainers.train import train
from trainers.training_state import Leg


@dataclass(frozen=True)
class Backwards(Pictures):
    """Has targets in another order than that of their names."""

    def samples(self, split: str, only: Sequence[str] | None = None) -> Any:
        rows = super().samples(split, only)
        return replace(rows, tasks=rows.tasks[::-1])


FAMILY = Small(encoder_widths=(6, 8), decoder_width=6)
RECIPE = Recipe(epochs=3, batch_size=7, lr=0.01, augment=(Flip(),))
STREAMED = Loading(memory_gb=0.0, workers=0)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("pictures"), val=13)


@pytest.fixture(autouse=True)
def _no_process_stays() -> Iterator[None]:
    yield
    load_split.cache_clear()


def held(root: Path, name: str = "train") -> Split:
    found = load_split(Pictures(str(root)), name, "cpu")
    assert isinstance(found, Split)
    return found


def streamed(root: Path, name: str = "train", workers: int = 0, **more: object) -> Stream:
    found = load_split(Pictures(str(root), replace(STREAMED, workers=workers, **more)), name, "cpu")
    assert isinstance(found, Stream)
    return found


def network_of(seed: int = 0) -> SharedNetwork:
    tasks = Pictures("").selected
    pattern = separate_decoders([task.name for task in tasks], 2, 2)
    network = build(pattern, FAMILY, {task.name: task.output for task in tasks}, seed)
    return network.to(memory_format=torch.channels_last)


def supernet_of(seed: int = 0) -> Supernet:
    outputs = {task.name: task.output for task in Pictures("").selected}
    draws = plan_draws(Fusion(2, 2), list(outputs), seed, lambda pattern: True)
    supernet = build_supernet(separate_decoders(list(outputs), 2, 2), draws, FAMILY, outputs, seed)
    return supernet.to(memory_format=torch.channels_last)


def trained(
    training: Source,
    validation: Source,
    pauses: tuple[int, ...] = (),
    make: Callable[[], SharedNetwork] = network_of,
) -> tuple[SharedNetwork, list]:
    state, curves, network = None, [], make()
    for until in (*pauses, None):
        network, curves, kept = make(), [], []
        leg = Leg(until, state, kept.append)
        tasks = Pictures("").selected
        train(network, training, validation, tasks, RECIPE, 0, lambda _, v, seen=curves: seen.append(v), leg)
        state = kept[-1] if until else None
    return network, curves


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("pauses", [(), (1, 2)])
def test_a_training_on_a_stream_is_the_one_in_memory_to_the_last_bit(
    root: Path, workers: int, pauses: tuple[int, ...]
) -> None:
    (memory, curves), (other, again) = (
        trained(held(root), held(root, "val")),
        trained(streamed(root, "train", workers), streamed(root, "val", workers), pauses),
    )
    assert curves == again
    for name, tensor in memory.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_batches_are_those_of_memory_in_any_order_and_form(root: Path) -> None:
    tasks = (*Pictures("").selected, Autoencoder("again"))
    order = torch.randperm(24)[:17]
    stream = streamed(root)
    for given in (None, order):
        pairs = zip(held(root).batches(5, tasks, given), stream.batches(5, tasks, given), strict=True)
        for (images, targets), (others, alike) in pairs:
            assert torch.equal(images, others)
            assert others.is_contiguous(memory_format=torch.channels_last) and others.dtype == torch.float32
            assert targets.keys() == alike.keys() == {"colour", "depth"}
            for name, target in targets.items():
                assert torch.equal(target, alike[name]) and target.dtype == alike[name].dtype
    assert stream.size == held(root).size and len(stream) == 24
    few = stream.first(6)
    assert len(few) == 6 and len(stream.first(99)) == 24
    assert [len(images) for images, _ in few.batches(4, ())] == [4, 2]


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_last_though_their_places_are_used_again(root: Path, workers: int) -> None:
    tasks, stream = Pictures("").selected, streamed(root, workers=workers)
    for size in (3, 5, 2):  # places are made anew where a batch is larger than any before
        kept = list(stream.batches(size, tasks))
        assert len(kept) == -(-24 // size)  # more than there are places
        for (images, targets), (others, alike) in zip(held(root).batches(size, tasks), kept, strict=True):
            assert torch.equal(images, others)
            assert all(torch.equal(target, alike[name]) for name, target in targets.items())


def test_a_pass_that_was_left_early_does_not_spoil_the_next(root: Path) -> None:
    tasks, stream = Pictures("").selected, streamed(root, workers=2)
    for images, _ in stream.batches(3, tasks, torch.arange(23, -1, -1)):
        assert torch.equal(images, held(root).batch(torch.tensor([23, 22, 21]), tasks)[0])
        break
    for (images, _), (others, _) in zip(held(root).batches(3, tasks), stream.batches(3, tasks), strict=True):
        assert torch.equal(images, others)


def test_reading_draws_nothing_from_the_generator_that_blocks_draw_from(root: Path) -> None:
    before = torch.get_rng_state()
    list(streamed(root).batches(5, ()))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_supernet_on_a_stream_is_the_one_in_memory_and_so_are_its_estimates(root: Path) -> None:
    sources = (held(root), held(root, "val")), (streamed(root), streamed(root, "val"))
    (memory, curves), (other, again) = trained(*sources[0], (), supernet_of), trained(*sources[1], (1,), supernet_of)
    assert curves == again
    assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in memory.state_dict().items())
    tasks, patterns = Pictures("").selected, supernet_of().draws.patterns
    assert estimate(memory, patterns, *sources[0], tasks) == estimate(other, patterns, *sources[1], tasks)


def test_what_needs_a_whole_split_is_the_same_on_a_stream(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, stream, tasks = held(root, "val"), streamed(root, "val"), Pictures("").selected
    for most in (2**25, 5 * 16 * 16):  # the constants of all images, and of five
        monkeypatch.setattr(trainers.constant_prediction, "FITTED", most)
        assert measure_constants(memory, tasks) == measure_constants(stream, tasks)
    assert measure(network_of(), memory, tasks) == measure(network_of(), stream, tasks)
    assert Similarity(9).find(network_of(), memory) == Similarity(9).find(network_of(), stream)
    pair = network_of(), network_of()
    for network, source in zip(pair, (memory, stream), strict=True):
        recalibrate(network, source, 5)
    for name, tensor in pair[0].state_dict().items():
        assert torch.equal(tensor, pair[1].state_dict()[name]), name


def test_constants_of_a_large_split_are_fitted_on_some_images_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth = (TASKS["depth"],)
    exact = measure_constants(held(root), depth)
    monkeypatch.setattr(trainers.constant_prediction, "FITTED", 8 * 16 * 16)
    sampled = measure_constants(held(root), depth)
    assert sampled != exact
    assert sampled["depth.abs_err_m"] == pytest.approx(exact["depth.abs_err_m"], rel=0.1)
    assert sampled["depth.abs_err_m"] >= exact["depth.abs_err_m"]


def test_small_splits_stay_in_memory_and_large_ones_do_not(root: Path) -> None:
    one = 16 * 16 * (3 + 2 + 4)  # bytes of image, class ids and depths
    data = Pictures(str(root))
    kinds = [
        type(load_split(replace(data, loading=Loading(memory_gb=24 * one / 1e9 + more, workers=0)), "train", "cpu"))
        for more in (1e-9, -1e-9)
    ]
    assert kinds == [Split, Stream]
    assert np.array_equal(held(root).images.permute(0, 2, 3, 1).numpy(), data.load("train").images)


def test_a_training_on_one_core_has_one_process_and_never_more_than_its_threads() -> None:
    assert count_spare_cores(torch.device("cpu")) == 1
    assert 1 <= count_spare_cores(torch.device("cuda")) <= 8


def spoilt(tmp_path: Path, name: str, content: bytes) -> Path:
    root = write_pictures(tmp_path / "spoilt", images=12)
    (root / "train" / name).write_bytes(content)
    return root


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_file_is_one_message_with_its_path(tmp_path: Path, workers: int) -> None:
    root = spoilt(tmp_path, "7-depth.npy", b"\x93NUMPY no more")
    stream = streamed(root, workers=workers)
    with pytest.raises(DataError) as caught:
        trained(stream, streamed(root, "val"))
    (problem,) = caught.value.problems
    assert problem.startswith(f"{root / 'train' / '7-depth.npy'}: cannot be read")
    assert problem.endswith("copy it again") and "Traceback" not in problem
    (root / "train" / "7-depth.npy").write_bytes((root / "train" / "6-depth.npy").read_bytes())
    assert len(list(stream.batches(5, Pictures("").selected))) == 3  # mended, it goes on


def test_a_picture_of_another_size_is_one_message(tmp_path: Path) -> None:
    root = spoilt(tmp_path, "5.png", (write_pictures(tmp_path / "large", 1, (32, 16)) / "train/0.png").read_bytes())
    with pytest.raises(DataError, match=r"sample 5 of the train split is image uint8 \(32, 16, 3\).*want all samples"):
        list(streamed(root).batches(4, ()))
    with pytest.raises(DataError, match=r"sample 5: image has shape \(32, 16, 3\), that of sample 0 \(16, 16, 3\)"):
        held(root)


def test_a_stream_by_hand_has_as_many_images_as_the_split(root: Path) -> None:
    assert len(open_stream(Pictures(str(root), STREAMED), "val", "cpu")) == 13


def test_a_cache_that_holds_a_part_gives_what_the_files_do(root: Path, tmp_path: Path) -> None:
    data = Backwards(str(root), replace(STREAMED, cache=str(tmp_path)))
    for row, only in ((0, ("colour", "depth")), (1, ("depth",))):
        open_cache(data, "train", only).read(row)
    pairs = [
        list(open_stream(each, "train", "cpu").batches(5, data.selected))
        for each in (data, Pictures(str(root), STREAMED))
    ]
    for (images, targets), (others, same) in zip(*pairs, strict=True):
        assert torch.equal(images, others)
        assert targets.keys() == same.keys() != set()
        assert all(torch.equal(targets[name], same[name]) for name in targets)
