"""A dry run: the networks at the ends of a space built and counted, and what training them would cost.

For `search.dry_run`. Unlike a plan it reads no data where an experiment says how many images they have, and it looks at
the space's landmarks alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.config.problem_statement import state_problem
from search.jobs.job import find_device
from search.preview.random_step import BACKWARD, Rate, time_random_step
from spaces.errors import DataError
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from trainers.data.dataset import Sampled

if TYPE_CHECKING:
    from search.config.settings import Settings
    from spaces.networks.build import SharedNetwork


@dataclass(frozen=True)
class Counted:
    """A network in numbers.

    Args:
        name: what the space calls it, or the one task it has.
        pattern: what is shared.
        params: learnable parameters, as it is trained.
        fixed: weights that are not learned.
        macs: multiply-accumulates of one image, as it is trained.
        first: those of the networks that are trained first, for its branches to start from.
        left: those of the least and the most that its gates can leave; None where it has none.
    """

    name: str
    pattern: SharingPattern
    params: int
    fixed: int
    macs: int
    first: int = 0
    left: tuple[int, int] | None = None


@dataclass(frozen=True)
class DryRun:
    """What was found out.

    Args:
        networks: the space's landmarks.
        alone: single-task networks.
        images: that train.
        missing: why the data could not be asked how many these are; "" where they could.
        trials: networks that the search trains at most.
        rate: of a step of the network with the most work.
    """

    networks: tuple[Counted, ...]
    alone: tuple[Counted, ...]
    images: int
    missing: str
    trials: int
    rate: Rate

    def steps(self, settings: Settings) -> int:
        """Of an epoch."""
        return self.images // min(settings.trainer.batch_size, self.images)

    def count_trial(self, settings: Settings, network: Counted) -> float:
        """Multiply-accumulates of a trial's training, and of what is trained first for it."""
        return self._count_first(settings, network) + self._count_alone(settings, network)

    def count_search(self, settings: Settings, network: Counted) -> float:
        """Multiply-accumulates of a search if every network in it were this one, single-task ones apart."""
        split = settings.split
        whole = self._count_epoch(settings) * network.macs * (split.supernet + split.members * split.final)
        return whole + self._count_first(settings, network) + self.trials * self._count_alone(settings, network)

    def _count_first(self, settings: Settings, network: Counted) -> float:
        """Of what is trained first, once for all trials."""
        return self._count_epoch(settings) * network.first * settings.trainer.epochs

    def _count_alone(self, settings: Settings, network: Counted) -> float:
        return self._count_epoch(settings) * network.macs * settings.split.trial

    def count_baseline(self, settings: Settings, alone: Counted) -> float:
        """Multiply-accumulates of a single-task training."""
        return self._count_epoch(settings) * alone.macs * (settings.baselines.epochs or settings.trainer.epochs)

    def count_baselines(self, settings: Settings) -> float:
        """Multiply-accumulates of all single-task trainings."""
        return settings.baselines.seeds * sum(self.count_baseline(settings, each) for each in self.alone)

    def _count_epoch(self, settings: Settings) -> int:
        """Multiply-accumulates of an epoch, in those of one image."""
        return BACKWARD * self.steps(settings) * min(settings.trainer.batch_size, self.images)


def run_dry(settings: Settings) -> DryRun:
    """Build, count and time.

    Raises:
        DataError: nothing says how many images train.
    """
    images, missing = count_images(settings)
    networks, alone = count_networks(settings)
    most = max(networks, key=lambda each: each.macs)
    size, stride, threads = settings.data.size, settings.network.stride, settings.runner.threads
    rate = time_random_step(build_network(settings, most.pattern), size, stride, find_device(), threads)
    ends = settings.sampler.most(state_problem(settings))
    trials = settings.split.trials if ends is None else min(ends, settings.split.trials)
    return DryRun(networks, alone, images, missing, trials, rate)


def count_networks(settings: Settings) -> tuple[tuple[Counted, ...], tuple[Counted, ...]]:
    """The space's landmarks, built without contents and counted, and single-task networks, counted by their parts."""
    problem = state_problem(settings)
    stages = settings.network.encoder_stages, settings.network.decoder_stages
    singles = [(name, hard_sharing([name], *stages)) for name in problem.tasks]
    prices = [problem.cost(pattern) for _, pattern in singles]
    alone = tuple(Counted(*single, p.params, p.fixed, p.macs) for single, p in zip(singles, prices, strict=True))
    together = sum(each.macs for each in alone)
    landmarks = settings.space.anchors(problem.tasks)
    return tuple(_count(settings, name, each.pattern, together) for name, each in landmarks.items()), alone


def count_images(settings: Settings) -> tuple[int, str]:
    """How many images train, and why the data could not be asked if an experiment had to say it.

    Raises:
        DataError: the data are not there, and no experiment says it.
    """
    data = settings.data
    try:
        return (len(data.samples("train")) if isinstance(data, Sampled) else len(data.load("train"))), ""
    except DataError as error:
        if settings.experiment is None or settings.experiment.images is None:
            raise
        return settings.experiment.images, error.problems[0]


def build_network(settings: Settings, pattern: SharingPattern) -> SharedNetwork:
    """A pattern's network as a search begins its training, weights of files apart."""
    from spaces.networks.build import build  # torch: 1.5 s, --help does without

    outputs = {task.name: task.output for task in settings.data.selected}
    return build(pattern, settings.network, outputs, settings.run.seed, settings.trainer.gates.begin)


def _count(settings: Settings, name: str, pattern: SharingPattern, singles: int) -> Counted:
    """Build a network without contents, and count what is in it.

    Args:
        settings: of the search.
        name: of the network.
        pattern: what is shared.
        singles: multiply-accumulates of all single-task networks together.
    """
    import torch  # torch: 1.5 s, --help does without

    from spaces.networks.cost import count_macs
    from trainers.adopt import share_all

    with torch.device("meta"):
        network = build_network(settings, pattern)
    size = settings.data.size
    cost = count_macs(network, size)
    if not network.gated:
        return Counted(name, pattern, cost.params, cost.fixed, cost.macs)
    initial, problem = settings.trainer.gates.initial, state_problem(settings)
    shared = problem.cost(share_all(pattern)).macs if initial == "trained" else 0
    first = 0 if initial == "random" else singles + shared
    left = problem.cost(pattern).macs, problem.most(pattern).macs
    return Counted(name, pattern, cost.params, cost.fixed, cost.macs, first, left)
