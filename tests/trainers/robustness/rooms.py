"""Rooms, tasks of every dense kind and one of whole images, and small networks for them."""

from __future__ import annotations

import numpy as np
import torch

from spaces.networks.build import SharedNetwork, build
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import separate_decoders
from trainers.batches.memory import Split
from trainers.data.rooms.drawing import draw_scenes
from trainers.data.rooms.raycast import CLASSES
from trainers.recipe import Recipe
from trainers.tasks import Task
from trainers.tasks.autoencoder import Autoencoder
from trainers.tasks.depth import Depth
from trainers.tasks.edges import Edges
from trainers.tasks.normals import Normals
from trainers.tasks.segmentation import Segmentation
from trainers.train import train

TASKS: tuple[Task, ...] = (
    Segmentation("segmentation", classes=CLASSES),
    Depth("depth"),
    Normals("normals"),
    Edges("edges"),
    Autoencoder("again"),
)


def draw_split(count: int = 12, size: int = 32, seed: int = 0) -> Split:
    arrays = draw_scenes({"val": count}, size, seed)
    images = torch.from_numpy(arrays["val.images"]).permute(0, 3, 1, 2)
    targets = {
        task.name: torch.from_numpy(task.decode(arrays[f"val.{task.name}"], task.name))
        for task in TASKS
        if not task.target_from_image
    }
    return Split(images.contiguous(memory_format=torch.channels_last), targets)


def build_network(tasks: tuple[Task, ...] = TASKS, seed: int = 0) -> SharedNetwork:
    names = [task.name for task in tasks]
    return build(separate_decoders(names, 2, 2), Small((8, 8), 8), {task.name: task.output for task in tasks}, seed)


def train_network(split: Split, tasks: tuple[Task, ...] = TASKS, epochs: int = 4) -> SharedNetwork:
    """Long enough to depend on the image."""
    network = build_network(tasks).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    train(network, split, split, tasks, Recipe(epochs=epochs, batch_size=4), 0, lambda epoch, values: None)
    return network.eval()


def to_arrays(images: torch.Tensor) -> np.ndarray:
    return images.permute(0, 2, 3, 1).numpy()
