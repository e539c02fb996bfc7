"""What is settled before anything heavy is imported, timed or written: a search that can be, and its problem.

Between the settings and whatever is done with them, a search or the plan of one.
"""

from __future__ import annotations

from itertools import chain
from random import Random

from search.config.settings import Settings
from search.problem.objectives import BEFOREHAND, LATENCY, resolve_objectives
from spaces.choices import cover
from spaces.errors import ConfigError, DataError, PatternError
from spaces.networks import feasible
from spaces.networks.family import ChecksOutputs, Family, NamesWeights, StartsFromWeights
from spaces.pattern.block import Gates
from spaces.pattern.exchange import Workspace
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks
from trainers.batches.cache import check_cache
from trainers.data.dataset import DataSet, Sampled, Selectable
from trainers.dot_regression import KIND, check_frame_classes
from trainers.robustness.aims import list_aims
from trainers.weighting.weighting import Weighting


def check_settings(settings: Settings) -> None:
    """See that the parts of a search exist and fit together.

    Raises:
        UserError: the tracking store, the data, the folder that caches them, the objectives, outputs that the network
            has no heads for, a weighting of other tasks or by packages that are not
            there, a space with options that the network, the tasks or the images do not allow, or published weights
            that do not fit.
    """
    settings.tracking.check()
    check_data(settings)
    check_beside_data(settings)


def check_beside_data(settings: Settings) -> None:
    """The same for data that were checked, and a store that was.

    Raises:
        UserError: as `check_settings`, the tracking store and the data apart.
    """
    if isinstance(settings.data, Sampled) and not settings.runner.elsewhere:  # other machines may have other folders
        check_cache(settings.data.loading)
    check_parts(settings)


def check_data(settings: Settings) -> None:
    """See that the data are there and right.

    Raises:
        DataError: they are not; in an experiment with what it reads, and what can be done without.
    """
    try:
        settings.data.check()
    except DataError as error:
        experiment = settings.experiment
        if experiment is None or not experiment.layout:
            raise
        raise DataError(
            [
                *error.problems,
                f"experiment={experiment.name} reads data={experiment.choices['data']}, a {experiment.layout}: give it "
                f"as data.root=DIR. Without it, python -m search.dry_run experiment={experiment.name} tells the "
                "networks and what training them would cost",
            ]
        ) from error


def check_parts(settings: Settings) -> None:
    """See that the parts of a search fit together, as far as that is known without reading data.

    Raises:
        UserError: as `check_settings`, the tracking store, the data and their cache apart.
    """
    check_course(settings)
    if isinstance(settings.network, ChecksOutputs):
        settings.network.check({task.name: task.output for task in settings.data.selected})
    _check_weighting(settings.trainer.weighting, settings.data)
    _check_space(settings)
    _check_weights(settings.network)


def _check_weighting(weighting: Weighting, data: DataSet) -> None:
    """See that a weighting works for the tasks that train, and names none that the data do not have.

    Raises:
        ConfigError: it does not.
    """
    trained = [task.name for task in data.selected]
    weighting.check(trained)
    weighting.check_names(list(data.available) if isinstance(data, Selectable) else trained)


def check_course(settings: Settings) -> None:
    """See that objectives, sampler, scheduler, stop and epochs make a search; at once, for nothing is imported.

    Raises:
        ConfigError: they do not.
    """
    resolve_objectives(settings.objectives, settings.data.selected)
    split = settings.split  # refuses what leaves nothing for a part
    if split.delivers and len(settings.scheduler.rungs(split.trial)) > 1:
        raise ConfigError(
            f"sampler=oneshot trains its few networks to the end, and the scheduler {_name(settings.scheduler)} stops "
            "some before; take scheduler=full, or sampler=frontier"
        )
    rungs = settings.scheduler.rungs(settings.trainer.epochs)
    if all(name in [cost.name for cost in BEFOREHAND] for name in settings.objectives):
        raise ConfigError(
            f"objectives={', '.join(settings.objectives)}: known of every pattern before it is trained; add one that a "
            "training tells, such as delta_mtl"
        )
    aims = [name for name in settings.objectives if name in list_aims(settings.data.selected)]
    if aims and settings.sampler.uses_supernet:
        raise ConfigError(
            f"objectives={', '.join(aims)}: a supernet estimates no robustness, and this sampler rests on one; take "
            "sampler=frontier without a prior"
        )
    if settings.stop.hv_gain is not None and not settings.sampler.foretells:
        raise ConfigError(
            f"stop.hv_gain={settings.stop.hv_gain:g}: the sampler {_name(settings.sampler)} does not foretell what a "
            "training gains; "
            "take sampler=frontier, or leave stop.hv_gain out"
        )
    if settings.sampler.probe is not None and len(rungs) > 1:
        raise ConfigError(
            f"the sampler {_name(settings.sampler)} looks into every network that was trained to its end, and the "
            f"scheduler {_name(settings.scheduler)} stops some before; take scheduler=full, or a sampler that does not"
        )


def _name(component: object) -> str:
    return type(component).__name__


def _check_space(settings: Settings) -> None:
    """Send patterns that show every option of the space through the rules of the network."""
    tasks = tuple(sorted(task.name for task in settings.data.selected))
    try:
        for proposal in chain(settings.space.anchors(tasks).values(), cover(settings.space, tasks, Random(0))):
            feasible.check_feasible(proposal.pattern, settings.network, settings.data.size)
            _check_frames(proposal.pattern, settings)
            _check_start(proposal.pattern, settings)
            _check_latency(proposal.pattern, settings)
    except PatternError as error:
        raise ConfigError([f"space={settings.space.name}: {text}" for text in error.problems]) from error


def _check_start(pattern: SharingPattern, settings: Settings) -> None:
    """Weights of a gated trial are those of the pruned network, which a final training gates again."""
    wanted = settings.final.start == "trial" and settings.split.final
    if wanted and any(isinstance(block.role, Gates) for block in list_blocks(pattern)):
        raise ConfigError(
            f"final.start=trial: trials of space={settings.space.name} have gates, and leave weights of the pruned "
            "network alone, which no final training can start from; take final.start=auto or final.start=nothing"
        )


def _check_latency(pattern: SharingPattern, settings: Settings) -> None:
    """What gates leave is known after training alone, and latency is measured before."""
    if settings.measures_latency and any(isinstance(block.role, Gates) for block in list_blocks(pattern)):
        raise ConfigError(
            f"{LATENCY.name}: measured of untrained networks, and what the gates of space={settings.space.name} leave "
            "is known after training alone; take macs, or a space without gates"
        )


def _check_weights(network: Family) -> None:
    """See that published weights are there and fit; torch is imported where there are any."""
    if not isinstance(network, NamesWeights) or network.weights is None:
        return
    if not isinstance(network, StartsFromWeights):
        raise ConfigError(
            f"network.weights={network.weights}: {_name(network)} cannot start from weights, for it has no "
            "adapt_weights (called adapted in version 0.1.0); add it, or leave network.weights out"
        )
    from spaces.networks.weights.published import fit_names  # torch: 1.5 s, where weights are given

    fit_names(network)


def _check_frames(pattern: SharingPattern, settings: Settings) -> None:
    """A loss on frame vectors wants one for every class."""
    if not settings.trainer.dot_regression:
        return
    for exchange in pattern.exchange:
        if isinstance(exchange, Workspace) and exchange.etf:
            for task in settings.data.selected:
                if task.kind == KIND:
                    check_frame_classes(task.output.channels, exchange.etf)
