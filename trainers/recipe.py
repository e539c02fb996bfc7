"""The recipe of a training, the same for every pattern of a search: AdamW, one cycle, augmentation, weighting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.fields import Fields
from spaces.pattern.block import Gates, Project
from spaces.pattern.walk import list_blocks
from trainers.augment import Augmentation, Flip
from trainers.gating import Gating, gate_parameters
from trainers.weighting.equal import Equal
from trainers.weighting.weighting import Balance, Weighting

if TYPE_CHECKING:
    import torch

    from spaces.pattern.sharing_pattern import SharingPattern
    from trainers.trainer import Trainer

GATING = Gating()
EQUAL = Equal()
INHERITED_LR = 0.75  # share of the learning rate for weights that were trained before: .003 of .004, our choice


@dataclass(frozen=True)
class Recipe:
    """AdamW with a one-cycle schedule (Smith & Topin 2018) and a weighting of the tasks' losses.

    Defaults are our choice, for trainings of seconds.

    Args:
        epochs: passes over the training split.
        batch_size: images a step.
        lr: peak learning rate.
        weight_decay: of AdamW.
        warmup: share of the steps in which the learning rate rises.
        augment: applied in turn to every batch.
        gates: how gates learn, where a pattern has any.
        dot_regression: weight of the loss that pulls tokens of class tasks to their frame vectors, where a workspace
            has a frame; 0 for none.
        weighting: how the losses of several tasks become one step.

    Raises:
        ConfigError: with every field out of range.
    """

    epochs: int = 8
    batch_size: int = 16
    lr: float = 0.004
    weight_decay: float = 0.01
    warmup: float = 0.2
    augment: Sequence[Augmentation] = (Flip(),)
    gates: Gating = GATING
    dot_regression: float = 0.0
    weighting: Weighting = EQUAL
    group: ClassVar[str] = "trainer"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.integer("epochs", low=1)
        fields.integer("batch_size", low=2)
        fields.number("lr", above=0.0)
        fields.number("weight_decay", low=0.0)
        fields.number("warmup", low=0.0, high=0.9)
        usable = isinstance(self.augment, Sequence) and all(callable(step) for step in self.augment)
        fields.require(usable, f"trainer.augment={self.augment}: want a list of components, or [] for no augmentation")
        fields.number("dot_regression", low=0.0)
        fields.require(isinstance(self.gates, Gating), f"trainer.gates={self.gates}: want a component like {GATING}")
        fields.require(
            isinstance(self.weighting, Weighting), f"trainer.weighting={self.weighting}: want a component like {EQUAL}"
        )
        fields.done()
        object.__setattr__(self, "augment", tuple(self.augment))

    def optimiser(
        self, network: torch.nn.Module, steps: int, balance: Balance | None = None
    ) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
        """AdamW over all parameters, and the schedule that is stepped after each of ``steps`` steps.

        Gates have a learning rate of their own and no weight decay, which would pull their logits onto the threshold;
        so has what a weighting learns.
        """
        import torch  # torch: 1.5 s, configurations and data are checked without

        # OneCycleLR divides by the number of warm-up steps less one, so exactly one is not to be had.
        share = self.warmup + 1e-6 if math.isclose(self.warmup * steps, 1.0) else self.warmup
        gates = gate_parameters(network)
        known = set(map(id, gates))
        others = [parameter for parameter in network.parameters() if id(parameter) not in known]
        groups: list[dict[str, Any]] = [{"params": others, "lr": self.lr}]
        if gates:
            groups.append({"params": gates, "lr": self.lr * self.gates.lr_ratio, "weight_decay": 0.0})
        if balance is not None and balance.learned:
            groups.append({"params": [*balance.learned], "lr": self.lr * balance.lr_ratio, "weight_decay": 0.0})
        # Fused: one call for all parameters; one a parameter and operation takes 5 % of a step on a CPU.
        optimiser = torch.optim.AdamW(groups, weight_decay=self.weight_decay, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser,
            max_lr=[group["lr"] for group in groups],
            total_steps=steps,
            pct_start=share,
            cycle_momentum=False,
        )
        return optimiser, schedule


def list_idle_fields(pattern: SharingPattern) -> tuple[str, ...]:
    """Fields of a recipe that cannot act on a pattern: how gates learn where there are none, for instance.

    A single task has no losses to weigh: `trainers.train` trains it alike under all weightings.
    """
    roles = [block.role for block in list_blocks(pattern)]
    gated = any(isinstance(role, Gates) for role in roles)
    framed = any(isinstance(role, Project) and role.etf for role in roles)
    alone = len(pattern.tasks) == 1
    idle = {"gates": not gated, "dot_regression": not framed, "weighting": alone}
    return tuple(name for name, unused in idle.items() if unused)


def stretch_recipe(recipe: Trainer, epochs: int, lr_share: float = 1.0) -> Trainer:
    """The same recipe with other epochs, to which its schedule is stretched, and a share of its learning rate.

    Args:
        recipe: a dataclass; one without a field ``lr`` keeps its own learning rate.
        epochs: passes over the training split.
        lr_share: of the learning rate.
    """
    changes: dict[str, Any] = {"epochs": epochs}
    lr = getattr(recipe, "lr", None)
    if isinstance(lr, (int, float)) and lr_share != 1.0:
        changes["lr"] = lr * lr_share
    return replace(recipe, **changes)
