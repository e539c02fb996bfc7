"""Who is compared: a method's variants as its file lists them, and tries of contestants with other learning rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from search.config.settings import Settings
from search.study.replicates import Entrant
from spaces.choices import replay
from trainers.trainer import Trainer

FOLDER = Path(__file__).parents[1]
RATES = (1.0, 0.5, 2.0, 0.25, 4.0, 0.7, 1.4, 0.35, 2.8)
"""Shares of the usual learning rate that rivals are tried with, as many as a method has variants: our choice."""


def read_method(name: str) -> dict[str, Any]:
    """The file of a method: its space, its variants, what its rivals are matched in, and rivals of its own."""
    return dict(yaml.safe_load((FOLDER / name / "config.yaml").read_text()))


def list_variants(settings: Settings, variants: Mapping[str, Any]) -> dict[str, Entrant]:
    """Variants: choices of the space, with fields of the space or of the gates where they say so."""
    tasks = tuple(sorted(task.name for task in settings.data.selected))
    found = {}
    for name, told in variants.items():
        choices = dict(told)
        space = replace(settings.space, **choices.pop("space", {}))  # type: ignore[type-var]  # a dataclass
        gates = choices.pop("gates", {})
        if "rate" in choices:
            rate = choices.pop("rate")
            choices |= {f"rate.{task}": rate for task in tasks}
        recipe = replace(settings.trainer, gates=replace(settings.trainer.gates, **gates))
        found[name] = Entrant(replay(space, tasks, choices).pattern, recipe=recipe)
    return found


def list_silenced(settings: Settings, rivals: Mapping[str, str], variant: Mapping[str, Any]) -> dict[str, Entrant]:
    """Rivals of a method's own: a variant in which the choices whose names begin so are false."""
    told = {
        name: {choice: value if not choice.startswith(start) else False for choice, value in variant.items()}
        for name, start in rivals.items()
    }
    return list_variants(settings, told)


def list_tries(
    contestants: Mapping[str, Entrant], recipe: Trainer, rates: Sequence[float]
) -> dict[str, dict[str, Entrant]]:
    """A try of each contestant with each share of the usual learning rate; by contestant, then by try."""
    found: dict[str, dict[str, Entrant]] = {}
    for name, contestant in contestants.items():
        own = contestant.recipe or recipe
        found[name] = {f"{name}, rate x {rate:g}": replace(contestant, recipe=change_rate(own, rate)) for rate in rates}
    return found


def change_rate(recipe: Trainer, share: float) -> Trainer:
    """The same recipe with a share of its learning rate."""
    return replace(recipe, lr=recipe.lr * share)  # type: ignore[attr-defined]  # as that of adamw has one


def choose_best(names: Sequence[str], deltas: Mapping[str, float]) -> str:
    """The name of the highest value, the first of equals."""
    return max(names, key=lambda name: deltas[name])
