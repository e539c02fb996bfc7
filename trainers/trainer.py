"""What a trainer is: the contract of the group ``trainer``, which `trainers.recipe.Recipe` keeps."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from trainers.augment import Augmentation
from trainers.gating import Gating
from trainers.weighting.weighting import Balance, Weighting

if TYPE_CHECKING:
    import torch


class Trainer(Protocol):
    """How every network of a search is trained by `trainers.train`: a frozen dataclass, whose fields are its options.

    One of one's own has these members; it need not derive from this class.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    @abstractmethod
    def epochs(self) -> int:
        """Passes over the training split."""

    @property
    @abstractmethod
    def batch_size(self) -> int:
        """Images a step."""

    @property
    @abstractmethod
    def augment(self) -> Sequence[Augmentation]:
        """Applied in turn to every batch."""

    @property
    @abstractmethod
    def gates(self) -> Gating:
        """How gates learn, where a pattern has any."""

    @property
    @abstractmethod
    def dot_regression(self) -> float:
        """Weight of the loss that pulls tokens of class tasks to their frame vectors; 0 for none."""

    @property
    @abstractmethod
    def weighting(self) -> Weighting:
        """How the losses of several tasks become one step."""

    @abstractmethod
    def optimiser(
        self, network: torch.nn.Module, steps: int, balance: Balance | None = None
    ) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
        """An optimiser of all parameters, and the schedule that is stepped after each step.

        Args:
            network: that is trained.
            steps: of the whole training.
            balance: of the losses, which may have parameters of its own.
        """
