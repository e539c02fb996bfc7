"""Gated stages as they are after some training."""

from __future__ import annotations

import torch

from spaces.networks.modules.gated import GatedStage


def open_at_random(stage: GatedStage, seed: int, share: float = 0.5) -> GatedStage:
    """Random gates, about this share of them open."""
    generator = torch.Generator().manual_seed(seed)
    for gate in stage.gates:
        gate.alpha.data = share - torch.rand(gate.alpha.shape, generator=generator)
    for beta in stage.betas:
        beta.data = torch.randn(beta.shape, generator=generator)
    return stage
