"""The network as it is exported: photos as any reader gives them in, scores in the tasks' own units out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from search.deploy.writable import writable
from spaces.networks.build import SharedNetwork
from trainers.tasks.task import Task


class Program(nn.Module):
    """A trained network with what stands before and after it.

    Args:
        network: static; used where it lies.
        tasks: whose scores are given, in order.
    """

    def __init__(self, network: SharedNetwork, tasks: Sequence[Task]) -> None:
        super().__init__()
        self.network, self.tasks = network.eval(), tuple(tasks)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """``(B, H, W, 3)`` uint8 RGB -> `Task.score` by task, in their order; a graph keeps these names."""
        outputs = self.network(image.permute(0, 3, 1, 2).to(torch.float32) / 255)
        return {task.name: task.score(outputs[task.name]) for task in self.tasks}

    def run(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Scores by task of NumPy images, on the device where the network lies."""
        where = next(self.network.parameters()).device
        with torch.inference_mode():
            found = self(torch.from_numpy(writable(images)).to(where))
        return {name: each.cpu().numpy() for name, each in found.items()}
