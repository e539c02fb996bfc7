"""A confirmation from its request to what was measured: chains of trainings, in rounds, kept under fingerprints.

The first round trains every network with the same fresh seeds, and single-task networks with them. Each further one
gives the next seed to those whose place on the front is open, as long as the budget lasts. Nothing of the search is
changed, and nothing is chosen by the test split but who is measured once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.config.settings import Settings
from search.confirming.chains import Delivered, Plans, describe_basis
from search.confirming.confirmation import (
    PLACE,
    Cell,
    Confirmation,
    Confirmed,
    drop_stale,
    load_confirmations,
    save_confirmation,
    sort_by_cost,
)
from search.confirming.membership import choose_uncertain, estimate_dominance
from search.confirming.queue import Chain, ConfirmQueue, list_lacking
from search.confirming.request import AS_SEARCHED, Request
from search.confirming.sums import sum_up
from search.jobs.job import Job, Outcome
from search.jobs.outcome_files import make_folder, read_outcome
from search.jobs.probe import ROBUSTNESS, TESTED
from search.jobs.trial import Trial
from search.problem.problem import Problem
from search.runners.runner import Runner
from search.study.run_folder import RunFolder
from search.study.trial_result import tell_robustness
from spaces.common.cores import count_cores
from spaces.common.formatting import format_list
from spaces.common.machine_faults import MachineError
from spaces.errors import ConfigError, DataError, UserError
from trainers.data.dataset import Sampled
from trainers.tasks.task import Task

Say = Callable[[str], None]
Hear = Callable[[Job, Outcome], None]
Begun = Callable[[Sequence[Job], int], None]
"""Hears, where a runner starts, what is to be trained as far as it is known, and how many at a time."""


@dataclass(frozen=True)
class Subject:
    """The search whose networks are confirmed.

    Args:
        settings: of it.
        folder: of the run, held by this process.
        problem: with its reference point.
        now: its networks by number of the trial, those of final trainings where there are some.
    """

    settings: Settings
    folder: RunFolder
    problem: Problem
    now: Mapping[int, Trial]


def confirm(
    subject: Subject, request: Request, members: Sequence[Delivered], say: Say, hear: Hear, begun: Begun
) -> Confirmation:
    """Train what is not trained yet, and keep what was measured in the run's `confirmed.json`.

    Where it does not come to its end, that file stays as it is: trainings that are there wait for the same command.

    Args:
        subject: the search.
        request: what is asked.
        members: the networks, cheapest first.
        say: hears of the progress, a line each time.
        hear: hears of every training that is there, new or not.
        begun: see `Begun`.

    Returns:
        Also what earlier confirmations on the same images have measured of other networks.

    Raises:
        ConfigError: the budget is too small.
        DataError: weights that a network starts from are gone, or trainings failed; what is there is kept.
        MachineError: the machine failed; the same command goes on.
        KeyboardInterrupt: the user stopped it; likewise.
    """
    check_budget(request, len(members))
    _check_splits(subject.settings, request)
    rounds = _Rounds(subject, request, members)
    make_folder(subject.folder.path / PLACE)
    make_folder(subject.settings.run.folder / "baselines")
    queue = ConfirmQueue(rounds.more, say, hear)
    rounds.queue = queue
    if not _is_answered(queue, subject.settings.runner):
        lacking = rounds.list_lacking()
        subject.settings.runner.run(queue, subject.folder.path, started=lambda concurrency: begun(lacking, concurrency))
    if queue.fault:
        raise MachineError(queue.fault)
    failed = [f"{job.label}: {outcome.reason}" for job, outcome in queue.outcomes.items() if not outcome.complete]
    if failed:
        raise DataError(
            [f"{len(failed)} trainings failed; the same command tries them again, the others are kept", *failed[:5]]
        )
    confirmation = rounds.gather()
    save_confirmation(subject.folder.path, confirmation)
    return confirmation


def _is_answered(queue: ConfirmQueue, runner: Runner) -> bool:
    """Whether nothing is left to train; a runner may take ten seconds to start for nothing."""
    if runner.elsewhere:  # what devices there are only it knows
        return False
    import torch  # torch: 1.5 s, wrong arguments are refused without

    gpus, _ = runner.places(count_cores(), torch.cuda.device_count())
    return queue.is_answered("cuda" if gpus else "cpu")


class _Rounds:
    """Which trainings come next, and what they amount to."""

    def __init__(self, subject: Subject, request: Request, members: Sequence[Delivered]) -> None:
        self._subject, self._request, self._members = subject, request, members
        self._plans = Plans(subject.settings, subject.folder, request.division)
        self._turns = {member.number: 0 for member in members}  # seeds that each has been given
        self._spent = 0
        self.queue: ConfirmQueue | None = None
        # All that could be refused is, before anything is trained.
        self._first = plan_first_round(self._plans, request.seeds, members)

    def list_lacking(self) -> list[Job]:
        """Trainings of the first round that are not there; who gets further seeds is not known before."""
        return list_lacking(self._first)

    def more(self) -> list[Chain]:
        """The chains of the next round; none where all is done."""
        if not self._spent:
            return self._give(self._members, self._request.seeds)
        if self._request.budget is None or self._spent >= self._request.budget or not self._complete():
            return []
        numbers = [member.number for member in self._members]
        given = {
            number: {self._plans.derive_seed(turn) for turn in range(turns)} for number, turns in self._turns.items()
        }
        confirmation, problem = _keep_given(_keep_members(self.gather(), numbers), given), self._subject.problem
        totals = sum_up(confirmation, problem.objectives, self._subject.settings.data.selected, problem.point)
        dominance = estimate_dominance(totals.values, [each.direction for each in problem.objectives])
        counts = [self._turns[member.number] for member in confirmation.members]
        rows = choose_uncertain(totals.probabilities, dominance, counts, self._request.budget - self._spent)
        chosen = {confirmation.members[row].number for row in rows}
        return self._give([member for member in self._members if member.number in chosen], 1)

    def _complete(self) -> bool:
        assert self.queue is not None
        return all(outcome.complete for outcome in self.queue.outcomes.values())

    def _give(self, members: Sequence[Delivered], seeds: int) -> list[Chain]:
        """The chains of so many further seeds, seeds outermost, so that what is stopped early is balanced."""
        chains: list[Chain] = []
        for step in range(seeds):
            turns = sorted({self._turns[member.number] + step for member in members})
            for turn in turns:
                seed = self._plans.derive_seed(turn)
                chains += [(job,) for job in self._plans.plan_references(seed)]
                now = [member for member in members if self._turns[member.number] + step == turn]
                # The longest first: what others go on from is then trained once, with its weights.
                chains += sorted((self._plans.plan(member, seed) for member in now), key=len, reverse=True)
        for member in members:
            self._turns[member.number] += seeds
        self._spent += seeds * len(members)
        return chains

    def gather(self) -> Confirmation:
        """All that is there, of these networks and of those that were confirmed before on the same images."""
        settings, division = self._subject.settings, self._request.division
        before = _load_before(self._subject, division)
        known = {member.number: member for member in before.members}
        for member in self._members:
            turns = self._turns[member.number]
            earlier = known.get(member.number)
            given = [self._plans.derive_seed(turn) for turn in range(turns)]
            seeds = sorted({*given, *(earlier.cells if earlier else ())})
            cells = dict(earlier.cells) if earlier else {}
            cells |= {seed: cell for seed in seeds if (cell := self._read_member(member, seed))}
            told = dict(member.trial.objectives), member.guessed, describe_basis(member, settings)
            metrics = dict(member.trial.metrics)
            known[member.number] = Confirmed(member.number, member.trial.key, *told, cells, metrics)
        found = tuple(sort_by_cost(known.values(), self._subject.now))
        seeds = sorted({seed for member in found for seed in member.cells})
        references = {seed: cell for seed, cell in before.references.items() if seed in seeds}
        references |= {seed: cell for seed in seeds if (cell := self._read_references(seed))}
        return Confirmation(division, found, references)

    def _read_member(self, member: Delivered, seed: int) -> Cell | None:
        outcome = self._read(self._plans.plan(member, seed)[-1])
        if outcome is None:
            return None
        cell = read_cell(outcome, self._subject.settings.data.selected)
        # Of other images, or images that were trained on, nothing can be compared with the search's.
        return cell if self._request.division == AS_SEARCHED else replace(cell, validation={})

    def _read_references(self, seed: int) -> Cell | None:
        """The metrics of all tasks' single-task networks together; None where one is not there."""
        validation: dict[str, float] = {}
        test: dict[str, float] = {}
        for job in self._plans.plan_references(seed):
            outcome = self._read(job)
            if outcome is None:
                return None
            validation |= outcome.metrics
            test |= outcome.findings[TESTED]["metrics"]
        return Cell(validation, test)

    def _read(self, job: Job) -> Outcome | None:
        assert self.queue is not None
        outcome = self.queue.outcomes.get(job) or read_outcome(job)
        return outcome if outcome and outcome.complete else None


