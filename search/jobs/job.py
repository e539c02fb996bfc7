"""One training, from pattern to metrics: what a worker does.

Trials of a search and single-task baselines are the same job. A worker writes its outcome to a file before it
answers, so that nothing finished is lost with the driver.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search.components.component_names import mark_all
from search.components.components import describe_component
from search.jobs.members import Inherited, Members
from search.jobs.probe import Probe
from spaces.networks.family import Family
from spaces.networks.weights.content import digest_weights
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.data.dataset import DataSet
from trainers.recipe import EQUAL, list_idle_fields
from trainers.trainer import Trainer

# Part of the name of every cached result and of a run's configuration: raise it when a change to the code changes the
# numbers of a training or the meaning of its weights.
TRAINING_VERSION = 2
# Part of the name of every supernet: another word when the plan of its draws, `spaces.draws`, changes.
SUPERNET = "supernet"
LATER = ("measures", "judged_by")  # fields of tasks that are left out of the name where they are empty


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Args:
        metrics: "<task>.<metric>" on the judged split after the last epoch; empty when the job failed.
        curves: one value an epoch, by name.
        findings: what the probe found, by its name; ``{"refused": reason}`` where there is nothing to be found.
        cost: "macs", "params" and "fixed" of the network that was measured, the pruned one where there were gates.
        masks: the hard gates of that network, as `spaces.networks.modules.gated.Masks`; empty where nothing was gated.
        epochs: trained, those of single-task networks that it started from among them.
        seconds: wall time of the training, set-up and measuring included.
        reason: why it failed; empty when it did not.
        node: host that ran it.
        ended: Unix time in seconds when it ended.
        device: "cpu" or "cuda"; their numbers differ in the last digits, or more with mixed precision.
        memory: bytes that it held at most, of tensors on its GPU, else beyond what its process held before its
            first training; 0 where that is not known.
        fault: whether the reason is the machine's fault, so that nothing is said of the pattern; never in a file.
        starved: whether the reason is that memory ran out, which may be that of other jobs; never in a file.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    curves: dict[str, list[float]] = field(default_factory=dict)
    findings: dict[str, Any] = field(default_factory=dict)
    cost: dict[str, int] = field(default_factory=dict)
    masks: dict[str, Any] = field(default_factory=dict)
    epochs: int = 0
    seconds: float = 0.0
    reason: str = ""
    node: str = ""
    ended: float = 0.0
    device: str = "cpu"
    memory: int = 0
    fault: bool = False
    starved: bool = False

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
        judged: split that is measured after every epoch, of a job that is tested after the last alone; a search never
            looks beyond "val".
        until: epoch after which the training pauses and is measured; None for its end.
        checkpoint: file that keeps where the training stands, or None; it is taken up by the next job that names it.
        members: patterns of a supernet, or None for a network of the one pattern; of a supernet this is the one that is
            measured after every epoch, and the findings have estimates of all.
        inherits: weights that the training starts from; None for those of the seed.
        probe: what is to be found out about the trained network, see `search.jobs.probe.Probe`, or None.
        aims: what of its robustness is to be measured, as `trainers.robustness.aims.list_measured` has it.
        tested: split that is measured too, once, when all is done; None for none. Nothing is chosen by it.
        first: folder that keeps networks which gated ones start from, for the next job; None to train them for each.
    """

    label: str
    pattern: SharingPattern
    data: DataSet
    network: Family
    recipe: Trainer
    seed: int
    threads: int
    outcome: Path
    weights: Path | None = None
    judged: str = "val"
    probe: Probe | None = None
    until: int | None = None
    checkpoint: Path | None = None
    members: Members | None = None
    inherits: Inherited | None = None
    aims: tuple[str, ...] = ()
    tested: str | None = None
    first: Path | None = None

    @property
    def begun(self) -> Path:
        """File that is there while a worker runs the job, and stays when the worker is lost."""
        return self.outcome.with_suffix(".begun")

    @property
    def fingerprint(self) -> str:
        """Names what is trained on what, how and how far: on one kind of device, equal ones give equal results."""
        return f"{self.training}.{self.until}" if self.until else self.training

    @property
    def training(self) -> str:
        """The same without how far: jobs of one training go on where another has paused."""
        tasks = [task for task in self.data.selected if task.name in self.pattern.tasks]
        # Choices that came later count only where they are made, so that results from before keep their names.
        parts = [
            {
                name: each
                for name, each in described.items()
                if (each or name not in LATER) and (name, each) not in usual
            }
            for described, usual in zip(describe_component(tasks), (task.later.items() for task in tasks), strict=True)
        ]
        # With what the classes are called: two of one name are two things.
        recipe = {
            name: each
            for name, each in describe_component(self.recipe).items()
            if name not in list_idle_fields(self.pattern)
        }
        if recipe.get("weighting") == describe_component(EQUAL):
            del recipe["weighting"]
        network = describe_component(self.network)
        for name, usual in getattr(self.network, "later", {}).items():  # what it did before it could be chosen
            if network[name] == usual:
                del network[name]
        if (held := digest_weights(self.network)) is not None:
            network["weights"] = held  # what is in the file, wherever it lies
        components = [*parts, network, recipe]
        named = [TRAINING_VERSION, self.pattern.key, self.data.fingerprint, components, self.seed]
        if self.judged != "val":
            named.append(self.judged)
        if self.probe is not None:
            named.append(describe_component(self.probe))
        if self.members is not None:
            named += [
                SUPERNET,
                describe_component(self.members.space),
                {"macs": self.members.macs, "params": self.members.params},
            ]
        if self.inherits is not None:
            named += ["inherits", *self.inherits.trainings]
        if self.aims:
            named += ["aims", *self.aims]
        if self.tested is not None:
            named += ["tested", self.tested]
        return hashlib.sha256(json.dumps(mark_all(named)).encode()).hexdigest()[:16]


def find_device() -> str:
    """Kind of device that jobs in this process train on, "cpu" or "cuda"."""
    import torch  # torch: 1.5 s, a driver asks only at its end

    return "cuda" if torch.cuda.is_available() else "cpu"
