from __future__ import annotations

import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.errors import ConfigError, DataError
from spaces.networks.build import SharedNetwork, build
from spaces.networks.classifier import Classifier
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import SharingPattern, separate_decoders, uniform
from tests.references import similarity as reference
from trainers.batches.memory import Split
from trainers.similarity import Similarity, cka, cka_matrix, hsic1

X = [[1, 0, 2], [0, 1, 1], [2, 1, 0], [1, 3, 1], [0, 2, 2], [3, 0, 1]]
Y = [[1, 1], [0, 2], [2, 0], [1, 3], [0, 1], [3, 1]]
TASKS = ("depth", "normals", "segmentation")
FAMILY = Small(encoder_widths=(4, 6, 8), decoder_width=5)
quick = settings(max_examples=40, deadline=None)  # on busy cores a deadline measures the neighbours


def network_of(pattern: SharingPattern) -> SharedNetwork:
    return build(pattern, FAMILY, dict.fromkeys(TASKS, Output(1, "depth")), seed=0)


def apart() -> SharedNetwork:
    return network_of(separate_decoders(TASKS, 3, 3))


def split_of(images: int) -> Split:
    generator = torch.Generator().manual_seed(0)
    return Split(torch.randint(0, 256, (images, 3, 16, 16), generator=generator, dtype=torch.uint8), {})


def features(seed: int, images: int = 12, channels: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(images, channels))


def test_the_published_estimator_has_its_golden_values() -> None:
    found = hsic1([np.array(X, float), np.array(Y, float)])

    np.testing.assert_allclose(found, [[329 / 90, 28 / 15], [28 / 15, 77 / 30]], rtol=1e-12)
    assert cka(X, Y) == pytest.approx(0.6094040593, abs=1e-10)
    assert reference.biased_cka(np.array(X), np.array(Y)) == pytest.approx(0.7608967151, abs=1e-10)


@quick
@given(
    st.integers(4, 7).flatmap(
        lambda images: st.tuples(
            *[
                st.lists(
                    st.lists(st.integers(-4, 4), min_size=channels, max_size=channels),
                    min_size=images,
                    max_size=images,
                )
                for channels in (2, 3)
            ]
        )
    )
)
def test_it_is_the_average_over_tuples_of_images(both: tuple[list[list[int]], list[list[int]]]) -> None:
    x, y = both
    found = hsic1([np.array(x, float), np.array(y, float)])

    np.testing.assert_allclose(found[0, 1], float(reference.hsic1(x, y)), atol=1e-9)
    if reference.hsic1(x, x) and reference.hsic1(y, y):
        assert cka(x, y) == pytest.approx(reference.cka(x, y), abs=1e-9)
    else:
        with pytest.raises(DataError, match="do not vary"):
            cka(x, y)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_cosine_of_centred_grams(seed: int) -> None:
    x, y = features(seed), features(seed + 10, channels=3) + features(seed, channels=3)
    assert cka(x, y) == pytest.approx(reference.centring_cka(x, y), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_shifts_scales_and_turns_change_nothing(seed: int) -> None:
    x = features(seed)
    y = np.tanh(x) + 0.5 * features(seed + 10)
    turn, _ = np.linalg.qr(features(seed + 20, 5, 5))
    expected = cka(x, y)

    for other in (y + 7.0, y @ turn, 1e-30 * y, -1e30 * y, 3 * (y @ turn) - features(seed + 30, 1)):
        assert cka(x, other) == pytest.approx(expected, abs=1e-9)
        assert cka(other, x) == pytest.approx(expected, abs=1e-9)
    assert cka(x, x @ turn) == pytest.approx(1)
    assert cka(x, x) == pytest.approx(1)


def test_unrelated_features_are_not_alike_however_many_channels_they_have() -> None:
    """Where the biased estimator sees similarity."""
    draws = [(features(seed, 60, 200), features(seed + 100, 60, 200)) for seed in range(20)]
    found = [cka(x, y) for x, y in draws]
    assert min(reference.biased_cka(x, y) for x, y in draws) > 0.7
    assert abs(np.mean(found)) < 0.02  # four standard errors
    assert min(found) < 0 < max(found) < 0.1


def test_a_matrix_is_the_pairs() -> None:
    sets = {"a": features(0), "b": features(1) + features(0), "c": features(2, channels=2)}
    found = cka_matrix(sets)

    assert np.array_equal(found, found.T)
    assert np.array_equal(found.diagonal(), np.ones(3))
    assert (abs(found) <= 1).all()
    assert found[0, 1] == pytest.approx(cka(sets["a"], sets["b"]))
    assert found[1, 2] == pytest.approx(cka(sets["b"], sets["c"]))


@pytest.mark.parametrize(
    ("y", "told"),
    [
        (features(0, 3), r"features of different numbers of images \(x 12, y 3\): want those of the same images"),
        (features(0)[0], r"features of y have shape \(5,\): want \(images, channels\)"),
        (features(0, channels=0), r"features of y have shape \(12, 0\)"),
        (np.full((12, 5), 2.5), "features of y do not vary between the 12 images, .* is 0/0: look for copies"),
        (np.zeros((12, 5)), "features of y do not vary"),
        ((3 + 1e-7 * features(0)).astype(np.float32), "features of y do not vary"),
        (np.eye(12, 5)[::-1] * [0, 0, 1, 0, 0] + 0.1, "features of y do not vary"),  # but in one image
        (np.where(features(0) > 1, np.nan, 1), r"features of y are not all finite.*smaller trainer\.lr"),
        (np.where(features(0) > 1, np.inf, 1), "features of y are not all finite"),
    ],
)
def test_features_that_have_no_similarity_are_refused(y: np.ndarray, told: str) -> None:
    with pytest.raises(DataError, match=told):
        cka(features(1), y)


def test_too_few_images_are_refused() -> None:
    with pytest.raises(DataError, match=r"^3 images .* want at least 4, .* give more training images"):
        cka(features(0, 3), features(1, 3))
    with pytest.raises(DataError, match=r"^3 images .* want at least 4"):
        Similarity().find(apart(), split_of(3))
    assert len(Similarity().find(apart(), split_of(4))["stages"]) == 3


@pytest.mark.parametrize("images", [3, 0, 5001, 7.5, True, "many", None])
def test_options_out_of_range_are_refused(images: Any) -> None:
    with pytest.raises(ConfigError, match=rf"^sampler\.images={images}: want a whole number from 4 to 5000$"):
        Similarity(images)


def test_a_network_is_measured_on_pooled_outputs_in_evaluation_mode() -> None:
    network, split = apart(), split_of(10)
    found = Similarity(images=9).find(network, split, batch_size=4)

    network.eval()
    with torch.no_grad():
        outputs = network.decode(split.images[:9].float() / 255)
    assert found["tasks"] == list(TASKS)
    for stage, matrix in enumerate(found["stages"]):
        pooled = {task: outputs[task][stage].mean((2, 3)) for task in TASKS}
        np.testing.assert_allclose(matrix, cka_matrix(pooled), atol=1e-5)
        assert all(type(value) is float for row in matrix for value in row)


def test_more_images_than_there_are_means_all() -> None:
    network, split = apart(), split_of(8)
    assert Similarity(images=8).find(network, split) == Similarity(images=800).find(network, split)


def test_tasks_that_share_a_stage_are_exactly_alike_there() -> None:
    together, pair = (TASKS,), (("depth", "segmentation"), ("normals",))
    network = network_of(uniform(TASKS, 3, [together, pair, tuple((task,) for task in TASKS)]))
    first, second, third = Similarity().find(network, split_of(8))["stages"]

    assert first == [[1.0] * 3] * 3
    assert second[0][2] == second[2][0] == 1.0
    assert second[0][1] == second[1][0] == second[1][2] == second[2][1] < 1
    assert [third[task][task] for task in range(3)] == [1.0] * 3
    assert len({third[0][1], third[0][2], third[1][2]}) == 3
    assert max(third[0][1], third[0][2], third[1][2]) < 1


def test_the_network_is_left_as_it_was() -> None:
    network = apart()
    network.train()
    frozen = network.blocks["encoder1/depth+normals+segmentation"]
    frozen.eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}

    Similarity().find(network, split_of(8))

    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert network.training
    assert not any(module.training for module in frozen.modules())
    assert all(module.training for module in network.blocks["decoder1/depth"].modules())
    assert torch.is_grad_enabled()


