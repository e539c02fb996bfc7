"""How a delivered network is trained once more with a fresh seed: the jobs of that, in their order.

What was done for a network alone is done anew: its trial's training, and its training to the end on the weights of the
trial. Of trials that go on from one another, those before a network are trained anew with its seed too. What all
networks share stays as it is: the supernet's weights, and published ones. So with `sampler=oneshot` the final training
has a fresh seed and the supernet has not, and what is told of the network's spread is that of its final training on
this supernet; another supernet, which costs as much as several trainings for each seed, would add to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from search.config.sections import Baselines
from search.config.settings import Settings
from search.confirming.confirmation import PLACE
from search.confirming.request import AS_SEARCHED, RESPLIT
from search.jobs.job import Job
from search.jobs.members import Inherited
from search.jobs.outcome_files import OutcomeFiles, read_outcome
from search.jobs.trial import Trial
from search.study.baselines import derive_seed, list_baseline_jobs
from search.study.fronts.final_files import Final
from search.study.fronts.final_trainings import OWN, SUPERNET, WORDS
from search.study.run_folder import RunFolder
from search.study.supernet_training import plan_supernet
from search.study.trial_jobs import TrialJobs, inherit_from
from spaces.errors import DataError
from spaces.networks.weights.content import is_whole
from spaces.pattern.block import Gates
from spaces.pattern.walk import list_blocks
from trainers.data.dataset import DataSet
from trainers.data.splits.pooled import pool
from trainers.recipe import INHERITED_LR, stretch_recipe

FIRST = 500  # replicate of the first fresh seed: beyond those of single-task networks, before another run.seed's; ours
TEST = "test"


@dataclass(frozen=True)
class Delivered:
    """A network that is confirmed.

    Args:
        trial: as the search measured it; the final training's, where it had one.
        made: the trial itself.
        final: its final training that counts, or None.
        guessed: best guesses of objectives by name.
    """

    trial: Trial
    made: Trial
    final: Final | None
    guessed: dict[str, float]

    @property
    def number(self) -> int:
        """Of the trial."""
        return self.trial.number


@dataclass(frozen=True)
class Plans:
    """Makes the jobs of one run's confirmation.

    Args:
        settings: of the search.
        folder: of the run.
        division: what networks are trained on.
    """

    settings: Settings
    folder: RunFolder
    division: str

    def derive_seed(self, turn: int) -> int:
        """The fresh seed of a turn, from 0; no training of a search has it, whatever its run.seed."""
        return derive_seed(self.settings.run.seed, FIRST + turn)

    def plan(self, member: Delivered, seed: int) -> tuple[Job, ...]:
        """Trainings of a network with a seed, each on the weights of the one before; the last one is measured.

        Raises:
            DataError: weights that it starts from are not there, or it is not known which those were.
        """
        settings = self.settings
        supernet = plan_supernet(settings, settings.runner.threads)
        outcomes = OutcomeFiles(self.folder.path.absolute() / ".outcomes")  # that networks start from are kept there
        trials = TrialJobs(settings, self.folder, outcomes, supernet)
        data = self._divide(seed)
        made = replace(trials.repeat(member.made), data=data, seed=seed, probe=None, checkpoint=None, weights=None)
        made = replace(made, threads=settings.runner.threads)  # several chains run beside each other
        if member.final is None:
            return self._plan_chain(trials, made, member, seed)
        start, recipe = member.final.start, settings.trainer
        if not start:
            raise DataError(
                f"the final training of trial {member.number} is of an earlier version, which did not keep what it "
                "began on; the command of the search with more final.epochs trains it anew"
            )
        first: tuple[Job, ...] = ()
        inherits: Inherited | None = None
        if start == OWN:
            first = (self._file(replace(made, label=f"trial {member.number} anew, seed {seed}"), weights=True),)
            inherits = inherit_from(first[0])
        elif start == SUPERNET:
            assert supernet is not None
            inherits = inherit_from(supernet)
        stretched = stretch_recipe(recipe, _count_epochs(member, settings), INHERITED_LR if inherits else 1.0)
        return *first, self._measured(replace(made, recipe=stretched, inherits=inherits), member, seed)

    def _plan_chain(self, trials: TrialJobs, made: Job, member: Delivered, seed: int) -> tuple[Job, ...]:
        """The trials that a network went on from, each measured too, for it may be delivered itself; then its own."""
        if made.inherits is None:
            return (self._measured(made, member, seed),)
        inherits, chain = replace(made.inherits, since=()), list[Job]()
        for trial in trials.list_before(member.made.follows):
            label = f"trial {trial.number}, seed {seed}"
            earlier = replace(made, pattern=trial.pattern, inherits=inherits, label=label, tested=TEST)
            chain.append(self._file(earlier, weights=True))
            inherits = inherits.follow(_weights(chain[-1]), chain[-1].fingerprint)
        return *chain, self._measured(replace(made, inherits=inherits), member, seed)

    def plan_references(self, seed: int) -> list[Job]:
        """Single-task networks with a seed.

        They have fresh seeds as the networks have, in pairs: their mean on the test split is what deltas are against,
        so what it scatters by belongs into the intervals. Those of the search, in their place, would spare a fifth of
        the time, but have other seeds: intervals were 1.7 times as wide. They are kept where those of searches are,
        for other runs.
        """
        once = replace(self.settings, baselines=Baselines(1, self.settings.baselines.epochs))
        cache = self.settings.run.folder.absolute() / "baselines"
        jobs = []
        for job in list_baseline_jobs(once, self.settings.runner.threads):
            (task,) = job.pattern.tasks
            label = f"{task} alone, seed {seed}"
            fresh = replace(job, label=label, data=self._divide(seed), seed=seed, tested=TEST)
            file = cache / f"{fresh.fingerprint}.json"
            jobs.append(replace(fresh, outcome=file, checkpoint=file.with_suffix(".ckpt")))
        return jobs

    @property
    def _place(self) -> Path:
        return self.folder.path.absolute() / PLACE

    def _divide(self, seed: int) -> DataSet:
        if self.division == AS_SEARCHED:
            return self.settings.data
        return pool(self.settings.data, seed if self.division == RESPLIT else None)

    def _measured(self, job: Job, member: Delivered, seed: int) -> Job:
        """The job that ends a chain: it looks at the test split once, when all is done."""
        last = self._file(replace(job, label=f"trial {member.number}, seed {seed}", tested=TEST))
        if not ((kept := read_outcome(last)) and kept.complete):  # what is measured already needs no weights
            self._refuse_missing(job, member)
        return last

    def _refuse_missing(self, job: Job, member: Delivered) -> None:
        supernet, inherits = plan_supernet(self.settings, 1), job.inherits
        if supernet and inherits and inherits.file == inherit_from(supernet).file and not is_whole(inherits.file):
            raise DataError(
                f"trial {member.number} started from the weights of a supernet, which {inherits.file} does not "
                "hold any more, or not whole; the command of the search with a larger trials=N trains it again"
            )

    def _file(self, job: Job, *, weights: bool = False) -> Job:
        file = self._place / f"{job.fingerprint}.json"
        kept = file.with_suffix(".pt") if weights else None
        return replace(job, outcome=file, checkpoint=file.with_suffix(".ckpt"), weights=kept)


def _weights(job: Job) -> Path:
    assert job.weights is not None
    return job.weights


def describe_basis(member: Delivered, settings: Settings) -> str:
    """What of a network's training has a fresh seed, in words."""
    if member.final is not None:
        also = ", that too with fresh seeds" if member.final.start == OWN else ""
        return f"final training {WORDS[member.final.start]}{also}"
    if not (settings.split.delivers and settings.split.supernet):
        return "whole training"
    also = " and on those of trials before, these too with fresh seeds" if member.made.follows is not None else ""
    return f"training {WORDS[SUPERNET]}{also}"


def _count_epochs(member: Delivered, settings: Settings) -> int:
    """Epochs of a final training's recipe; what it counts has those of single-task networks that gates started from."""
    assert member.final is not None
    pattern, gates = member.made.pattern, settings.trainer.gates
    gated = any(isinstance(block.role, Gates) for block in list_blocks(pattern))
    parts = 1 + (len(pattern.tasks) + (gates.initial == "trained") if gated and gates.initial != "random" else 0)
    return member.final.trial.epochs // parts
