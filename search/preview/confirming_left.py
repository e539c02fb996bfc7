"""What `confirm.seeds` trains at the end of a search, as far as it is known before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.confirming.chains import Plans
from search.confirming.confirmation import Confirmation, load_confirmations
from search.confirming.request import AS_SEARCHED
from search.study.baselines import list_baseline_jobs
from search.study.fronts.final_trainings import AUTO, OWN
from search.study.kept_single_tasks import BASELINES
from search.study.run_folder import RunFolder
from spaces.errors import DataError
from spaces.networks.weights.content import is_whole

if TYPE_CHECKING:
    from pathlib import Path

    from search.config.settings import Settings
    from search.jobs.job import Job


@dataclass(frozen=True)
class ConfirmingLeft:
    """Trainings with fresh seeds.

    Args:
        seeds: of every network; 0 where nothing is confirmed.
        epochs: of one network with one seed.
        trainings: of networks that are left, at most; None where the front will say how many networks there are.
        alone: single-task trainings that are left, at most, some may be kept from other runs; those of the search need
            only be tested.
    """

    seeds: int = 0
    epochs: int = 0
    trainings: int | None = 0
    alone: int = 0


def count_confirming(settings: Settings, folder: Path) -> ConfirmingLeft:
    """Trainings of a search's confirmation that its folder does not hold yet.

    Args:
        settings: of the search.
        folder: of the run, which need not be there.
    """
    seeds, split = settings.confirm.seeds or 0, settings.split
    if not seeds:
        return ConfirmingLeft()
    known = _read_known(folder)
    done = sum(min(seeds, len(member.cells)) for member in known.members)
    networks = split.members or (split.trials if split.delivers else None)
    trainings = None if networks is None else max(0, networks * seeds - done)
    alone = _count_alone(settings, folder, known)
    if not split.members:
        return ConfirmingLeft(seeds, split.trial, trainings, alone)
    own = settings.final.start == OWN or (settings.final.start == AUTO and not split.supernet)
    return ConfirmingLeft(seeds, split.final + own * split.trial, trainings, alone)


def _read_known(folder: Path) -> Confirmation:
    """What a run keeps of networks that were trained on the images of the search."""
    nothing = Confirmation(AS_SEARCHED, (), {})
    try:
        kept = load_confirmations(folder)
    except DataError:  # it is made anew
        return nothing
    return next((each for each in kept if each.division == AS_SEARCHED), nothing)


def _count_alone(settings: Settings, folder: Path, known: Confirmation) -> int:
    """Single-task trainings beyond those that the search has, or will have, with their weights."""
    plans = Plans(settings, RunFolder(folder, "", resumed=True), AS_SEARCHED, known)
    tasks, own = len(settings.data.selected), plans.kept_seeds
    seeds = {plans.derive_seed(turn) for turn in range(settings.confirm.seeds or 0)}.union(own)
    jobs = list_baseline_jobs(settings, settings.runner.threads)
    beside = {seed: jobs[turn * tasks : (turn + 1) * tasks] for turn, seed in enumerate(own)}
    ended = (folder / BASELINES).exists()  # earlier versions kept no weights
    lacking = [job for seed in seeds.difference(known.references) for job in beside.get(seed, [None] * tasks)]
    return sum(job is None or not (_is_kept(job) or not (ended or job.outcome.exists())) for job in lacking)


def _is_kept(job: Job) -> bool:
    return job.weights is not None and is_whole(job.weights)
