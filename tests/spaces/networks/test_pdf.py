"""The PDF network: its counts are tested with the cost."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from search.config.composition import answer, compose
from spaces.errors import ConfigError
from spaces.networks.build import build
from spaces.networks.cost import compute_ceiling, compute_cost
from spaces.networks.modules.layer import list_layers
from spaces.networks.modules.output import Output
from spaces.networks.pdf import Pdf
from spaces.pattern.exchange import NoExchange
from spaces.pattern.mixing import Gated
from spaces.pattern.sharing_pattern import SharingPattern, uniform
from spaces.pattern.stage import Partition, Stage
from spaces.pattern.walk import list_blocks
from tests.spaces.networks.flow import check_decoded, moved
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.regression import Regression
from trainers.tasks.segmentation import Segmentation

OUTPUTS = {
    "depth": Output(1, "depth"),
    "edges": Output(1, "edges"),
    "heat": Output(2, "regression"),
    "normals": Output(3, "normals"),
    "parts": Output(7, "segmentation"),
}
FUSED = (tuple(OUTPUTS),)
PAIRS = (("edges", "parts"), ("depth", "normals"), ("heat",))
THREE = (("depth", "edges", "parts"), ("heat", "normals"))
SEPARATE = tuple((task,) for task in OUTPUTS)


@pytest.mark.parametrize(
    "decoder",
    [
        pytest.param([FUSED, FUSED, PAIRS, PAIRS, SEPARATE], id="parts twice"),
        pytest.param([THREE, SEPARATE, SEPARATE, SEPARATE, SEPARATE], id="shares the first stage"),
        pytest.param([FUSED, FUSED, FUSED, FUSED, SEPARATE], id="parts last"),
    ],
)
def test_a_private_stage_is_trained_by_its_own_task_and_gives_values_of_its_own(decoder: list[Partition]) -> None:
    """The released code hands all tasks of a group the list of the first one's features."""
    pattern = uniform(OUTPUTS, 6, decoder)
    network = build(pattern, Pdf(), OUTPUTS, 0)
    image = torch.rand(4, 3, 64, 64)
    groups = {block.name: block.group for block in list_blocks(pattern) if block.part == "decoder"}
    assert moved(network, image, "decoder") == {
        name: {task: float(task in group) for task in OUTPUTS} for name, group in groups.items()
    }
    check_decoded(network, image)


def test_the_encoder_is_trained_by_every_task() -> None:
    pair = {task: OUTPUTS[task] for task in ("depth", "parts")}
    network = build(uniform(pair, 6, [(("depth",), ("parts",))] * 5), Pdf(), pair, 0)
    shares = moved(network, torch.rand(4, 3, 64, 64), "encoder")
    assert shares == {f"encoder{stage}/depth+parts": dict.fromkeys(pair, 1.0) for stage in range(1, 7)}


def test_shapes_are_those_of_the_paper() -> None:
    network = build(uniform(OUTPUTS, 6, [FUSED] * 5), Pdf(), OUTPUTS, 0).eval()
    image = torch.rand(2, 3, 128, 256)
    scales: list[tuple[int, ...]] = []
    for block in network.blocks.values():
        block.register_forward_hook(lambda module, args, output: scales.append(tuple(output.shape[1:])))
    with torch.no_grad():
        outputs = network(image)
    encoder = [(256, 32, 64), (512, 16, 32), (1024, 8, 16), (2048, 4, 8), (2048, 2, 4), (2048, 1, 2)]
    assert scales == encoder + [(256, height, width) for _, height, width in encoder[-2::-1]]
    assert {task: tuple(output.shape) for task, output in outputs.items()} == {
        task: (2, output.channels, 128, 256) for task, output in OUTPUTS.items()
    }


@pytest.mark.parametrize("kind", ["depth", "edges", "normals", "segmentation", "autoencoder", "regression", "mine"])
def test_heads_of_all_kinds_read_all_five_scales(kind: str) -> None:
    outputs = tuple(torch.rand(1, 256, 2**n, 2**n, requires_grad=True) for n in range(5))
    Pdf().head(Output(3, kind))(outputs, (64, 64)).square().sum().backward()
    assert all(output.grad.any() for output in outputs)


