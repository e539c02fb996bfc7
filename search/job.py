"""One training, from pattern to metrics: what a worker does.

Trials of a search and single-task baselines are the same job. A worker writes its outcome to a file before it
answers, so that nothing finished is lost with the driver.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.atomic import read_json, replacing, write_json
from search.components import describe
from spaces.errors import DataError
from spaces.networks.family import Family
from spaces.pattern import SharingPattern

if TYPE_CHECKING:
    from spaces.networks.build import SharedNetwork

# Part of the name of every cached result: raise it when a change to the training code changes numbers.
TRAINING_VERSION = 1


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Args:
        metrics: "<task>.<metric>" on the judged split after the last epoch; empty when the job failed.
        curves: one value an epoch, by name.
        findings: what the probe found, by its name; ``{"refused": reason}`` where there is nothing to be found.
        seconds: wall time of the training, set-up and measuring included.
        reason: why it failed; empty when it did not.
        node: host that ran it.
        ended: Unix time in seconds when it ended.
        device: "cpu" or "cuda"; their numbers differ in the last digits, or more with mixed precision.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    curves: dict[str, list[float]] = field(default_factory=dict)
    findings: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str = ""
    node: str = ""
    ended: float = 0.0
    device: str = "cpu"

    @property
    def complete(self) -> bool:
        """Whether it ended with numbers."""
        return not self.reason


@dataclass(frozen=True)
class Job:
    """One training.

    Args:
        label: for people, such as "trial 7" or "baseline depth, seed 1".
        pattern: what is shared; its tasks are those that are trained.
        data: a data set of `trainers.data`.
        network: the family of blocks.
        recipe: how it is trained.
        seed: of initial weights, batch order and augmentation.
        threads: CPU threads the training may use.
        outcome: file for the outcome.
        weights: file for the trained weights, or None to drop them.
        judged: split that is measured; a search never looks beyond "val".
        probe: what is to be found out about the trained network, see `search.samplers.sampler.Probe`, or None.
    """

    label: str
    pattern: SharingPattern
    data: Any
    network: Family
    recipe: Any
    seed: int
    threads: int
    outcome: Path
    weights: Path | None = None
    judged: str = "val"
    probe: Any = None

    @property
    def begun(self) -> Path:
        """File that is there while a worker runs the job, and stays when the worker is lost."""
        return self.outcome.with_suffix(".begun")

    @property
    def fingerprint(self) -> str:
        """Names what is trained on what, and how: on one kind of device, equal fingerprints give equal results."""
        parts = [task for task in self.data.selected if task.name in self.pattern.tasks]
        # With the classes' dotted paths: two classes of one name are two things.
        components = describe([*parts, self.network, self.recipe])
        named = [TRAINING_VERSION, self.pattern.key, self.data.fingerprint, components, self.seed]
        named += [self.judged] * (self.judged != "val") + [describe(self.probe)] * (self.probe is not None)
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]


def execute(job: Job, node: str = platform.node()) -> Outcome:
    """Run a job and leave its outcome in the job's file.

    Args:
        job: what to train.
        node: where this is.

    Returns:
        The outcome, also when training failed: a failure is a state with a reason, never a number. An outcome that
        already lies in the file and was had on this kind of device is returned as it is.
    """
    finished = read_outcome(job)
    if finished and finished.complete and finished.device == device():
        return finished
    start, curves = time.time(), dict[str, list[float]]()
    metrics: dict[str, float] = {}
    findings: dict[str, Any] = {}
    reason = ""
    reachable = job.outcome.parent.is_dir()
    try:
        if not reachable:
            raise DataError(
                f"node {node} does not see the run folder {job.outcome.parent}: "
                "put run.folder on storage that all nodes share"
            )
        job.begun.touch()
        network, metrics = _trained(job, curves)
        findings = _found(job, network)
    except Exception as error:  # the one place where a trial's exception becomes a state
        reason = _told(error)
    now = time.time()
    outcome = Outcome(metrics, curves, findings, now - start, reason, node, now, device())
    if reachable:
        write_json(job.outcome, {"fingerprint": job.fingerprint, "outcome": asdict(outcome)})
        job.begun.unlink(missing_ok=True)
    return outcome


def read_outcome(job: Job) -> Outcome | None:
    """The outcome in the job's file, if the job has finished with the same fingerprint and the file is whole."""
    if not job.outcome.exists():
        return None
    try:
        stored = read_json(job.outcome)
        if stored["fingerprint"] != job.fingerprint:
            return None
        values = stored["outcome"]
        return Outcome(
            metrics={name: _number(value) for name, value in values["metrics"].items()},
            curves={name: [_number(v) for v in curve] for name, curve in values["curves"].items()},
            findings=values.get("findings", {}),  # an earlier version knew no probes
            **{name: values[name] for name in ("seconds", "reason", "node", "ended", "device")},
        )
    except (DataError, KeyError, TypeError, AttributeError):
        return None  # damaged from outside: the job is simply run again


def _trained(job: Job, curves: dict[str, list[float]]) -> tuple[SharedNetwork, dict[str, float]]:
    """Build, train and measure; fills the curves as it goes, so that a failure still shows how far it came."""
    import torch

    from spaces.networks.build import build
    from trainers.memory import split
    from trainers.train import TrainingError, train

    torch.set_num_threads(job.threads)
    where = device()
    tasks = tuple(task for task in job.data.selected if task.name in job.pattern.tasks)
    network = build(job.pattern, job.network, {task.name: task.output for task in tasks}, job.seed)
    network = network.to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs

    def note(epoch: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            curves.setdefault(name, []).append(value)

    training, judged = split(job.data, "train", where), split(job.data, job.judged, where)
    metrics = train(network, training, judged, tasks, job.recipe, job.seed, note)
    undefined = [name for name, value in metrics.items() if not math.isfinite(value)]
    if undefined:
        raise TrainingError(f"{', '.join(undefined)} is not a finite number on the {job.judged} split")
    if job.weights:
        with replacing(job.weights) as file:
            torch.save({name: tensor.cpu() for name, tensor in network.state_dict().items()}, file)
    return network, metrics


def _found(job: Job, network: SharedNetwork) -> dict[str, Any]:
    """What the probe finds; a refusal is a finding too, for the training itself is sound."""
    from trainers.memory import split

    if job.probe is None:
        return {}
    try:
        return {job.probe.name: job.probe.find(network, split(job.data, "train", device()))}
    except DataError as error:
        return {job.probe.name: {"refused": "; ".join(error.problems)}}


def device() -> str:
    """Kind of device that jobs in this process train on, "cpu" or "cuda"."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _told(error: Exception) -> str:
    """An exception in one line; where it was raised helps with one that nobody foresaw."""
    lines = str(error).strip().splitlines()
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'} ({Path(last.filename).name}:{last.lineno})"


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
