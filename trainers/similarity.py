"""How alike the tasks' decoders see the images: debiased linear CKA of their stage outputs.

A trained network runs over images once; per decoder stage there is one similarity for every pair of tasks, from which
Progressive Decoder Fusion decides who shares the stage (`search.samplers.task_grouping`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spaces.errors import DataError
from spaces.fields import Fields

if TYPE_CHECKING:
    import torch
    from numpy.typing import ArrayLike
    from torch import Tensor

    from spaces.networks.build import SharedNetwork
    from spaces.pattern.stage import Group
    from trainers.batches.source import Source

FEWEST = 4  # images; the debiased estimator divides by n - 3
MOST = 5000  # images; our choice, a Gram matrix takes 0.2 GB a task there
CONSTANT = 1e-24
"""Features whose HSIC with themselves is below this share of the fourth power of their size do not vary: float32 rounds
at 1e-7, which the fourth power brings to 1e-28."""


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
            raise DataError(_too_few(len(split)))
        tasks = network.pattern.tasks
        matrices = []
        for stage, features in enumerate(_features(network, split, min(self.images, len(split)), batch_size), start=1):
            found = cka_matrix({f"{'+'.join(group)} at decoder stage {stage}": x for group, x in features.items()})
            place = {task: row for row, group in enumerate(features) for task in group}
            rows = [place[task] for task in tasks]
            matrices.append(found[np.ix_(rows, rows)].tolist())
        return {"tasks": list(tasks), "stages": matrices}


def cka(x: ArrayLike, y: ArrayLike) -> float:
    """Debiased linear centred kernel alignment of two sets of features of the same images.

    At most 1, about 0 for unrelated features, and by chance below 0. It does not change when the features are shifted,
    scaled or turned.

    Args:
        x: (N, C).
        y: (N, D).

    Raises:
        DataError: fewer than 4 images, or features of another shape, not finite or constant.
    """
    return float(cka_matrix({"x": x, "y": y})[0, 1])


def cka_matrix(features: Mapping[str, ArrayLike]) -> np.ndarray:
    """Debiased linear CKA of every pair: HSIC1(K, L) / sqrt(HSIC1(K, K) HSIC1(L, L)).

    PDF prints the denominator with (K, L) twice; this is the form of Nguyen et al. 2021 and of PDF's code.

    Args:
        features: (N, channels) by name; names stand in messages.

    Returns:
        (T, T) in [-1, 1], symmetric, the diagonal exactly 1.

    Raises:
        DataError: fewer than 4 images, or features of another shape, not finite or constant.
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in features.items()}
    _check(arrays)
    # CKA does not depend on the scale, but products of four very large or small features would leave float64's range.
    scaled = [values / (np.abs(values).max() or 1.0) for values in arrays.values()]
    hsic = hsic1(scaled)
    own = hsic.diagonal()
    images = len(scaled[0])
    for name, values, variation in zip(arrays, scaled, own, strict=True):
        if not variation > CONSTANT * (np.square(values).sum() / images) ** 2:
            raise DataError(
                f"features of {name} do not vary between the {images} images, so their similarity (CKA) is 0/0: "
                "look for copies among the images, or train the network longer or with a smaller trainer.lr, "
                "for its block may have died"
            )
    similarity = np.clip(hsic / np.sqrt(np.outer(own, own)), -1.0, 1.0)
    np.fill_diagonal(similarity, 1.0)
    return (similarity + similarity.T) / 2  # equal but for rounding


def hsic1(features: Sequence[np.ndarray]) -> np.ndarray:
    """Debiased Hilbert-Schmidt independence criterion of every pair, linear kernel (Song et al. 2012).

    HSIC1(K, L) = [tr(KL) + (1'K1)(1'L1) / ((n-1)(n-2)) - 2 / (n-2) 1'KL1] / (n (n-3)), over the Gram matrices K and L
    of all n images with their diagonals set to 0. It is computed as the product of K and L after centring each, which
    is the same and loses no digits to the difference of large terms.

    Args:
        features: T arrays (n, channels), float64.

    Returns:
        (T, T).
    """
    grams = np.stack([_centred_gram(values).ravel() for values in features])  # (T, n * n)
    n = len(features[0])
    return grams @ grams.T / (n * (n - 3))


def _centred_gram(values: np.ndarray) -> np.ndarray:
    """Gram matrix with zeros on the diagonal and rows that sum to 0."""
    n = len(values)
    centred = values - values.mean(0)  # changes the result by rounding alone, and spares digits
    gram = centred @ centred.T
    np.fill_diagonal(gram, 0.0)
    rows = gram.sum(1) / (n - 2)
    gram -= rows[:, None] + rows - rows.sum() / (n - 1)
    np.fill_diagonal(gram, 0.0)
    return gram


def _check(arrays: Mapping[str, np.ndarray]) -> None:
    for name, values in arrays.items():
        if values.ndim != 2 or not values.shape[1]:
            raise DataError(f"features of {name} have shape {values.shape}: want (images, channels)")
    counts = {name: len(values) for name, values in arrays.items()}
    if len(set(counts.values())) != 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise DataError(f"features of different numbers of images ({told}): want those of the same images, row by row")
    if min(counts.values()) < FEWEST:
        raise DataError(_too_few(min(counts.values())))
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise DataError(
                f"features of {name} are not all finite, so they have no similarity: "
                "train the network with a smaller trainer.lr, or look for extreme values in the data"
            )


def _too_few(images: int) -> str:
    return (
        f"{images} images to measure the similarity (CKA) on: "
        f"want at least {FEWEST}, for its debiased estimator divides by images - 3; give more training images"
    )


def _features(network: SharedNetwork, split: Source, images: int, batch_size: int) -> list[dict[Group, np.ndarray]]:
    """Per decoder stage, (N, C) features by the tasks that share them."""
    import torch

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