def test_tasks_say_which_head_they_want() -> None:
    tasks = (Depth("far"), Edges("edges"), Segmentation("parts", classes=4), Regression("heat", 2))
    assert [task.output for task in tasks] == [
        Output(1, "depth"),
        Output(1, "edges"),
        Output(4, "segmentation"),
        Output(2, "regression"),
    ]


def features(seed: int) -> tuple[torch.Tensor, ...]:
    rng = torch.Generator().manual_seed(seed)
    return tuple(9 * torch.rand(1, 256, 2**n, 2**n, generator=rng) for n in range(5))


@pytest.mark.parametrize(
    ("family", "kind", "low", "high"),
    [
        (Pdf(), "depth", 0, torch.inf),
        (Pdf(depth_activation="sigmoid"), "depth", 0, 1),
        (Pdf(), "normals", -1, 1),
        (Pdf(), "segmentation", -torch.inf, torch.inf),
        (Pdf(), "autoencoder", -torch.inf, torch.inf),
    ],
)
def test_the_last_function_of_a_head_stands_before_the_last_resizing(
    family: Pdf, kind: str, low: float, high: float
) -> None:
    head = family.head(Output(4, kind))
    torch.nn.init.normal_(head.final.bias, std=3)  # so that some values lie beyond the bounds
    with torch.no_grad():
        small, large = head(features(0), (16, 16)), head(features(0), (64, 64))
    torch.testing.assert_close(
        large, torch.nn.functional.interpolate(small, size=(64, 64), mode="bilinear", align_corners=False)
    )
    assert low <= small.min() and small.max() <= high
    assert low > -1 or small.min() < 0


@pytest.mark.parametrize("seed", range(10))
def test_a_depth_head_starts_with_a_gradient(seed: int) -> None:
    """A ReLU that is zero everywhere would stay so."""
    torch.manual_seed(seed)
    head = Pdf().head(Output(1, "depth"))
    with torch.no_grad():
        assert (head(tuple(torch.rand(2, 256, 2**n, 2**n) for n in range(5)), (16, 16)) > 0).float().mean() > 0.5


def test_colours_are_standardised_before_the_stem_and_nothing_is_learned_there() -> None:
    torch.manual_seed(0)
    plain = Pdf().encoder_block(0).eval()
    torch.manual_seed(0)
    block = Pdf(pixels="half").encoder_block(0).eval()
    assert [each.shape for each in block.state_dict().values()] == [each.shape for each in plain.state_dict().values()]
    image = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(block(image), plain(2 * image - 1))


def test_the_command_line_knows_it_without_torch() -> None:
    code = (
        "import sys; from search.config.composition import compose; compose(['network=pdf', 'data.image_size=128']); "
        "print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    assert compose(["network=pdf", "network.depth_activation=sigmoid"]).network == Pdf("sigmoid", "imagenet")
    text = str(answer(["--help", "network=pdf"]))
    assert "  network=pdf " in text
    assert "network.depth_activation=relu" in text
    assert "network.decoder_width" not in text


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("network.depth_activation=tanh", "network.depth_activation=tanh: want one of relu, sigmoid"),
        ("network.decoder_width=8", "network.decoder_width"),
    ],
)
def test_a_wrong_option_is_refused(argument: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compose(["network=pdf", argument])
    (problem,) = caught.value.problems
    assert words in problem


@pytest.mark.parametrize("pixels", ["imagenet", "unit"])
def test_every_encoder_stage_is_made_of_layers_that_gates_can_choose_from(pixels: str) -> None:
    """The first one begins with colours that are standardised."""
    family = Pdf(pixels=pixels)
    for stage, channels in enumerate((3, *family.widths[:-1])):
        block, image = family.encoder_block(stage).eval(), torch.rand(1, channels, 16, 16)
        values = [image]
        with torch.no_grad():
            for layer in list_layers(block):
                values.append(layer(*(values[n] for n in layer.reads)))
            torch.testing.assert_close(values[-1], block(image))


def test_costs_of_gated_networks_are_known() -> None:
    pair = {task: OUTPUTS[task] for task in ("depth", "parts")}
    gated = Stage((tuple(pair),), Gated(tuple((task, 0.5) for task in pair)))
    pattern = SharingPattern((gated,) * 6, (NoExchange(),) * 6, (Stage((tuple(pair),)),) * 5)
    least, most = (price(pattern, Pdf(), pair, (128, 128)) for price in (compute_cost, compute_ceiling))
    assert 1.5 * least.macs < most.macs < 2 * least.macs
