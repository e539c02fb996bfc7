"""From a trial back to its trained network, by its file of weights or by training it once more.

For `search.results.results`; what a job has saved is read here and nowhere else. Nothing is unpickled but tensors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch

from search.jobs.job import Job, find_device
from search.jobs.worker import run_job
from spaces.common.atomic_files import replacing
from spaces.common.formatting import format_list
from spaces.errors import ConfigError, DataError
from spaces.networks.build import SharedNetwork, build, prune
from spaces.networks.weights.published import list_differences

if TYPE_CHECKING:
    from search.jobs.trial import Trial
    from spaces.networks.family import Family
    from spaces.pattern.sharing_pattern import SharingPattern
    from trainers.tasks.task import Task

NO_MASKS: Mapping[str, Any] = MappingProxyType({})
SHOWN = 5  # differences that a message names: our choice


def rebuild_network(
    pattern: SharingPattern,
    family: Family,
    tasks: Sequence[Task],
    weights: Path,
    where: str | None,
    masks: Mapping[str, Any] = NO_MASKS,
) -> SharedNetwork:
    """The trained network of a pattern.

    Args:
        pattern: what is shared.
        family: makes the blocks.
        tasks: of the pattern.
        weights: a state dictionary, as a job saves it.
        where: device the network is to lie on, such as "cpu" or "cuda"; None for a GPU where there is one.
        masks: hard gates that the trial's network was pruned by.

    Returns:
        The network in evaluation mode, laid out in memory as it was when it was measured.

    Raises:
        ConfigError: there is no such device.
        DataError: the file is damaged, or its weights or the masks are those of another network.
    """
    where = where or find_device()
    _check_device(where)
    state = _read_weights(weights)
    network = build(pattern, family, {task.name: task.output for task in tasks}, seed=0)
    if masks or network.gated:
        network = prune(network, {name: tuple(layers) for name, layers in masks.items()})
    found = list_differences(network.state_dict(), state)
    if found:
        raise DataError(
            f"{weights} does not fit the network of its trial: {format_list(found, SHOWN)}. Restore the file from a "
            "copy; if the code of the network has changed since, load it with the code of the search"
        )
    network.load_state_dict(state)
    return network.to(where).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]  # not in its stubs


def retrain_network(trial: Trial, job: Job, kept: Path | None = None) -> SharedNetwork:
    """The network of a trial trained again, on the device where training takes place.

    Args:
        trial: that is trained again.
        job: as `search.results.retraining.plan_again` planned it; its files are left alone.
        kept: file that is to hold the weights; None to drop them.

    Raises:
        DataError: the training fails.
    """
    with TemporaryDirectory() as place:
        outcome, weights = Path(place, "outcome.json"), Path(place, "weights.pt")
        done = run_job(replace(job, outcome=outcome, weights=weights, checkpoint=None, probe=None))
        if not done.complete:
            raise DataError(f"{job.label} cannot be trained again: {done.reason}")
        if kept is not None:
            with replacing(kept) as file:
                copyfile(weights, file)
        return rebuild_network(trial.pattern, job.network, job.data.selected, weights, done.device, done.masks)


def _check_device(where: str) -> None:
    try:
        torch.zeros(1, device=where).cpu()
    # Torch refuses a name, a device that is not there, and a build without it, each in its own way.
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        there = "cpu or cuda" if torch.cuda.is_available() else "cpu, for torch sees no GPU"
        raise ConfigError(f"device={where!r} cannot be used here; want {there}") from error


def _read_weights(path: Path) -> dict[str, torch.Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # what a damaged file raises depends on where it is damaged
        # Not its words, for they advise to unpickle the file without care.
        raise DataError(f"{path} cannot be read ({type(error).__name__}); restore it from a copy") from error
    if not isinstance(state, Mapping) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise DataError(f"{path} holds no weights by name, as a search saves them; restore it from a copy")
    return dict(state)
