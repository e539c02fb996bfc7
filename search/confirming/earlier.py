"""The trainings that earlier confirmations of a run have kept, found again without training anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from search.config.settings import Settings
from search.confirming.chains import Delivered, Plans
from search.confirming.choose import choose_members
from search.confirming.confirmation import drop_stale, load_confirmations
from search.confirming.request import Request
from search.confirming.shown import list_networks
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import read_outcome
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.study.fronts.final_files import load_finals
from search.study.run_folder import RunFolder
from spaces.errors import DataError


def list_trained(
    settings: Settings, folder: RunFolder, trials: Sequence[Trial], objectives: Sequence[Objective]
) -> Iterator[tuple[Job, Outcome]]:
    """Every training that `confirmed.json` tells of, once; one whose own file is gone is left out.

    Args:
        settings: of the search.
        folder: of the run.
        trials: that have ended.
        objectives: of the search.

    Raises:
        DataError: `confirmed.json` is damaged.
    """
    finals, told = load_finals(folder.path), set[str]()
    for kept in load_confirmations(folder.path):
        confirmation = drop_stale(kept, list_networks(trials, finals))
        seeds = {member.number: sorted(member.cells) for member in confirmation.members}
        if not seeds:
            continue
        members = choose_members(folder.path, Request(tuple(seeds)), trials, finals, objectives, ())
        plans = Plans(settings, folder, confirmation.division)
        jobs = [job for member in members for seed in seeds[member.number] for job in _plan_last(plans, member, seed)]
        jobs += [job for seed in sorted(confirmation.references) for job in plans.plan_references(seed)]
        for job in jobs:
            outcome = read_outcome(job)
            if outcome and outcome.complete and job.fingerprint not in told:
                told.add(job.fingerprint)
                yield job, outcome


def _plan_last(plans: Plans, member: Delivered, seed: int) -> tuple[Job, ...]:
    """The training that was measured; none where it is not known what it started from, so that none can be found."""
    with suppress(DataError):
        return plans.plan(member, seed)[-1:]
    return ()
