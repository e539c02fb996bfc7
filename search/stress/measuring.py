"""The networks of a run measured under every condition, each once: what is kept from before is not measured again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from search.jobs.job import find_device
from search.results.results import Results
from search.stress.conditions import make_plan
from search.stress.kept import Kept
from search.stress.members import Member, load_members
from search.stress.request import Request
from spaces.common.formatting import format_duration
from spaces.errors import DataError
from trainers.batches.memory import load_split
from trainers.batches.source import Source
from trainers.robustness.conditions import Condition
from trainers.robustness.plan import Plan
from trainers.tasks.task import Task

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Measured:
    """One network with all that was measured of it.

    Args:
        member: the network.
        conditions: values by name, by key of the condition.
    """

    member: Member
    conditions: Mapping[str, Mapping[str, float]]


def measure_run(run: Results, request: Request, say: Say) -> tuple[Plan, list[Measured]]:
    """Measure what was not measured before.

    Args:
        run: whose networks they are.
        request: what is asked.
        say: is told what goes on, a line each time.

    Returns:
        What there was to measure, and the networks with their numbers, cheapest first.

    Raises:
        ConfigError: what is asked cannot be had; see `make_plan` and `load_members`.
        DataError: the data are not there, or are others than those of the search.
    """
    device = request.device or find_device()
    members = load_members(run, request.numbers, device)
    split = _load_images(run, request, device)
    plan = make_plan(request, run.tasks, split)
    numbers = ", ".join(str(member.trial.number) for member in members)
    say(f"Networks of trials {numbers} on {len(split)} images of {request.split}, on {split.device.type}.")
    bench = _Bench(members, split, run.tasks, {m.trial.number: _keep(run, request, m, split) for m in members})
    for title, conditions in plan.groups:
        begun = time.monotonic()
        done = sum([bench.measure(condition) for condition in conditions])
        total = len(conditions) * len(members)
        before = f", {total - done} of them known from before" if done < total else ""
        say(f"  {title}: {total} measurements{before}, {format_duration(time.monotonic() - begun)}")
    return plan, [Measured(member, bench.kept[member.trial.number].load()) for member in members]


@dataclass(frozen=True, eq=False)
class _Bench:
    """Networks, what they are measured on, and where their numbers are kept."""

    members: Sequence[Member]
    split: Source
    tasks: Sequence[Task]
    kept: Mapping[int, Kept]

    def measure(self, condition: Condition) -> int:
        """Measure the networks that lack it; how many those were."""
        networks = {
            member.trial.number: member.network
            for member in self.members
            if condition.key not in self.kept[member.trial.number].load()
        }
        found = condition.measure(networks, self.split, self.tasks) if networks else {}
        for number, values in found.items():
            self.kept[number].add(condition.key, values)
        return len(found)


def _load_images(run: Results, request: Request, device: str) -> Source:
    data, searched = run.data, run.config.get("data_content")
    if searched is not None and data.fingerprint != searched:
        raise DataError(
            f"the data of {run.path} have changed since its search (content {searched} -> {data.fingerprint}), so that "
            "numbers would be of other images; restore them"
        )
    split = load_split(data, request.split, device)
    return split if request.images is None else split.first(request.images)


def _keep(run: Results, request: Request, member: Member, split: Source) -> Kept:
    """Where a network's numbers are kept, by all that decides them beside the condition."""
    circumstances = {
        "weights": member.weights,
        "network": member.trial.network_key,
        "tasks": run.config["tasks"],
        "data": run.data.fingerprint,
        "split": request.split,
        "images": len(split),
        "device": split.device.type,
    }
    return Kept(run.path, member.trial.number, circumstances)
