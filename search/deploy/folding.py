"""Batch-norms folded into the convolutions before them: fewer operations, the same function in evaluation mode."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Network = TypeVar("Network", bound=nn.Module)


def fold_batch_norms(network: Network) -> Network:
    """A copy in evaluation mode; exact but for rounding, since statistics no longer change.

    Only neighbours in one sequence are folded: nothing else can read what lies between them.
    """
    copy = deepcopy(network).eval()
    for tensor in (*copy.parameters(), *copy.buffers()):  # pruned weights are views, and a file wants whole ones
        tensor.data = tensor.data.clone(memory_format=torch.contiguous_format)
    for module in copy.modules():
        if not isinstance(module, nn.Sequential):
            continue
        for (name, before), (after, norm) in pairwise(list(module.named_children())):
            if isinstance(before, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, name, fuse_conv_bn_eval(before, norm))
                setattr(module, after, nn.Identity())
    return copy
