from __future__ import annotations

import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest
import torch

from spaces.errors import ConfigError, DataError
from spaces.networks.build import SharedNetwork, build
from spaces.networks.classifier import Classifier
from spaces.networks.modules.output import Output
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import SharingPattern, separate_decoders, uniform
from trainers.batches.memory import Split
from trainers.cka import cka_matrix
from trainers.similarity import Similarity

TASKS = ("depth", "normals", "segmentation")
FAMILY = Small(encoder_widths=(4, 6, 8), decoder_width=5)


def network_of(pattern: SharingPattern) -> SharedNetwork:
    return build(pattern, FAMILY, dict.fromkeys(TASKS, Output(1, "depth")), seed=0)


def apart() -> SharedNetwork:
    return network_of(separate_decoders(TASKS, 3, 3))


def split_of(images: int) -> Split:
    generator = torch.Generator().manual_seed(0)
    return Split(torch.randint(0, 256, (images, 3, 16, 16), generator=generator, dtype=torch.uint8), {})


def test_too_few_images_are_refused() -> None:
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
