"""A trial's trained network written to a file that was seen to answer alike, and what was measured beside it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from search.deploy.confirmed_numbers import tell_confirmed
from search.deploy.folding import fold_batch_norms
from search.deploy.format import SIDECAR, Format, Run
from search.deploy.latency import measure_latency
from search.deploy.parity import measure_parity
from search.deploy.program import Program
from search.deploy.size_bound import refuse_large_size
from search.deploy.told import tell_program
from search.problem.objectives import resolve_objectives
from search.results.confirmed import read_confirmed
from search.results.results import Results
from spaces.common.atomic_files import replacing_in, strict, write_json
from spaces.common.cores import count_cores
from spaces.errors import DataError, UserError
from spaces.networks.build import SharedNetwork
from spaces.networks.cost import count_macs
from spaces.networks.modules.padding import Size
from spaces.networks.weights.content import digest_file
from trainers.tasks import Task
from trainers.threads import threads_of_torch

SHOWN = 8  # validation images that answers are compared on: our choice


@dataclass(frozen=True)
class Exported:
    """What was written, and measured of it.

    Args:
        file: the network.
        told: the content of `SIDECAR`, which lies beside it.
    """

    file: Path
    told: dict[str, Any]


def export_trial(run: Results, number: int, form: Format, size: Size | None, folder: Path) -> Exported:
    """Write a trial's network and what is known of it.

    Args:
        run: the search.
        number: of the trial.
        form: format of the file.
        size: (height, width) of the images it is to take; None for those of the search's data.
        folder: for both files, made when it is missing.

    Raises:
        ConfigError: there is no memory for images of that size.
        DataError: no such trial, one without weights, a network that cannot be written, or one that answers otherwise.
    """
    network, trial, tasks = run.network(number, "cpu"), run.trained(number), run.tasks
    if size is not None:
        refuse_large_size(Program(network, tasks), size)
    images, whose = _find_images(run, size)
    shape: Size = (images.shape[1], images.shape[2])
    specs = list(zip(tasks, run.config["tasks"], strict=True))
    space = run.config["space"]["_target_"].partition("/")[2]
    told = tell_program(run.path.name, space, trial, specs, shape, network.stride)
    objectives = resolve_objectives(run.config["objectives"], tasks)
    told["confirmed"] = strict(tell_confirmed(read_confirmed(run, objectives), number))
    told |= _tell_size(told, network, shape) if size else {}
    trained, name = Program(network, tasks), f"model{form.suffix}"
    with replacing_in(folder) as place:
        temporary = place / name
        chosen = form.write(Program(fold_batch_norms(network), tasks), shape, told, temporary)
        shapes = {task: list(each.shape[1:]) for task, each in trained.run(images[:1]).items()}
        parity = measure_parity(form.open(temporary, count_cores()), trained.run, images)
        timed = {
            "one thread": _time(form, temporary, trained.run, images, 1),
            "all threads": _time(form, temporary, trained.run, images, count_cores()),
        }
        on_cuda = _time_on_cuda(form, temporary, network, tasks, images)
        files = [_describe_file(temporary.with_suffix(each)) for each in (form.suffix, *form.beside)]
        told = {
            **told,
            "format": form.name,
            **chosen,
            "shapes": shapes,  # of answers about one image
            "file": files[0],
            **({"beside": files[1:]} if files[1:] else {}),
            "parity": {"images": whose, "largest difference relative to the range": parity},
            "latency of one image": timed,
            "latency of one image on CUDA": on_cuda,
        }
        write_json(place / SIDECAR, told)
    return Exported(folder / name, told)


def _tell_size(told: dict[str, Any], network: SharedNetwork, shape: Size) -> dict[str, Any]:
    """What is other with images of another size than that of the search's data."""
    numbers = f"{told['metrics are']}, on images of the size of its data"
    return {"macs": count_macs(network, shape).macs, "metrics are": numbers}


def _describe_file(path: Path) -> dict[str, Any]:
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest_file(path)}


def _time(form: Format, file: Path, trained: Run, images: np.ndarray, threads: int) -> dict[str, dict[str, float]]:
    image = np.ascontiguousarray(images[:1])
    with threads_of_torch(threads):
        return measure_latency({"exported": form.open(file, threads), "trained network": trained}, image)


def _time_on_cuda(
    form: Format, file: Path, network: SharedNetwork, tasks: Sequence[Task], images: np.ndarray
) -> dict[str, Any]:
    """The same on a CUDA device, or why not."""
    reason = "torch sees no CUDA device" if not torch.cuda.is_available() else form.explain_no_cuda()
    if reason:
        return {"skipped": reason}
    trained = Program(deepcopy(network).to("cuda"), tasks).run
    contestants = {"exported": form.open(file, count_cores(), "cuda"), "trained network": trained}
    timed = measure_latency(contestants, np.ascontiguousarray(images[:1]))
    return {"device": torch.cuda.get_device_name(), **timed}


def _find_images(run: Results, size: Size | None) -> tuple[np.ndarray, str]:
    """Images that answers are compared on, and whose they are."""
    try:
        images, whose = run.data.load("val").images[:SHOWN], "of the validation split"
    except UserError as error:
        if size is None:
            raise DataError(
                f"the data of {run.path} are not at hand ({error}), so that the size of its images is not known; give "
                "--size HEIGHT WIDTH"
            ) from error
        images, whose = np.random.default_rng(0).integers(0, 256, (SHOWN, *size, 3), np.uint8), "random, without data"
    if size is not None and images.shape[1:3] != size:
        from trainers.data.formats.resizing import resized_image  # Pillow, where images are resized

        images, whose = np.stack([resized_image(image, size) for image in images]), f"{whose}, resized"
    return images, whose
