"""Conditions of a measurement, and the columns that sum them up: families of corruptions, attacks, consistencies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trainers.robustness.aims import ALL
from trainers.robustness.attacks import BOUNDS, HIGH, LOW, Attack
from trainers.robustness.conditions import Agreeing, Attacked, Clean, Condition, Corrupted
from trainers.robustness.consistency import Consistency
from trainers.robustness.corruptions.catalogue import CORRUPTIONS, FAMILIES
from trainers.robustness.corruptions.corruption import SEVERITIES, Corruption

CHOSEN = "chosen"  # corruptions, where these are not all


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
        """What columns are of: families, all corruptions, then attacks within all bounds, weak ones and strong ones.

        Of a family that is not tried as a whole its corruptions stand alone, for a fog is no weather; of some
        corruptions the mean is that of those chosen.
        """
        corrupted = dict[str, tuple[Condition, ...]]()
        for family in FAMILIES:
            chosen = [each for each in self.corruptions if each.family == family]
            if len(chosen) == sum(each.family == family for each in CORRUPTIONS.values()):
                corrupted[family] = self._corrupted(family)
            else:
                corrupted |= {each.name: self._strengthen(each) for each in chosen}
        for name, found in corrupted.items():
            yield Summary(name, found)
        if len(corrupted) > 1:
            name = ALL if len(self.corruptions) == len(CORRUPTIONS) else CHOSEN
            yield Summary(name, tuple(each for found in corrupted.values() for each in found))
        for attack in self.attacks:
            for name, bounds in (("", BOUNDS), (".low", LOW), (".high", HIGH)):
                conditions = tuple(Attacked(attack, bound, self.seed) for bound in bounds)
                yield Summary(f"attack.{attack.name}{name}", conditions)

    def _corrupted(self, family: str) -> tuple[Condition, ...]:
        chosen = [each for each in self.corruptions if each.family == family]
        return tuple(found for each in chosen for found in self._strengthen(each))

    def _strengthen(self, corruption: Corruption) -> tuple[Condition, ...]:
        return tuple(Corrupted(corruption, severity, self.seed) for severity in SEVERITIES)
