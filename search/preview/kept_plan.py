"""What `search.plan` has foretold of a search, where it was asked with the same arguments."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.config.settings import Settings

PLANS, PLAN = "plans", "plan.json"


@dataclass(frozen=True)
class KeptPlan:
    """A plan's forecast.

    Args:
        seconds: of the whole search, the middle between the least and the most.
        concurrency: trainings at a time.
        cached: single-task networks that were there already.
    """

    seconds: float
    concurrency: int
    cached: int = 0


def find_plan(settings: Settings, given: str) -> KeptPlan | None:
    """The forecast; None where there is none, or one of other arguments.

    Args:
        settings: of the search.
        given: its arguments as a shell takes them.
    """
    try:
        plan = json.loads((locate_plan(settings) / PLAN).read_text(encoding="utf-8"))
        forecast = plan["forecast"]
        if forecast is None or _sort_arguments(plan["command"]) != sorted(shlex.split(given)):
            return None
        cached = int(plan["baselines"]["cached"])
        return KeptPlan(fmean(map(float, forecast["search"])), int(forecast["concurrency"]), cached)
    except (OSError, ValueError, KeyError, TypeError):  # damaged or of another version: as if it were not there
        return None


def locate_plan(settings: Settings) -> Path:
    """The folder of a search's plan."""
    return settings.run.folder / PLANS / settings.run.name


def _sort_arguments(command: str) -> list[str]:
    """The arguments of a command ``python -m search.run ...``, in an order of their own."""
    words = shlex.split(command)
    return sorted(words[words.index("-m") + 2 :])
