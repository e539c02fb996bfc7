"""What a task kind is: one frozen dataclass that knows its targets, loss, metrics and geometry.

A kind is a subclass in a file of its own. Data sets call ``decode``, augmentation ``flip`` and ``zoom``, the
training loop ``loss``, measuring ``statistics`` and ``metrics``, the baselines ``trivial``, users of a trained network
``answer``, whoever shows a data set ``find_invalid``, ``depict``, ``find_range`` and ``describe``. Arrays are batches;
predictions are ``(B, channels, H, W)`` at the target's size, those of tasks that label whole images ``(B, channels)``.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.fields import Fields
from spaces.networks.modules.output import Output
from trainers.tasks import looks
from trainers.tasks.metric import Metric
from trainers.tasks.views import Box, enlarge, mirror, values_last

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

MAIN = "main"
AUXILIARY = "auxiliary"


@dataclass(frozen=True)
class Task(ABC):
    """A task over the shared image.

    Args:
        name: unique in the data set; starts with a letter, then letters, digits, ``_`` and ``-``.
        role: "main" tasks count in Delta_MTL; "auxiliary" ones are trained and reported only.
        weight: factor of the task's loss in the sum of losses.

    Raises:
        ConfigError: a field is of the wrong type or out of range.
    """

    name: str
    role: str = field(default=MAIN, kw_only=True)
    weight: float = field(default=1.0, kw_only=True)

    kind: ClassVar[str]
    """Name of the kind in specifications."""
    headline: ClassVar[str]
    """Name of the one metric that Delta_MTL reads."""
    target_from_image: ClassVar[bool] = False
    """Whether the target is the (augmented) image batch itself, so that no array is stored for the task."""
    later: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """Options that a kind did not have once, with what it did then or does now where they are not chosen: these are no
    part of hashes, so that results from before keep their names."""
    dense: ClassVar[bool] = True
    """Whether there is a target a pixel; otherwise targets and predictions are of whole images."""

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.require(
            isinstance(self.name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", self.name) is not None,
            f"task name {self.name!r}: want a letter, then letters, digits, '_' or '-' "
            "(metrics are called '<task>.<metric>')",
        )
        fields.one_of("role", (MAIN, AUXILIARY))
        fields.number("weight", above=0)
        self._check(fields)
        fields.done()

    @property
    def group(self) -> str:
        """Prefix of messages about this task's fields."""
        return f"tasks.{self.name}"

    @property
    def main(self) -> bool:
        """Whether the task counts in Delta_MTL."""
        return self.role == MAIN

    @property
    @abstractmethod
    def table(self) -> tuple[Metric, ...]:
        """The metrics, headline first."""

    @property
    @abstractmethod
    def channels(self) -> int:
        """Output channels of the network's head."""

    @property
    def answer_unit(self) -> str:
        """Unit of what `answer` says; empty where it has none, or none is known."""
        return ""

    @property
    def output(self) -> Output:
        """What the network's head must give."""
        return Output(self.channels, self.kind, self.dense)

    @property
    def place(self) -> str:
        """What has a target: "pixel" or "image"."""
        return "pixel" if self.dense else "image"

    @abstractmethod
    def decode(self, array: np.ndarray, where: str) -> np.ndarray:
        """Turn a split's raw array into canonical targets.

        Args:
            array: as stored, images first.
            where: names the array in messages, e.g. "train.npz: array 'depth_mm' of task 'depth'".

        Raises:
            DataError: dtype, shape or values do not fit the task, or nothing is valid.
        """

    @abstractmethod
    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Mean loss over what is valid, a scalar; exactly 0, with zero gradient, where none is valid."""

    @abstractmethod
    def statistics(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Float64 sums that determine the metrics; those of two batches add up to those of both together."""

    @abstractmethod
    def metrics(self, statistics: Tensor) -> dict[str, float]:
        """Value by metric name; NaN only if nothing was valid, a prediction was NaN, or the convention says so."""

    @abstractmethod
    def trivial(self, target: Tensor) -> Tensor:
        """Best constant prediction for these targets, ``(1, channels, 1, 1)``; ``(1, channels)`` if not dense."""

    def answer(self, prediction: Tensor) -> Tensor:
        """What a prediction says about the images, in the task's own unit and the layout of its arrays.

        Here the predicted values themselves; a kind whose predictions mean something else, such as logits, says what.

        Returns:
            ``(B, H, W)``, or ``(B, H, W, C)`` for several values a pixel; of whole images ``(B,)`` or ``(B, C)``.
        """
        return values_last(prediction.float())

    def score(self, prediction: Tensor) -> Tensor:
        """What an exported network gives: the answer; where it is a class the probability of each, ``(..., C)``."""
        return self.answer(prediction)

    def flip(self, target: Tensor) -> Tensor:
        """Targets of the left-right mirrored images; labels of whole images stay."""
        return mirror(target) if self.dense else target

    def zoom(self, target: Tensor, scale: float, box: Box) -> Tensor:
        """Targets of the images' ``box`` enlarged ``scale`` times to the full size, nearest neighbour.

        Labels of whole images stay.
        """
        return enlarge(target, box) if self.dense else target

    def find_invalid(self, targets: np.ndarray) -> np.ndarray:
        """Which canonical targets of some samples are invalid; here negative whole numbers, and NaN.

        Returns:
            ``(N, H, W)``; of whole images a mask of the targets' own shape.
        """
        return looks.join_layers(looks.find_marked(targets))

    def depict(self, targets: np.ndarray) -> np.ndarray:
        """Pictures of canonical targets of some samples; what is invalid in them does not matter.

        Returns:
            ``(N, H, W, 3)`` colours in [0, 1]; or ``(N, H, W)`` whole numbers, each to get a colour of its own, or
            floats, to get those of a scale. Here the targets' first layer.
        """
        return looks.take_first_layer(targets)

    def find_range(self, targets: np.ndarray) -> tuple[float, float]:
        """Smallest and largest value of the scale for pictures of floats, from all samples that share it."""
        return looks.spread_values(self.depict(targets)[~self.find_invalid(targets)])

    def describe(self, target: np.ndarray) -> str:
        """The canonical target of one image in words, of a kind that labels whole images."""
        return looks.write_label(target)

    def remark(self, arrays: Sequence[np.ndarray]) -> list[str]:
        """What to know of raw arrays that are right, a sentence each; here nothing."""
        return []

    def _check(self, fields: Fields) -> None:  # noqa: B027 - a kind without fields of its own has nothing to check
        """Checks of the kind's own fields, collected with the common ones."""

    def _set(self, name: str, value: Any) -> None:
        """Keep the coerced value of a field."""
        object.__setattr__(self, name, value)
