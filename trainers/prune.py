"""Pruning: from a trained network with gates to the static one that is measured and kept."""

from __future__ import annotations

import torch
from torch import nn

from spaces.networks.build import SharedNetwork, prune
from trainers.batches.source import Source


def prune_network(network: SharedNetwork, training: Source, batch_size: int) -> SharedNetwork:
    """Harden the gates, cut dead channels out, and take batch-norm's statistics anew.

    Bejnordi et al. 2024 as reconstructed; the statistics were running averages over gates that still moved.

    Args:
        network: trained, with gates.
        training: split whose images the statistics are taken of.
        batch_size: images a batch, as in training.
    """
    static = prune(network)
    recalibrate(static, training, batch_size)
    return static


def recalibrate(network: nn.Module, training: Source, batch_size: int) -> None:
    """Set the running statistics of every batch-norm to their mean over the training batches; in place."""
    norms = [part for part in network.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    network.train()
    size = min(batch_size, len(training))
    with torch.no_grad():
        for images, _ in training.first(len(training) // size * size).batches(size, ()):
            network(images)
    for norm, momentum in zip(norms, before, strict=True):
        norm.momentum = momentum
    network.eval()