def plan_first_round(plans: Plans, seeds: int, members: Sequence[Delivered]) -> list[Chain]:
    """Chains that train every network, and each task alone, with as many fresh seeds; those that are there, too.

    Raises:
        DataError: as `Plans.plan`.
    """
    fresh = [plans.derive_seed(turn) for turn in range(seeds)]
    chains: list[Chain] = [plans.plan(member, seed) for seed in fresh for member in members]
    return [*chains, *((job,) for seed in fresh for job in plans.plan_references(seed))]


def read_cell(outcome: Outcome, tasks: Sequence[Task]) -> Cell:
    """What a fresh training has shown on both splits."""
    tested = outcome.findings[TESTED]
    test = replace(outcome, metrics=tested["metrics"], findings={ROBUSTNESS: tested.get(ROBUSTNESS, {})})
    validation, found = ({**each.metrics, **tell_robustness(each, tasks)} for each in (outcome, test))
    return Cell(validation, found, float(outcome.cost["macs"]), float(outcome.cost["params"]))


def _load_before(subject: Subject, division: str) -> Confirmation:
    """An earlier confirmation on the same images, empty where there is none; a damaged one is made anew."""
    try:
        kept = load_confirmations(subject.folder.path)
    except DataError:
        kept = ()
    before = next((each for each in kept if each.division == division), Confirmation(division, (), {}))
    return drop_stale(before, subject.now)


