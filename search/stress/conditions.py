"""What a request comes to for the tasks of a run: conditions to measure, and the columns that sum them up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.stress.request import Request
from trainers.batches.source import Source
from trainers.robustness.ascent import list_smooth_tasks
from trainers.robustness.attacks import BOUNDS, HIGH, LOW, Attack, find_attacks
from trainers.robustness.conditions import Agreeing, Attacked, Clean, Condition, Corrupted
from trainers.robustness.consistency import Consistency, explain_left_out, find_consistencies
from trainers.robustness.corruptions.catalogue import FAMILIES
from trainers.robustness.corruptions.corruption import SEVERITIES, Corruption
from trainers.tasks.task import Task


@dataclass(frozen=True)
class Summary:
    """Conditions whose numbers are averaged for a group of columns.

    Args:
        prefix: of the columns.
        conditions: that count alike.
    """

    prefix: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Plan:
    """What is measured, and what is told of it.

    Args:
        corruptions: that are tried.
        attacks: that are tried.
        relations: between tasks.
        seed: of what is drawn.
        notes: sentences about what is left out.
    """

    corruptions: tuple[Corruption, ...]
    attacks: tuple[Attack, ...]
    relations: tuple[Consistency, ...]
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def groups(self) -> Iterator[tuple[str, list[Condition]]]:
        """All conditions, in the order of measuring, by what people call them."""
        yield "clean", [Clean(), *([self.agreeing] if self.relations else [])]
        for family in FAMILIES:
            if found := self._corrupted(family):
                yield family, list(found)
        for attack in self.attacks:
            yield f"attack {attack.name}", [Attacked(attack, bound, self.seed) for bound in BOUNDS]

    @property
    def agreeing(self) -> Agreeing:
        """Whether tasks agree."""
        return Agreeing(self.relations)

    @property
    def summaries(self) -> Iterator[Summary]:
        """What columns are of: families, all corruptions, then attacks within all bounds, weak ones and strong ones."""
        families = {family: found for family in FAMILIES if (found := self._corrupted(family))}
        for family, found in families.items():
            yield Summary(family, found)
        if len(families) > 1:
            yield Summary("corruptions", tuple(each for found in families.values() for each in found))
        for attack in self.attacks:
            for name, bounds in (("", BOUNDS), (".low", LOW), (".high", HIGH)):
                conditions = tuple(Attacked(attack, bound, self.seed) for bound in bounds)
                yield Summary(f"attack.{attack.name}{name}", conditions)

    def _corrupted(self, family: str) -> tuple[Condition, ...]:
        chosen = [each for each in self.corruptions if each.family == family]
        return tuple(Corrupted(each, severity, self.seed) for each in chosen for severity in SEVERITIES)


def make_plan(request: Request, tasks: Sequence[Task], split: Source) -> Plan:
    """What a request comes to.

    Args:
        request: what is asked.
        tasks: of the run.
        split: that is measured.

    Raises:
        ConfigError: an attack of no known name, or on a task whose loss has no gradient.
    """
    smooth = list_smooth_tasks(tasks, split)
    attacks = find_attacks(request.attacks, tasks, smooth)
    rough = [task.name for task in tasks if task not in smooth]
    notes = [f"attacks leave {', '.join(rough)} out: no gradient leads through the loss"] if rough and attacks else []
    notes += explain_left_out(tasks)
    return Plan(request.chosen, attacks, find_consistencies(tasks, split), request.seed, tuple(notes))
