"""Bytes that autograd keeps, foretold by blocks, beside those that it keeps of whole networks on a CPU."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch

from search.config.composition import compose
from spaces.choices import draw
from spaces.networks.build import build
from spaces.networks.memory import compute_activations
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders

IMAGES = 4


def measure_kept(pattern: SharingPattern, settings: Any, outputs: Any) -> float:
    """Bytes an image that a whole network keeps for its gradients, weights left out."""
    network = build(pattern, settings.network, outputs, 0).train()
    own = {each.untyped_storage()._cdata for each in [*network.parameters(), *network.buffers()]}
    kept: dict[int, tuple[torch.Tensor, int]] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage()._cdata] = tensor, tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        network(torch.rand(IMAGES, 3, *settings.data.size).to(memory_format=torch.channels_last))
    return sum(size for name, (_, size) in kept.items() if name not in own) / IMAGES


@pytest.mark.parametrize("space", ["fusion", "branching", "routing", "gates", "workspace", "joint"])
def test_what_is_foretold_is_what_a_network_keeps_and_what_its_loss_makes_of_answers(space: str) -> None:
    settings = compose([f"space={space}"])
    outputs = {task.name: task.output for task in settings.data.selected}
    rng = random.Random(1)
    for _ in range(3):
        pattern = draw(settings.space, sorted(outputs), rng).pattern
        foretold = compute_activations(pattern, settings.network, outputs, settings.data.size)
        kept = measure_kept(pattern, settings, outputs)
        assert 1.0 <= foretold / kept < 1.35  # 1.06 to 1.28 seen; exchanges are told too high


def test_more_branches_and_larger_images_take_more() -> None:
    settings = compose(["space=fusion"])
    outputs = {task.name: task.output for task in settings.data.selected}
    stages = settings.network.encoder_stages, settings.network.decoder_stages

    def foretell(pattern: SharingPattern, size: tuple[int, int]) -> int:
        return compute_activations(pattern, settings.network, outputs, size)

    fused, apart = hard_sharing(sorted(outputs), *stages), separate_decoders(sorted(outputs), *stages)
    assert foretell(fused, (64, 64)) < foretell(apart, (64, 64))
    assert foretell(apart, (128, 64)) == pytest.approx(2 * foretell(apart, (64, 64)), rel=0.01)
