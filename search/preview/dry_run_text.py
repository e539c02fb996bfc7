"""A dry run in words, for the terminal: networks, trainings, time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.config.padding_note import describe_padding
from search.preview.random_step import BACKWARD, BATCH
from spaces.common.formatting import align_columns, format_count, format_duration, format_macs
from spaces.common.terminal import find_room

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.preview.dry_run import Counted, DryRun

DAY = 24 * 3600  # seconds


def format_dry_run(settings: Settings, found: DryRun) -> str:
    """All of it."""
    parts = [_describe_problem(settings), _tabulate(settings, found), _describe_trainings(settings, found)]
    return "\n\n".join([*parts, _describe_time(settings, found)])


def _describe_problem(settings: Settings) -> str:
    said = f"experiment={settings.experiment.name}: " if settings.experiment else ""
    network, sampler = (type(each).__name__ for each in (settings.network, settings.sampler))
    tasks = ", ".join(task.name for task in settings.data.selected)
    parts = f"{said}space {settings.space.name}, network {network}, sampler {sampler}"
    note = describe_padding(settings)
    return f"{parts}\nTasks {tasks}, images of {_by(settings.data.size)} pixels" + (f"\n{note}" if note else "")


def _tabulate(settings: Settings, found: DryRun) -> str:
    """Every network in a row."""
    lines = align_columns(
        [
            ["Networks", "parameters", "fixed", "MACs", "FLOPs", "MACs of a training"],
            *(_write_row(each.name, each, found.count_trial(settings, each)) for each in found.networks),
            *(_write_row(f"{each.name} alone", each, found.count_baseline(settings, each)) for each in found.alone),
        ],
        find_room(),
    )
    for each in found.networks:
        if each.left:
            low, high = each.left
            left = f"{format_count(low)} to {format_macs(high)}"
            lines.append(f"  {each.name}: as it is trained, with every branch; its gates leave {left}")
    return "\n".join(lines)


def _write_row(name: str, each: Counted, training: float) -> list[str]:
    counts = (each.params, each.fixed, each.macs, 2 * each.macs, training)
    return [name, *map(format_count, counts)]


def _describe_trainings(settings: Settings, found: DryRun) -> str:
    """Images, steps and epochs, and what the search amounts to."""
    recipe, steps = settings.trainer, found.steps(settings)
    counted = "as they are published, for the data cannot be read" if found.missing else "of the data"
    low, high = _find_range(settings, found)
    tasks, seeds = len(found.alone), settings.baselines.seeds
    return "\n".join(
        [
            "Trainings",
            f"  {found.images} images ({counted}) in batches of {recipe.batch_size}: {steps} steps an epoch, "
            f"{steps * recipe.epochs} in {recipe.epochs} epochs",
            f"  search: {settings.split.describe()}"
            + (f", at most {found.trials} of the trials" if found.trials < settings.split.trials else "")
            + f": {format_count(low)} to {format_macs(high)}",
            f"  baselines: {tasks} tasks x {seeds} seeds: {format_macs(found.count_baselines(settings))}",
            f"  a step is counted as {BACKWARD} forward passes",
        ]
        + ([f"  the data: {found.missing}"] if found.missing else [])
    )


def _find_range(settings: Settings, found: DryRun) -> tuple[float, float]:
    costs = [found.count_search(settings, each) for each in found.networks]
    return min(costs), max(costs)


def _describe_time(settings: Settings, found: DryRun) -> str:
    """How long it would take at the rate of the step."""
    rate = found.rate
    trials = [found.count_trial(settings, each) / rate.speed for each in found.networks]
    whole = [found.count_search(settings, each) / rate.speed for each in found.networks]
    beside = found.count_baselines(settings) / rate.speed
    return "\n".join(
        [
            f"Time, from a step of {BATCH} random images of {_by(rate.size)} pixels on {rate.device}: "
            f"{rate.seconds:.2g} s, {format_macs(rate.speed)} a second",
            f"  a training {_last(min(trials))} to {_last(max(trials))}",
            f"  all trainings of the search, one after the other, {_last(min(whole) + beside)} to "
            f"{_last(max(whole) + beside)}, reading and measuring apart",
        ]
    )


def _last(seconds: float) -> str:
    """A time span, long ones in days."""
    return format_duration(seconds) if seconds < 3 * DAY else f"{seconds / DAY:.0f} days"


def _by(size: tuple[int, int]) -> str:
    return "x".join(map(str, size))
