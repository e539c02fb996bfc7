"""The dot-regression loss on tokens in the space of a simplex frame: an option for tasks with classes.

As used with fixed frames for imbalanced classes (Yang et al. 2022, "Inducing neural collapse in imbalanced learning");
that a stable workspace is trained with it is our choice, the paper's digest does not say. It pulls a token towards the
frame vector of the class that its pixel has; tasks without a class a pixel are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from spaces.errors import ConfigError
from spaces.networks.modules.padding import pad_labels
from trainers.tasks.class_ids import INVALID

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from trainers.tasks.task import Task

KIND = "segmentation"


class Projected(NamedTuple):
    """What a projection into a frame gave in the last forward pass.

    Args:
        tokens: (B, h w, width).
        frame: (width, K), a unit vector a class.
        size: (h, w) of the scale.
        stride: of the network, that images are padded to multiples of.
    """

    tokens: Tensor
    frame: Tensor
    size: tuple[int, int]
    stride: int


Captured = dict[tuple[str, str], Projected]
"""By task and block."""


def dot_regression(tokens: Tensor, labels: Tensor, frame: Tensor, size: tuple[int, int], invalid: int) -> Tensor:
    """Half the mean squared distance from 1 of the products of tokens and their classes' vectors.

    Args:
        tokens: (B, h w, width), of any length each.
        labels: (B, H, W) class ids from 0.
        frame: (width, K), a unit vector a class.
        size: (h, w) of the scale; labels are resized to it, nearest ones.
        invalid: label of pixels that count for nothing.
    """
    import torch.nn.functional as F  # torch: 1.5 s, configurations and data are checked without

    resized = F.interpolate(labels[:, None].float(), size=size, mode="nearest-exact").long().flatten(1)  # (B, h w)
    valid = resized != invalid
    vectors = frame.T[resized.masked_fill(~valid, 0)]  # (B, h w, width)
    products = (F.normalize(tokens.float(), dim=-1) * vectors).sum(-1)
    return 0.5 * ((products - 1).square() * valid).sum() / valid.sum().clamp(min=1)


def check_frame_classes(classes: int, etf: int) -> None:
    """Refuse a frame with fewer vectors than a task has classes (ConfigError)."""
    if etf < classes:
        raise ConfigError(
            f"trainer.dot_regression with a frame of {etf} vectors for {classes} classes: want a vector a class; raise "
            f"the frame, space.etfs, to at least {classes} and the width of the workspace with it, or set "
            "trainer.dot_regression=0"
        )


@contextmanager
def capture_features(network: torch.nn.Module, tasks: Sequence[Task]) -> Iterator[Captured]:
    """Keep what each class task's projections into a frame give, by task and block, from every forward pass on.

    Raises:
        ConfigError: a frame has fewer vectors than such a task has classes.
    """
    from spaces.networks.build import SharedNetwork  # torch: 1.5 s, configurations and data are checked without
    from spaces.networks.modules.exchange.workspace import SlotProjection

    found: Captured = {}
    hooks = []
    classes = {task.name: task.output.channels for task in tasks if task.kind == KIND}
    blocks, stride = (network.blocks.items(), network.stride) if isinstance(network, SharedNetwork) else ((), 1)
    for name, block in blocks:
        owner = name.split("/")[1]
        if isinstance(block, SlotProjection) and block.frame is not None and owner in classes:
            check_frame_classes(classes[owner], block.frame.shape[1])

            def keep(
                module: SlotProjection, inputs: tuple[Tensor], output: Tensor, place: tuple[str, str] = (owner, name)
            ) -> None:
                height, width = inputs[0].shape[-2:]
                assert module.frame is not None
                found[place] = Projected(output, module.frame, (height, width), stride)

            hooks.append(block.register_forward_hook(keep))
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def compute_loss(found: Captured, targets: Mapping[str, Tensor]) -> Tensor | float:
    """Sum over what was captured in the last forward pass; 0.0 where nothing was."""
    total: Tensor | float = 0.0
    for (task, _), (tokens, frame, size, stride) in found.items():
        labels = pad_labels(targets[task], stride, INVALID)
        total = total + dot_regression(tokens, labels, frame, size, INVALID)
    return total
