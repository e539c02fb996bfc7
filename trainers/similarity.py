"""Similarity of the tasks' decoders: debiased linear CKA of their stage outputs.

A trained network runs over images once; per decoder stage there is one similarity for every pair of tasks, from which
Progressive Decoder Fusion decides who shares the stage (`search.samplers.task_grouping`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spaces.errors import DataError
from spaces.fields import Fields
from trainers.cka import FEWEST, cka_matrix, say_too_few

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from spaces.networks.build import SharedNetwork
    from spaces.pattern.stage import Group
    from trainers.batches.source import Source

MOST = 5000  # images; our choice, a Gram matrix takes 0.2 GB a task there


@dataclass(frozen=True)
class Similarity:
    """Similarity of the tasks in every decoder stage, on the first images of a split, as they are (PDF, sec. 3.2).

    Args:
        images: how many; a smaller split is taken whole. PDF uses 800 on Cityscapes and all 795 on NYUv2 (sec. 5).

    Raises:
        ConfigError: images is not a whole number from 4 to 5000.
    """

    images: int = 800
    group: ClassVar[str] = "sampler"
    name: ClassVar[str] = "similarity"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("images", low=FEWEST, high=MOST)
        fields.done()

    def find(self, network: SharedNetwork, split: Source, batch_size: int = 16) -> dict[str, Any]:
        """Measure a trained network.

        Args:
            network: on the split's device; runs in evaluation mode and without gradients, and is left as it was.
            split: its images are neither drawn nor augmented.
            batch_size: images a forward pass; the result does not depend on it beyond rounding.

        Returns:
            ``{"tasks": T sorted names, "stages": one symmetric T x T list a decoder stage, low resolution to high}``.
            The diagonal is 1, and so is the similarity of tasks that share the stage.

        Raises:
            DataError: fewer than 4 images; features that are constant or not finite, with the tasks and the stage.
        """
        if len(split) < FEWEST:
            raise DataError(say_too_few(len(split)))
        tasks = network.pattern.tasks
        matrices = []
        for stage, features in enumerate(_features(network, split, min(self.images, len(split)), batch_size), start=1):
            found = cka_matrix({f"{'+'.join(group)} at decoder stage {stage}": x for group, x in features.items()})
            place = {task: row for row, group in enumerate(features) for task in group}
            rows = [place[task] for task in tasks]
            matrices.append(found[np.ix_(rows, rows)].tolist())
        return {"tasks": list(tasks), "stages": matrices}


def _features(network: SharedNetwork, split: Source, images: int, batch_size: int) -> list[dict[Group, np.ndarray]]:
    """Per decoder stage, (N, C) features by the tasks that share them."""
    import torch  # torch: 1.5 s, configurations and data are checked without

    collected: list[dict[Group, list[Tensor]]] = [defaultdict(list) for _ in network.pattern.decoder]
    with _evaluating(network), torch.no_grad():
        for batch, _ in split.first(images).batches(batch_size, ()):
            for kept, pooled in zip(collected, _pooled(network, batch), strict=True):
                for group, values in pooled.items():
                    kept[group].append(values)
    return [{group: torch.cat(parts).numpy() for group, parts in kept.items()} for kept in collected]


def _pooled(network: SharedNetwork, batch: Tensor) -> list[dict[Group, Tensor]]:
    """Outputs of every stage averaged over height and width, (B, C); the maps themselves end here."""
    outputs = network.decode(batch)
    stages = range(len(network.pattern.decoder))
    return [_by_group({task: maps[stage] for task, maps in outputs.items()}) for stage in stages]


def _by_group(maps: Mapping[str, Tensor]) -> dict[Group, Tensor]:
    """Each distinct tensor once, pooled, under the sorted names of the tasks that hold it."""
    holders: dict[int, list[str]] = defaultdict(list)
    for task, values in maps.items():
        holders[id(values)].append(task)
    return {tuple(sorted(group)): maps[group[0]].float().mean((-2, -1)).cpu() for group in holders.values()}


@contextmanager
def _evaluating(network: torch.nn.Module) -> Iterator[None]:
    """Evaluation mode for a while, then each module's own mode again: some may have been frozen before."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