def test_no_feature_map_outlives_its_batch() -> None:
    network = apart()
    maps: list[weakref.ref[torch.Tensor]] = []
    alive: list[int] = []
    encoder = network.blocks["encoder1/depth+normals+segmentation"]
    encoder.register_forward_pre_hook(lambda module, args: alive.append(sum(ref() is not None for ref in maps)))
    for block in network.blocks.values():
        block.register_forward_hook(lambda module, args, output: maps.append(weakref.ref(output)))

    Similarity().find(network, split_of(12), batch_size=4)

    assert alive == [0, 0, 0]
    assert len(maps) == 3 * len(network.blocks)


@pytest.mark.parametrize(("value", "told"), [(0.0, "do not vary"), (float("nan"), "are not all finite")])
def test_a_broken_stage_is_named(value: float, told: str) -> None:
    network = apart()
    with torch.no_grad():
        for parameter in network.blocks["decoder2/normals"].parameters():
            parameter.fill_(value)

    with pytest.raises(DataError, match=f"^features of normals at decoder stage 2 {told}"):
        Similarity().find(network, split_of(8))
    assert network.training


def test_naming_it_in_a_configuration_loads_nothing_heavy() -> None:
    code = (
        "import sys, trainers.similarity, search.samplers.task_grouping, search.report.figures.similarity_figure\n"
        "trainers.similarity.Similarity(images=100)\n"
        "assert not {'torch', 'optuna', 'matplotlib', 'ray', 'mlflow', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_stages_of_a_classification_head_are_compared_too() -> None:
    outputs = {name: Output(4, "classification", False) for name in ("left", "right")}
    family = Classifier(encoder_widths=(4, 6, 8), decoder_width=5)
    network = build(separate_decoders(outputs, 3, 3), family, outputs, seed=0)

    stages = Similarity().find(network, split_of(12))["stages"]

    assert np.shape(stages) == (3, 2, 2)
    assert np.isfinite(stages).all()
