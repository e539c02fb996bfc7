"""What `confirm.seeds` trains at the end of a search, as far as it is known before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.confirming.confirmation import load_confirmations
from search.confirming.request import AS_SEARCHED, Request
from search.problem.objectives import resolve_objectives
from search.study.fronts.final_files import load_finals
from search.study.fronts.final_trainings import AUTO, OWN
from spaces.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.config.settings import Settings
    from search.jobs.trial import Trial


@dataclass(frozen=True)
class ConfirmingLeft:
    """Trainings with fresh seeds.

    Args:
        seeds: of every network; 0 where nothing is confirmed.
        epochs: of one network with one seed.
        trainings: of networks that are left, at most; None where the front will say how many networks there are.
        alone: single-task trainings that are left, at most, some may be kept from other runs.
    """

    seeds: int = 0
    epochs: int = 0
    trainings: int | None = 0
    alone: int = 0


def count_confirming(settings: Settings, folder: Path, ended: Sequence[Trial] = ()) -> ConfirmingLeft:
    """Trainings of a search's confirmation that its folder does not hold yet.

    Args:
        settings: of the search.
        folder: of the run, which need not be there.
        ended: its trials, once nothing is left to train before it confirms; these tell what it delivers.
    """
    seeds, split = settings.confirm.seeds or 0, settings.split
    if not seeds:
        return ConfirmingLeft()
    done, referred = _count_done(folder, seeds)
    networks = split.members or (split.trials if split.delivers else None)
    if any(trial.complete for trial in ended):
        networks = _count_delivered(settings, folder, ended, seeds)
    trainings = None if networks is None else max(0, networks * seeds - done)
    alone = max(0, seeds - referred) * len(settings.data.selected)
    if not split.members:
        return ConfirmingLeft(seeds, split.trial, trainings, alone)
    own = settings.final.start == OWN or (settings.final.start == AUTO and not split.supernet)
    return ConfirmingLeft(seeds, split.final + own * split.trial, trainings, alone)


def _count_delivered(settings: Settings, folder: Path, ended: Sequence[Trial], seeds: int) -> int:
    from search.confirming.choose import (
        choose_members,  # scipy: 1 s, a plan of a search that has not ended does without
    )

    objectives = resolve_objectives(settings.objectives, settings.data.selected)
    return len(choose_members(folder, Request(seeds=seeds), ended, load_finals(folder), objectives, ()))


def _count_done(folder: Path, seeds: int) -> tuple[int, int]:
    """Trainings of networks that were confirmed, and seeds of single-task networks."""
    try:
        kept = load_confirmations(folder)
    except DataError:  # it is made anew
        return 0, 0
    found = next((each for each in kept if each.division == AS_SEARCHED), None)
    if found is None:
        return 0, 0
    return sum(min(seeds, len(member.cells)) for member in found.members), min(seeds, len(found.references))
