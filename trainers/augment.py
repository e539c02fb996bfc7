"""Augmentation of whole batches, as tensor operations on the batch's own device.

The training loop calls the recipe's steps in turn, a tuple of them that may be empty. Images and targets are
transformed together, each target in its task's own way. Draws come from the generator alone; one on the CPU
gives the same draws on every device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from spaces.fields import Fields
from trainers.tasks.task import Task
from trainers.tasks.views import enlarge_image, mirror

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Augmentation(Protocol):
    """One step: a frozen configuration dataclass."""

    def __call__(
        self,
        images: Tensor,
        targets: Mapping[str, Tensor],
        tasks: Sequence[Task],
        generator: torch.Generator,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Transform a batch.

        Args:
            images: ``(B, 3, H, W)`` float; channels_last stays so.
            targets: canonical targets by task; tasks whose target is the image need none.
            tasks: at least those of the targets.
            generator: source of all draws.
        """


@dataclass(frozen=True)
class Flip:
    """Left-right mirror of each image of the batch with probability p.

    Args:
        p: probability, from 0 to 1.
    """

    p: float = 0.5
    group: ClassVar[str] = "flip"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("p", low=0, high=1)
        fields.done()

    def __call__(
        self,
        images: Tensor,
        targets: Mapping[str, Tensor],
        tasks: Sequence[Task],
        generator: torch.Generator,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Images and targets, some of them mirrored."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        draws = torch.rand(len(images), generator=generator, device=generator.device)
        chosen = (draws < self.p).to(images.device)

        def pick(mirrored: Tensor, kept: Tensor) -> Tensor:
            return torch.where(chosen.view(-1, *[1] * (kept.ndim - 1)), mirrored, kept)

        flipped = {task.name: pick(task.flip(targets[task.name]), targets[task.name]) for task in _with(targets, tasks)}
        return pick(mirror(images), images), flipped


@dataclass(frozen=True)
class Zoom:
    """Crop of a random scale and place, one for the whole batch, enlarged to the full size.

    One crop a batch keeps it to a few slices; over the batches of an epoch all scales and places occur.

    Args:
        scales: enlargements to draw from, each >= 1 (Liu et al. 2019 use 1, 1.2 and 1.5).
    """

    scales: tuple[float, ...] = (1.0, 1.2, 1.5)
    group: ClassVar[str] = "zoom"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.numbers("scales", low=1)
        fields.done()

    def __call__(
        self,
        images: Tensor,
        targets: Mapping[str, Tensor],
        tasks: Sequence[Task],
        generator: torch.Generator,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Images and targets, enlarged."""
        import torch  # torch: 1.5 s, configurations and data are checked without

        which, down, right = torch.rand(3, generator=generator, device=generator.device).tolist()
        scale = self.scales[int(which * len(self.scales))]
        rows, columns = images.shape[-2:]
        height, width = max(1, round(rows / scale)), max(1, round(columns / scale))
        if (height, width) == (rows, columns):
            return images, dict(targets)
        box = (int(down * (rows - height + 1)), int(right * (columns - width + 1)), height, width)
        # Rounding the crop to whole pixels changes the scale a little; depth follows the crop.
        exact = ((rows / height) * (columns / width)) ** 0.5
        enlarged = {task.name: task.zoom(targets[task.name], exact, box) for task in _with(targets, tasks)}
        return enlarge_image(images, box), enlarged


def _with(targets: Mapping[str, Tensor], tasks: Sequence[Task]) -> list[Task]:
    """The tasks that have a target; an unknown target is a mistake of the caller."""
    present = [task for task in tasks if task.name in targets]
    assert len(present) == len(targets), f"targets {sorted(targets)} of tasks {[task.name for task in tasks]}"
    return present
