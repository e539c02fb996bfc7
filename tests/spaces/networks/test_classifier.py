"""Networks whose decoder stages are those of a classification head, and other families' heads for whole images."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from spaces.errors import ConfigError
from spaces.networks import feasible
from spaces.networks.build import build, prune
from spaces.networks.classifier import Classifier
from spaces.networks.cost import compute_ceiling, compute_cost, count_macs
from spaces.networks.family import ChecksOutputs
from spaces.networks.modules.output import Output
from spaces.networks.pdf import Pdf
from spaces.networks.small import Small
from spaces.pattern.exchange import NoExchange, Workspace
from spaces.pattern.mixing import Gated, Routed, Shared
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage
from spaces.tree import decode_partitions
from tests.spaces.networks.mixes import any_mixing

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = {"hats": Output(3, "attributes", False), "left": Output(10, "classification", False)} | {
    "right": Output(7, "classification", False)
}
TASKS = tuple(OUTPUTS)
FAMILY = Classifier(encoder_widths=(8, 12, 16), decoder_width=6)
SIZE = (32, 32)
APART = tuple((task,) for task in TASKS)
TOGETHER = (TASKS,)
NONE = (NoExchange(),) * 3
WORKSPACE = Workspace(slots=4, width=8)


def _encoder(*mixings: object) -> tuple[Stage, ...]:
    return tuple(Stage(TOGETHER, mixing) for mixing in mixings)


PATTERNS = {
    "fusion": SharingPattern(_encoder(*[Shared()] * 3), NONE, (Stage(TOGETHER), Stage(TOGETHER), Stage(APART))),
    "branching": SharingPattern((Stage(TOGETHER), Stage(APART), Stage(APART)), NONE, (Stage(APART),) * 3),
    "routing": SharingPattern(_encoder(*[Routed(ratio=0.5)] * 3), NONE, (Stage(APART),) * 3),
    "gates": SharingPattern(
        _encoder(Shared(), *[Gated(tuple((task, 0.5) for task in TASKS))] * 2), NONE, (Stage(APART),) * 3
    ),
    "workspace": SharingPattern(
        _encoder(*[Shared()] * 3), (NoExchange(), WORKSPACE, NoExchange()), (Stage(APART),) * 3
    ),
}


def _any(seed: int) -> SharingPattern:
    """What `joint` may propose: any trees, mixings and exchanges."""
    rng = random.Random(seed)
    trees = [decode_partitions(lambda name, options: rng.choice(options), TASKS, 3) for _ in range(2)]
    mixings = [any_mixing(rng) for _ in range(3)]
    mixings = [Gated(tuple((task, 0.5) for task in TASKS)) if isinstance(m, Gated) else m for m in mixings]
    return SharingPattern(
        tuple(Stage(groups, mixing) for groups, mixing in zip(trees[0], mixings, strict=True)),
        tuple(rng.choice((NoExchange(), WORKSPACE)) for _ in range(3)),
        tuple(Stage(groups) for groups in trees[1]),
    )


PATTERNS |= {f"joint {seed}": _any(seed) for seed in range(12)}


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_of_every_space_build_learn_and_cost_what_is_told(name: str) -> None:
    pattern = PATTERNS[name]
    feasible.check_feasible(pattern, FAMILY, SIZE)
    network = build(pattern, FAMILY, OUTPUTS, 0)
    outputs = network(torch.rand(2, 3, *SIZE))
    assert {task: tuple(output.shape) for task, output in outputs.items()} == {
        task: (2, output.channels) for task, output in OUTPUTS.items()
    }
    sum(output.square().sum() for output in outputs.values()).backward()
    silent = [name for name, value in network.named_parameters() if value.grad is None]
    assert silent == []
    least, most = (price(pattern, FAMILY, OUTPUTS, SIZE) for price in (compute_cost, compute_ceiling))
    found = count_macs(prune(network), SIZE)
    assert least.macs <= found.macs <= most.macs
    if not network.gated:
        assert (found.macs, found.params, found.fixed) == (least.macs, least.params, least.fixed)


def test_macs_by_hand() -> None:
    """One task, two stages: encoder convolutions, then matrices of one row."""
    family = Classifier(encoder_widths=(4, 6), decoder_width=5)
    outputs = {"left": Output(10, "classification", False)}
    encoder = 64 * (3 * 4 * 9 + 4 * 4 * 9) + 16 * (4 * 6 * 9 + 6 * 6 * 9)
    head = 6 * 5 + (5 + 4) * 5 + 5 * 10
    assert compute_cost(hard_sharing(["left"], 2, 2), family, outputs, (16, 16)).macs == encoder + head


@pytest.mark.parametrize(("family", "size"), [(Small((4, 6), 5), 16), (Pdf(), 128)])
def test_dense_families_pool_for_whole_images(family: Small | Pdf, size: int) -> None:
    outputs = {"left": Output(10, "classification", False), "depth": Output(1, "depth")}
    pattern = separate_decoders(["depth", "left"], family.encoder_stages, family.decoder_stages)
    if isinstance(family, Pdf):  # of which the head alone is quick to make
        head = family.head(outputs["left"])
        scales = tuple(torch.rand(2, 256, side, side) for side in (2, 4, 8, 16, 32))
        means = torch.cat([scale.mean((2, 3)) for scale in scales], 1)
        torch.testing.assert_close(head(scales, (size, size)), head.project(means))
        assert head.project.weight.shape == (10, 5 * 256)
        return
    network = build(pattern, family, outputs, 0).eval()
    image = torch.rand(2, 3, size, size)
    made = network(image)
    assert made["depth"].shape == (2, 1, size, size)
    decoded = network.decode(image)["left"][-1].mean((2, 3))
    torch.testing.assert_close(made["left"], network.heads["head/left"].project(decoded))
    found = count_macs(network, (size, size))
    assert compute_cost(pattern, family, outputs, (size, size)) == found


def test_dense_outputs_are_refused_in_one_message() -> None:
    dense = {"left": OUTPUTS["left"], "depth": Output(1, "depth"), "rooms": Output(4, "segmentation")}
    message = (
        "network=classifier labels whole images, but there is an output a pixel in depth (depth), rooms "
        "(segmentation); take network=small, which has heads for both, or name other tasks in data.tasks"
    )
    with pytest.raises(ConfigError) as caught:
        FAMILY.check(dense)
    assert list(caught.value.problems) == [message]
    with pytest.raises(ConfigError, match="labels whole images"):
        build(hard_sharing(dense, 3, 3), FAMILY, dense, 0)
    FAMILY.check(OUTPUTS)
    assert isinstance(FAMILY, ChecksOutputs) and not isinstance(Small(), ChecksOutputs)


def test_it_is_configured_and_checked_without_torch() -> None:
    code = (
        "import sys\nfrom spaces.networks.classifier import Classifier\nfrom spaces.networks.family import Output\n"
        "Classifier().check({'left': Output(10, 'classification', False)})\nassert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert Classifier() != Small(decoder_width=Classifier().decoder_width)
