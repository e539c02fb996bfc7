"""What a tracker shows of a search: parameters, single numbers and curves, under names that MLflow takes."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from search.jobs.trial import Trial
from search.jobs.trial_columns import COSTS, read_columns

if TYPE_CHECKING:
    from search.tracking.tracker import Training

MAX_NAME, MAX_VALUE = 250, 6000  # characters that MLflow takes for a name and for a parameter


class Point(NamedTuple):
    """One value of a metric: name, value, Unix time in ms, step."""

    name: str
    value: float
    milliseconds: int
    step: int


class Timed(Protocol):
    """What is known of a training's course."""

    @property
    def curves(self) -> Mapping[str, Sequence[float]]:
        """One value an epoch, by name."""

    @property
    def seconds(self) -> float:
        """Wall time."""

    @property
    def ended(self) -> float:
        """Unix time in seconds; 0 if not known."""


def flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """A nested configuration as texts by dotted name."""
    texts: dict[str, str] = {}
    for name, value in config.items():
        if isinstance(value, Mapping) and value:
            texts.update(flatten(value, f"{prefix}{name}."))
        else:
            texts[make_legal(f"{prefix}{name}")] = str(value)[:MAX_VALUE]
    return texts


def make_legal(name: str) -> str:
    """The name without what MLflow refuses."""
    return re.sub(r"[^\w.:/ -]", "_", name)[:MAX_NAME]


def list_params(trial: Trial) -> dict[str, str]:
    """How the trial came about: its choices alone, so that axes of comparisons mean something."""
    return flatten(trial.choices)


def list_tags(trial: Trial) -> dict[str, str]:
    """What trials are found and filtered by: how it ended, its names, its seed, the sharing in words."""
    told = {name: str(value) for name, value in read_columns(trial, ("key", "network_key", "sharing")).items()}
    return {"status": trial.status, **told, "seed": str(trial.seed)}


def list_numbers(trial: Trial) -> dict[str, float]:
    """Costs, objectives and final metrics, and "estimate/<objective>" of a supernet, those that are finite."""
    every = read_columns(trial, (*trial.metrics, *trial.objectives, *COSTS, "seconds", "epochs"))
    told = [name for name in trial.objectives if name in trial.estimates and name not in COSTS]
    every |= {f"estimate/{name}": trial.estimates[name] for name in told}
    return {make_legal(name): float(value) for name, value in every.items() if math.isfinite(value)}


def list_points(trial: Trial) -> list[Point]:
    """Everything with a value: the final numbers, and the curves as "epoch/<name>", one point an epoch.

    The curves have names of their own because a final metric is measured on the finished network and may
    share its name with a curve.
    """
    return _spread(list_numbers(trial), trial)


def list_training_points(training: Training) -> list[Point]:
    """The same of a training that is no trial."""
    finite = {make_legal(name): float(value) for name, value in training.numbers.items() if math.isfinite(value)}
    return _spread(finite, training)


def _spread(numbers: Mapping[str, float], timed: Timed) -> list[Point]:
    start, end = find_span(timed)
    found = [Point(name, value, end, 0) for name, value in numbers.items()]
    for name, values in timed.curves.items():
        for epoch, value in enumerate(values, start=1):
            if math.isfinite(value):
                # Epochs last about equally long; that is all that is known of when each ended.
                moment = start + (end - start) * epoch // len(values)
                found.append(Point(make_legal(f"epoch/{name}"), float(value), moment, epoch))
    return found


def find_span(timed: Timed) -> tuple[int, int]:
    """Start and end of a training in Unix milliseconds."""
    end = int(1000 * (timed.ended or time.time()))
    seconds = timed.seconds if math.isfinite(timed.seconds) else 0.0
    return end - int(1000 * seconds), end


def cut_lines(text: str, most: int) -> str:
    """The text, or as many of its first lines as there is room for in so many characters."""
    if len(text) <= most:
        return text
    end = text.rfind("\n", 0, most - 1)  # of the last line beside which the mark of what is left out fits
    return f"{text[:end]}\n…" if end >= 0 else text[:most]


def cut_chunks(items: list[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
