"""What flows through a network: which task trains which block, and what each task's decoder gives."""

from __future__ import annotations

from itertools import combinations

import torch

from spaces.networks.build import SharedNetwork


def moved(network: SharedNetwork, image: torch.Tensor, part: str = "") -> dict[str, dict[str, float]]:
    """By block, then task: the share of the block's parameter tensors that get a gradient from the task's output alone.

    ``part`` restricts it to "encoder" or "decoder".
    """
    owners = {id(p): name for name, block in network.blocks.items() for p in block.parameters() if part in name}
    parameters = [p for p in network.parameters() if id(p) in owners]
    sizes = {name: sum(owner == name for owner in owners.values()) for name in owners.values()}
    shares = {name: dict.fromkeys(network.pattern.tasks, 0.0) for name in sizes}
    for task, output in network(image).items():
        found = torch.autograd.grad(output.square().mean(), parameters, retain_graph=True, allow_unused=True)
        for parameter, gradient in zip(parameters, found, strict=True):
            name = owners[id(parameter)]
            shares[name][task] += float(gradient is not None and bool(gradient.any())) / sizes[name]
    return {name: {task: round(share, 9) for task, share in tasks.items()} for name, tasks in shares.items()}


def check_decoded(network: SharedNetwork, image: torch.Tensor) -> None:
    """Two tasks hold the same tensor at the stages where they share and different values at those where they do not."""
    with torch.no_grad():
        decoded = network.decode(image)
    for index, stage in enumerate(network.pattern.decoder):
        group_of = {task: group for group in stage.groups for task in group}
        for one, other in combinations(network.pattern.tasks, 2):
            first, second = decoded[one][index], decoded[other][index]
            assert first.any()
            assert (first is second) == torch.equal(first, second) == (group_of[one] == group_of[other])
