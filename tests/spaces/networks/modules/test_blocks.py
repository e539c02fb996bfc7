from __future__ import annotations

import subprocess
import sys

import torch
from torch import nn

from spaces.networks.modules.blocks import Branch

TRAINS = """
import torch
from spaces.networks.modules.blocks import Branch

torch.set_num_threads(1)
for width in (2, 4, 8, 12, 16):
    branch = torch.nn.Sequential(Branch(3, width, kernel=1, stride=2), torch.nn.BatchNorm2d(width))
    branch = branch.to(memory_format=torch.channels_last)
    for step in range(60):
        images = torch.rand(16, 3, 64, 64).contiguous(memory_format=torch.channels_last)
        branch(images).relu().sum().backward()
"""


def test_pixelwise_branches_train_on_images_laid_out_channels_last() -> None:
    # In a process of its own: torch's own strided 1x1 convolution of so few channels ends it.
    done = subprocess.run([sys.executable, "-c", TRAINS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_a_branch_is_the_convolution() -> None:
    for kernel in (1, 3, 5):
        for stride in (1, 2):
            branch, plain = Branch(6, 4, kernel, stride), nn.Conv2d(6, 4, kernel, stride, kernel // 2, bias=False)
            plain.load_state_dict(branch.state_dict())
            for size in (8, 9):
                images = torch.rand(2, 6, size, size)
                torch.testing.assert_close(branch(images), plain(images))
