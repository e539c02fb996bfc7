"""What `confirm.seeds` trains at the end of a search, as far as it is known before."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from search.confirming.confirmation import PLACE, load_confirmations
from search.confirming.request import AS_SEARCHED, Request
from search.problem.objectives import resolve_objectives
from search.study.fronts.final_files import load_finals
from search.study.fronts.final_trainings import AUTO, OWN
from search.study.run_folder import RunFolder
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
        epochs: of one network with one seed; of one training, on average, where trials have ended.
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
    if any(trial.complete for trial in ended):
        return _count_lacking(settings, folder, ended, seeds)
    done, referred = _count_done(folder, seeds)
    networks = split.members or (split.trials if split.delivers else None)
    trainings = None if networks is None else max(0, networks * seeds - done)
    alone = max(0, seeds - referred) * len(settings.data.selected)
    if not split.members:
        return ConfirmingLeft(seeds, split.trial, trainings, alone)
    own = settings.final.start == OWN or (settings.final.start == AUTO and not split.supernet)
    return ConfirmingLeft(seeds, split.final + own * split.trial, trainings, alone)


def _count_lacking(settings: Settings, folder: Path, ended: Sequence[Trial], seeds: int) -> ConfirmingLeft:
    """What the search's own confirmation would find to train, those counted that networks go on from."""
    # scipy and more: 1 s, a plan of a search that has not ended does without
    from search.confirming.chains import Plans
    from search.confirming.choose import choose_members
    from search.confirming.confirming import plan_first_round
    from search.confirming.queue import list_lacking

    objectives = resolve_objectives(settings.objectives, settings.data.selected)
    members = choose_members(folder, Request(seeds=seeds), ended, load_finals(folder), objectives, ())
    plans = Plans(settings, RunFolder(folder, "", resumed=True), AS_SEARCHED)
    lacking = list_lacking(plan_first_round(plans, seeds, members))
    networks = [job for job in lacking if job.outcome.parent.name == PLACE]
    epochs = round(fmean(job.recipe.epochs for job in networks)) if networks else settings.split.trial
    return ConfirmingLeft(seeds, epochs, len(networks), len(lacking) - len(networks))


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
