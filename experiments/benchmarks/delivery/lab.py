"""Trainings for benchmarks of what is delivered: done once, kept with their weights, judged on the test split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from search.config.problem_statement import fix_reference_point, state_problem
from search.config.settings import Settings
from search.jobs.job import Job, Outcome, find_device
from search.jobs.members import ESTIMATES, Inherited, Members
from search.jobs.outcome_files import read_result
from search.jobs.worker import run_job
from search.problem.deltas import compute_delta
from search.problem.estimates import Estimates, relate_estimates
from search.problem.pareto import compute_hypervolume
from search.study.baselines import average_headlines
from spaces.common.atomic_files import read_json, replacing, write_json
from spaces.errors import DataError
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing, separate_decoders
from trainers.recipe import stretch_recipe
from trainers.trainer import Trainer

MEGA = 1e6
Foretold = Callable[[SharingPattern], Mapping[str, float]]


class Lab:
    """One problem: its trainings, and the hypervolume of what came of them.

    Args:
        settings: of a search; its `run.folder` keeps the trainings.
        say: hears of them.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None] = print) -> None:
        self.settings, self._say = settings, say
        self.problem = fix_reference_point(state_problem(settings), settings)
        self._folder = settings.run.folder.absolute() / "delivered"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._done: dict[Job, Outcome] = {}

    def plan(
        self,
        label: str,
        pattern: SharingPattern,
        recipe: Trainer,
        seed: int,
        *,
        inherits: Inherited | None = None,
        members: Members | None = None,
        judged: str = "val",
    ) -> Job:
        """A training."""
        job = Job(
            label=label,
            pattern=pattern,
            data=self.settings.data,
            network=self.settings.network,
            recipe=recipe,
            seed=seed,
            threads=self.settings.runner.threads,
            outcome=self._folder / "unnamed",
            judged=judged,
            members=members,
            inherits=inherits,
        )
        file = self._folder / f"{job.fingerprint}.json"
        return replace(job, outcome=file, weights=file.with_suffix(".pt"), checkpoint=file.with_suffix(".ckpt"))

    def plan_supernet(self, recipe: Trainer, seed: int) -> Job:
        """A supernet's training."""
        network = self.settings.network
        shown = separate_decoders(self.problem.tasks, network.encoder_stages, network.decoder_stages)
        members = Members(self.settings.space, self.settings.limits.macs, self.settings.limits.params)
        return self.plan(f"supernet of {recipe.epochs} epochs, seed {seed}", shown, recipe, seed, members=members)

    def train(self, job: Job) -> Outcome:
        """Its outcome, on the validation split.

        Raises:
            DataError: it failed.
        """
        if job not in self._done:
            outcome = read_result(job, find_device())
            if outcome is None or not (job.weights and job.weights.exists()):
                job.outcome.unlink(missing_ok=True)
                outcome = run_job(job)
                self._say(f"{job.label}: {outcome.seconds:.0f} s")
            if not outcome.complete:
                raise DataError(f"{job.label} failed: {outcome.reason}")
            self._done[job] = outcome
        return self._done[job]

    def train_supernet(self, epochs: int, seed: int) -> tuple[Inherited, Estimates]:
        """Its weights and what it tells of patterns."""
        supernet = self.plan_supernet(stretch_recipe(self.settings.trainer, epochs), seed)
        return hand_on(supernet), Estimates(self.train(supernet).findings[ESTIMATES], str(supernet.outcome))

    def draw_weights(self, pattern: SharingPattern, seed: int) -> Inherited:
        """The weights that a network has before it is trained, in a file."""
        # torch: 2 s, --help does without
        import torch

        from spaces.networks.build import build

        file = self._folder / f"untrained-{pattern.key}-{seed}.pt"
        if not file.exists():
            outputs = {task.name: task.output for task in self.settings.data.selected}
            with replacing(file) as place:
                torch.save(build(pattern, self.settings.network, outputs, seed).state_dict(), place)
        return Inherited(file, f"untrained {pattern.key} {seed}")

    def foretell(self, estimates: Estimates) -> Foretold:
        """What a supernet tells of patterns, as a search's study takes it."""
        return relate_estimates(estimates, self.problem, self.settings.data.selected, self.reference, {})

    @cached_property
    def reference(self) -> Mapping[str, float]:
        """Single-task networks' mean headline metrics on the validation split, by task."""
        return self._average("val")

    def delta(self, metrics: Mapping[str, float]) -> float:
        """delta_mtl on the validation split."""
        return compute_delta(metrics, self.reference, self.settings.data.selected)["delta_mtl"]

    def judge(self, job: Job) -> tuple[float, float]:
        """delta_mtl of its network on the test split, against single-task networks of the usual epochs, and MACs."""
        file = job.outcome.with_suffix(".test.json")
        if not file.exists():
            self.train(job)
            write_json(file, _measure_test(job))
        reference = self._test_reference
        delta = compute_delta(read_json(file), reference, self.settings.data.selected)["delta_mtl"]
        return delta, float(self.problem.cost(job.pattern).macs)

    def volume(self, points: list[tuple[float, float]]) -> float:
        """Hypervolume of (delta_mtl, MACs) from the usual point, in % x M MACs."""
        directions = [objective.direction for objective in self.problem.objectives]
        return compute_hypervolume(np.array(points), self.problem.point or (), directions) / MEGA

    @cached_property
    def _test_reference(self) -> Mapping[str, float]:
        return self._average("test")

    def _average(self, judged: str) -> Mapping[str, float]:
        settings, outcomes = self.settings, {}
        for seed in range(settings.baselines.seeds):
            for task in settings.data.selected:
                stages = settings.network.encoder_stages, settings.network.decoder_stages
                pattern = hard_sharing([task.name], *stages)
                job = self.plan(f"{task.name} alone, seed {seed}", pattern, settings.trainer, seed, judged=judged)
                outcomes[job] = self.train(job)
        return average_headlines(outcomes, settings)


def hand_on(job: Job) -> Inherited:
    """The weights of a training, for another one to start from."""
    assert job.weights is not None
    return Inherited(job.weights, job.fingerprint)


def _measure_test(job: Job) -> dict[str, float]:
    """Metrics of a trained network on the test split."""
    # torch: 2 s, for what is not measured yet alone
    import torch

    from search.results.trained_network import rebuild_network
    from trainers.batches.memory import load_split
    from trainers.measure import measure

    torch.set_num_threads(job.threads)
    assert job.weights is not None
    tasks = job.data.selected
    network = rebuild_network(job.pattern, job.network, tasks, job.weights, None)
    return measure(network, load_split(job.data, "test", find_device()), tasks)
