"""Shapes of what costs nothing are torch's own, and so is the count; torch's compiler is not loaded for it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from spaces.networks.modules.op_counter import OpCounter

SHAPED = {
    "batch-norm": nn.BatchNorm2d(6, device="meta").eval(),
    "batch-norm without weights": nn.BatchNorm2d(6, device="meta", affine=False).eval(),
    "layer-norm": nn.LayerNorm((8, 10), device="meta"),
    "bilinear": lambda images: F.interpolate(images, size=(7, 20), mode="bilinear", align_corners=False),
    "bilinear, twice as large": lambda images: F.interpolate(images, scale_factor=2, mode="bilinear"),
    "bicubic": lambda images: F.interpolate(images, size=(3, 4), mode="bicubic"),
    "a sum": lambda images: images + images[:, :1],
    "a sum with a number": lambda images: 1 + images,
    "a sum with whole numbers": lambda images: images + torch.ones(10, dtype=torch.int64, device="meta"),
    "a sum of whole numbers and a fraction": lambda images: images.argmax(1) + 0.5,
    "a sum in another order": lambda images: images.transpose(1, 2) + images[:, :1].transpose(1, 2),
    "a sum with gaps": lambda images: images[:, :, ::2].transpose(1, 3) + images[:, :, ::2].transpose(1, 3),
    "one of two orders": lambda images: images[:, :, :, :8] + images[:, :, :, :8].transpose(2, 3),
    "one with what is spread": lambda images: images / images[:, :1].expand(2, 6, 8, 10),
    "what is spread with one": lambda images: images[:, :1].expand(2, 6, 8, 10) * images.transpose(2, 3).mT,
    "whole numbers": lambda images: images.argmax(1) * 2 - 1,
    "a part of whole numbers": lambda images: images.argmax(1) / 2,
    "bounds": lambda images: images.argmax(1).clamp(0, 1.5),
    "halves": lambda images: images.half() * images.half(),
    "a comparison": lambda images: images > 0,
    "activations": lambda images: torch.sigmoid(F.gelu(images)).clamp(0.1) / images.exp(),
    "the mean": lambda images: images.mean(),
    "means": lambda images: images.mean((2, -1)),
    "means that stay": lambda images: images.mean(1, keepdim=True),
    "lengths": lambda images: F.normalize(images, dim=1),
    "length": lambda images: torch.linalg.vector_norm(images, dim=(2, 3), keepdim=True),
    "joined": lambda images: torch.cat([images, images[:, 2:]], dim=1),
    "joined at the end": lambda images: torch.cat([images, images], dim=-1),
    "stacked": lambda images: torch.stack([images, images], dim=2),
    "stacked at the end": lambda images: torch.stack([images, images, images], dim=-1),
    "weights": lambda images: nn.init.kaiming_normal_(torch.empty_like(images)),
    "weights in a range": lambda images: nn.init.xavier_uniform_(torch.empty_like(images)),
    "softmax": lambda images: images.softmax(1),
    "top-k": lambda images: images.flatten(2).topk(3, -1).indices,
}
COUNTED = {
    "a convolution": nn.Conv2d(6, 4, 3, device="meta"),
    "one in groups": nn.Conv2d(6, 4, 3, groups=2, stride=2, device="meta"),
    "one that enlarges": nn.ConvTranspose2d(6, 4, 2, stride=2, device="meta"),
    "a linear layer": nn.Sequential(nn.Flatten(), nn.Linear(480, 7, device="meta")),
    "one of tokens": nn.Linear(10, 7, device="meta"),
    "products": lambda images: images @ images.mT,
    "attention": lambda images: F.scaled_dot_product_attention(images, images, images),
    "attention with weights": lambda images: (images @ images.mT).softmax(-1) @ images,
}


@pytest.mark.parametrize("name", [*SHAPED, *COUNTED])
def test_shapes_and_count_are_torch_s_own(name: str) -> None:
    forward: Any = {**SHAPED, **COUNTED}[name]
    images = torch.empty(2, 6, 8, 10, device="meta")
    with torch.no_grad():
        with FlopCounterMode(display=False) as reference:
            wanted = forward(images)
        with OpCounter() as counter:
            found = forward(images)
    assert (found.shape, found.dtype, found.device) == (wanted.shape, wanted.dtype, wanted.device)
    assert found.stride() == wanted.stride()  # by which a change of shape copies or does not
    assert counter.flops == reference.get_total_flops()
    assert (counter.flops > 0) == (name in COUNTED)


COUNTS = """
import sys
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.problem.census import find_costliest

for given in sys.argv[1:]:
    assert find_costliest(state_problem(compose([given]))).macs > 0
print("torch" in sys.modules, "torch._dynamo" in sys.modules)
"""


def test_torch_s_compiler_is_not_loaded_by_counting() -> None:
    """Loading it takes longer than all the counting that a search does before it starts."""
    given = ["space=workspace", "space=routing", "network=vit", "network=pdf"]
    done = subprocess.run([sys.executable, "-c", COUNTS, *given], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
