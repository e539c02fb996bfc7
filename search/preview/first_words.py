"""What a search says first, before anything heavy: what it will train, how long that may take, and where it goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from search.study.baselines import read_kept_baselines
from search.study.kept_single_tasks import BASELINES
from search.study.run_folder import TRIALS
from spaces.common.cores import count_cores
from spaces.common.formatting import format_duration
from spaces.errors import UserError

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.preview.kept_plan import KeptPlan

GPUS = Path("/dev"), "nvidia[0-9]*"  # seen without a library; how many of them count, the libraries know alone


def describe_start(settings: Settings, plan: KeptPlan | None) -> str:
    """One line, such as "fusion on scenes: 9 single-task networks, 18 trials, 2 at a time, about 4 min, runs/try".

    What cannot be known at once is left out.

    Args:
        settings: of the search.
        plan: that was made of it, if any.
    """
    split, folder = settings.split, settings.run.folder / settings.run.name
    alone = settings.baselines.seeds * len(settings.data.selected)
    at_once = plan.concurrency if plan else _count_places(settings)
    pace, chained = [f"{at_once} at a time"] if at_once else [], settings.sampler.chained
    parts = [_count(alone, "single-task network") + _describe_cached(alone, folder, plan)]
    parts += [f"a supernet of {split.supernet} epoch{'s' if split.supernet > 1 else ''}"] if split.supernet else []
    parts += pace if chained else []
    trials = _count(split.trials, "network" if split.delivers else "trial")
    parts.append(f"{trials} one after the other" if chained and split.trials > 1 else trials)
    parts += [_count(split.members, "final training")] if split.members else []
    there = sum(1 for _ in (folder / TRIALS).glob("[0-9]*.json"))
    parts += [f"{there} ended before"] if there else []
    parts += [] if chained else pace
    if plan and not there:
        parts.append(f"about {format_duration(plan.seconds)}")
    return f"{settings.space.name} on {settings.data.name}: {', '.join([*parts, str(folder)])}"


def _count(many: int, thing: str) -> str:
    return f"{many} {thing}{'s' * (many != 1)}"


def _describe_cached(wanted: int, folder: Path, plan: KeptPlan | None) -> str:
    """How many of the single-task networks are there already, as far as that is told without a look at the data."""
    kept = folder / BASELINES
    there = len(read_kept_baselines(kept)) if kept.exists() else plan.cached if plan else 0
    if not there:
        return ""
    return f" ({'all' if there >= wanted else there} there already)"


def _count_places(settings: Settings) -> int | None:
    """Trainings at a time on the CPUs of this machine; None where GPUs, or another machine, decide that."""
    folder, pattern = GPUS
    if settings.runner.elsewhere or any(folder.glob(pattern)):
        return None
    try:
        return settings.runner.places(count_cores(), 0)[1]
    except UserError:  # told when it runs
        return None