def _keep_members(confirmation: Confirmation, numbers: Sequence[int]) -> Confirmation:
    members = tuple(member for member in confirmation.members if member.number in numbers)
    return replace(confirmation, members=members)


def _keep_given(confirmation: Confirmation, given: Mapping[int, set[int]]) -> Confirmation:
    """What was known at this point of the race, so that the same command takes the same decisions again."""
    members = tuple(
        replace(each, cells={seed: cell for seed, cell in each.cells.items() if seed in given[each.number]})
        for each in confirmation.members
    )
    seeds = {seed for each in members for seed in each.cells}
    references = {seed: cell for seed, cell in confirmation.references.items() if seed in seeds}
    return replace(confirmation, members=members, references=references)


def check_budget(request: Request, members: int) -> None:
    """Refuse a budget that does not do for the seeds of so many networks.

    Raises:
        ConfigError: it is too small.
    """
    least = members * request.seeds
    if request.budget is not None and request.budget < least:
        raise ConfigError(
            f"--budget {request.budget}: {members} networks with {request.seeds} seeds each take {least} trainings; "
            "give at least as many, or fewer --seeds or networks"
        )


def _check_splits(settings: Settings, request: Request) -> None:
    """See that there are validation images to train on, where that is wanted, and images to be tested on."""
    wanted = ["test"] if request.division == AS_SEARCHED else ["val", "test"]
    for split in wanted:
        data = settings.data
        try:
            data.samples(split, only=()) if isinstance(data, Sampled) else data.load(split, only=())
        except UserError as error:
            flag = {"val": f" ({request.division})", "test": ""}[split]
            raise DataError(
                f"there is no {split} split to confirm on{flag}: {format_list(error.problems, 2)}"
            ) from error
