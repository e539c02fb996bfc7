"""State of a training, and the leg it runs in: what is needed to go on later as if nothing had been between."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from trainers.weighting.weighting import Balance

EVERY, LAST = "every epoch", "last epoch"  # after which the validation split is measured
KEPT_EVERY = 60.0  # seconds between two states of a training that nobody has asked to pause: our choice


@dataclass(frozen=True)
class Leg:
    """From where a training stands until it pauses.

    Args:
        until: epoch after which it pauses; None for the last one.
        state: where it stands, as `keep` was given it, or None to begin.
        keep: called with the state at the pause, and now and then before it; None where nobody wants it.
        measured: whether the validation split is measured after every epoch or the last one alone; losses are told
            of every epoch in either case, and the numbers of the last one are the same.
    """

    until: int | None = None
    state: Mapping[str, Any] | None = None
    keep: Callable[[dict[str, Any]], None] | None = None
    measured: str = EVERY


@dataclass
class TrainingState:
    """All that changes in a training from epoch to epoch.

    Args:
        network: that is trained.
        optimiser: of its parameters.
        schedule: of the learning rate.
        random: generator of the batch order and the augmentation.
        weighting: of the losses.

    Attributes:
        reports: values of every epoch so far.
        metrics: measured after the last one.
    """

    network: torch.nn.Module
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    random: torch.Generator
    weighting: Balance
    reports: list[dict[str, float]] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    _kept: float = field(default_factory=time.monotonic)

    def take_up(self, state: Mapping[str, Any], device: torch.device) -> None:
        """Stand where another process stood, to the last bit."""
        for name in ("network", "optimiser", "schedule"):
            getattr(self, name).load_state_dict(state[name])
        self.weighting.load_state_dict(state.get("weighting", {}))
        self.random.set_state(state["random"])
        torch.set_rng_state(state["torch"])  # of blocks that draw by themselves
        if device.type == "cuda":
            torch.cuda.set_rng_state(state["cuda"], device)
        self.reports, self.metrics = list(state["reports"]), dict(state["metrics"])

    def keep(self, leg: Leg, device: torch.device) -> None:
        """Hand the state out where the leg ends, and where the last time is long ago."""
        pausing = leg.until == len(self.reports)
        if leg.keep is None or not (pausing or time.monotonic() - self._kept > KEPT_EVERY):
            return
        state = {name: getattr(self, name).state_dict() for name in ("network", "optimiser", "schedule", "weighting")}
        state |= {"random": self.random.get_state(), "torch": torch.get_rng_state()}
        if device.type == "cuda":
            state["cuda"] = torch.cuda.get_rng_state(device)
        leg.keep({**state, "reports": self.reports, "metrics": self.metrics})
        self._kept = time.monotonic()
