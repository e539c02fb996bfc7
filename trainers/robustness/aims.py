"""Numbers of robustness that a search may optimise, by name: how metrics change, and whether tasks agree.

Known without torch, so that a wrong name is refused at once; `trainers.robustness.measure_aims` measures them. They are
called as the columns of robustness.csv are that are of whole families, of all corruptions, attacks and consistencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trainers.robustness.attacks import BOUNDS, count_steps, list_attacks
from trainers.robustness.corruptions.catalogue import CORRUPTIONS, FAMILIES
from trainers.robustness.corruptions.corruption import SEVERITIES
from trainers.tasks.task import Task

ALL = "corruptions"
ATTACK, LEVELS = "attack.", ("", ".low", ".high")
CONSISTENCY = "consistency."
LOST = -100.0  # percent: the worst change that counts, at which a metric is lost or an error doubled; our choice
RELATIONS = {
    "geometric": (("depth", "normals"), "deg", 90.0),
    "semantic": (("segmentation", "edges"), "fraction", 0.0),
    "outlined": (("segmentation", "depth"), "fraction", 0.0),
}
"""Kinds of tasks that a consistency wants, its unit, and the worst value that counts."""


@dataclass(frozen=True)
class Aim:
    """One of them.

    Args:
        name: such as "noise.delta_mtl", "attack.joint.high.depth.abs_err_m" or "consistency.semantic".
        prefix: what is to be measured for it, such as "noise".
        unit: of its values.
        higher_is_better: which way is better.
        worst: value from which on it counts; None for that of the best constant prediction.
        metric: "<task>.<metric>" that it is under these conditions; empty for a change or a consistency.
    """

    name: str
    prefix: str
    unit: str
    higher_is_better: bool
    worst: float | None
    metric: str = ""


def list_aims(tasks: Sequence[Task]) -> dict[str, Aim]:
    """All of them by name, those of attacks on losses without gradient too."""
    found = [aim for prefix in _list_prefixes(tasks) for aim in _list_changes(prefix, tasks)]
    kinds = {task.kind for task in tasks}
    for name, (wanted, unit, worst) in RELATIONS.items():
        if kinds.issuperset(wanted):
            found.append(Aim(CONSISTENCY + name, CONSISTENCY + name, unit, unit != "deg", worst))
    return {aim.name: aim for aim in found}


def explain_lacking(name: str) -> str:
    """What tasks a consistency of this name wants; empty for other names."""
    wanted = RELATIONS.get(name.removeprefix(CONSISTENCY)) if name.startswith(CONSISTENCY) else None
    return f"{name} wants tasks of the kinds {' and '.join(wanted[0])}" if wanted else ""


def list_measured(objectives: Iterable[str], tasks: Sequence[Task]) -> tuple[str, ...]:
    """What is to be measured of every network for objectives by name: prefixes, sorted; none for other objectives."""
    wanted = [name for name in objectives if "." in name]  # usual ones are asked about before every training
    if not wanted:
        return ()
    known = list_aims(tasks)
    return tuple(sorted({known[name].prefix for name in wanted if name in known}))


def count_validations(prefixes: Iterable[str]) -> int:
    """Validations that measuring takes as long as: one a severity and corruption, three a step of an attack."""
    wanted = set(prefixes)
    families = set(FAMILIES) if ALL in wanted else wanted & set(FAMILIES)
    corruptions = sum(each.family in families for each in CORRUPTIONS.values()) * len(SEVERITIES)
    attacks = {name for name in map(name_attack, wanted) if name}
    consistent = any(each.startswith(CONSISTENCY) for each in wanted)
    return corruptions + len(attacks) * sum(3 * count_steps(bound) + 1 for bound in BOUNDS) + consistent


def name_attack(prefix: str) -> str:
    """The attack that a prefix is of; empty for another one."""
    if not prefix.startswith(ATTACK):
        return ""
    name = prefix.removeprefix(ATTACK)
    return next((name.removesuffix(level) for level in LEVELS[1:] if name.endswith(level)), name)


def _list_prefixes(tasks: Sequence[Task]) -> Iterator[str]:
    yield from (*FAMILIES, ALL)
    for attack in list_attacks(tasks):
        yield from (f"{ATTACK}{attack}{level}" for level in LEVELS)


def _list_changes(prefix: str, tasks: Sequence[Task]) -> Iterator[Aim]:
    yield Aim(f"{prefix}.delta_mtl", prefix, "%", True, LOST)
    yield Aim(f"{prefix}.delta", prefix, "%", True, LOST)
    for task in tasks:
        metric = next(each for each in task.table if each.name == task.headline)
        name = f"{task.name}.{metric.name}"
        yield Aim(f"{prefix}.{name}", prefix, metric.unit, metric.higher_is_better, None, name)
        yield Aim(f"{prefix}.{task.name}.delta", prefix, "%", True, LOST)
