"""Attacks by name: whose losses are to grow, how places are weighed, within which bounds.

Known without torch, so that a wrong name is refused at once; `trainers.robustness.ascent` carries them out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spaces.common.suggestions import suggest
from spaces.errors import ConfigError
from trainers.tasks.task import Task

JOINT = "joint"
EVEN, ALIGNED = "pgd", "cospgd"  # how places are weighed
NONE = "none"
LOW, HIGH = (0.25, 0.5, 1.0), (4.0, 8.0)
"""Bounds [1/255] of weak and of strong attacks, as Progressive Decoder Fusion averages them (CoLLAs 2022, sec. 5)."""
BOUNDS = (*LOW, *HIGH)
STEP = 1.0  # [1/255], from the same place


@dataclass(frozen=True)
class Attack:
    """A change of images, too small to be seen, that makes losses grow.

    Args:
        name: "joint" or that of a task, with "cospgd." before it where places are weighed.
        tasks: whose losses grow, each times its weight; several of them together.
        weighing: "pgd", all places alike; or "cospgd", by how right they still are.
    """

    name: str
    tasks: tuple[Task, ...]
    weighing: str


def count_steps(bound: float) -> int:
    """Steps of an attack within a bound [1/255], as Kurakin et al. (2017) count them and the paper above takes over."""
    return max(1, math.floor(min(bound + 4, math.ceil(1.25 * bound))))


def list_attacks(tasks: Sequence[Task]) -> dict[str, Attack]:
    """All attacks on tasks whose loss can be differentiated, by name: plain ones first, then weighed ones."""
    groups = {**{task.name: (task,) for task in tasks}, JOINT: tuple(tasks)} if tasks else {}
    names = [JOINT, *(name for name in groups if name != JOINT)] if groups else []
    attacks = [Attack(name, groups[name], EVEN) for name in names]
    attacks += [Attack(f"{ALIGNED}.{name}", groups[name], ALIGNED) for name in names]
    return {attack.name: attack for attack in attacks}


def find_attacks(names: Sequence[str] | None, tasks: Sequence[Task], smooth: Sequence[Task]) -> tuple[Attack, ...]:
    """The attacks that are meant.

    Args:
        names: of attacks; ["none"] for none at all; None for the plain ones.
        tasks: of the run.
        smooth: those of them whose loss can be differentiated.

    Raises:
        ConfigError: a name of no attack, or an attack on a task without gradient; all such names together.
    """
    known = list_attacks(smooth)
    if names is None:
        return tuple(attack for attack in known.values() if attack.weighing == EVEN)
    if list(names) == [NONE]:
        return ()
    allowed = f"Allowed: {', '.join(known)}, or {NONE} alone" if known else f"Allowed: {NONE}"
    rough = [task.name for task in tasks if task not in smooth]
    blunt = [name for name in names if name.removeprefix(f"{ALIGNED}.") in rough or (name not in known and not smooth)]
    problems = []
    if blunt:
        problems.append(
            f"--attacks {' '.join(blunt)}: the loss of {', '.join(rough)} cannot be differentiated, and attacks climb "
            f"gradients. {allowed}; or give the task a loss that has a gradient"
        )
    unknown = [name for name in names if name not in known and name not in blunt]
    if unknown:
        problems.append(f"--attacks {' '.join(unknown)}: unknown{suggest(unknown[0], [*known, NONE])} {allowed}")
    if problems:
        raise ConfigError(problems)
    return tuple(known[name] for name in dict.fromkeys(names))
