"""Jobs on Ray Tune: CPUs, fractions of GPUs, one machine or a cluster.

Tune only places and runs: the queue decides what runs, and the run folder holds the truth. Tune's own experiment
state is thrown away after the run; resuming starts a new Tune run on the same study.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from search.runners.head_watch import answers, watch_head
from search.runners.node_check import check_nodes
from search.runners.ray_connection import shorten
from search.runners.ray_session import at_ray, started_early
from search.runners.retried_queue import RetriedQueue
from search.runners.room import Room, Share
from search.runners.runner import JobQueue
from spaces.common.cores import count_cores
from spaces.common.machine_faults import MachineError
from spaces.errors import ConfigError
from spaces.fields import Fields


@dataclass(frozen=True)
class RayTune:
    """Runs jobs as Tune trials on reused actors.

    Args:
        cpus_per_trial: CPUs that one training takes; a fraction packs several on one CPU.
        gpus_per_trial: GPUs that one training takes, fractions allowed; None is one where the cluster has GPUs, else 0.
        concurrency: trainings at a time; None is as many as the cluster's CPUs and GPUs hold, also of nodes that join
            later.
        trial_timeout: seconds after which the worker of a training that has not ended is ended, a hung one too; the job
            is tried once more, or goes on from its checkpoint. None for no limit.
        address: of a running cluster, such as "auto" or "127.0.0.1:6379"; None is $RAY_ADDRESS and, without that,
            starts Ray on this machine, or uses the one that this process has started before.

    Raises:
        ConfigError: with every field out of range.
    """

    cpus_per_trial: float = 1
    gpus_per_trial: float | None = None
    concurrency: int | None = None
    trial_timeout: float | None = None
    address: str | None = None
    group: ClassVar[str] = "runner"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.number("cpus_per_trial", above=0)
        fields.number("gpus_per_trial", low=0, optional=True)
        fields.integer("concurrency", low=1, optional=True)
        fields.number("trial_timeout", above=0, optional=True)
        if self.address is not None:
            fields.text("address")
        fields.done()

    @property
    def threads(self) -> int:
        """As many as CPUs a trial, at least one."""
        return max(1, int(self.cpus_per_trial))

    @property
    def threads_alone(self) -> int:
        """Two trainings' worth, where this machine would leave the other's place idle; a cluster's belong to others.

        Not three or more: on two cores two threads need 0.6 to 0.8 of the time of one; no more were measured.
        """
        if self.elsewhere or self.concurrency == 1:
            return self.threads
        return max(self.threads, min(2 * self.threads, count_cores()))

    @property
    def gpu_share(self) -> float:
        """As said, or a whole one."""
        return self.gpus_per_trial or 1.0

    @property
    def elsewhere(self) -> bool:
        """With the address of a cluster."""
        return self._cluster is not None

    @property
    def _cluster(self) -> str | None:
        return self.address or os.environ.get("RAY_ADDRESS") or None

    def places(self, cpus: int, gpus: int) -> tuple[float, int]:
        """As on a cluster of one node."""
        return self._fitting([{"CPU": cpus, "GPU": gpus}])

    def run(self, queue: JobQueue, folder: Path, started: Callable[[int], None]) -> None:
        """Run the jobs on the cluster.

        Raises:
            ConfigError: there is no cluster at the address, it cannot hold a single training, or one of its nodes lacks
                the packages or the run folder.
            MachineError: Ray does not start on this machine, or was lost.
            KeyboardInterrupt: the user stopped the run.
        """
        address = self._cluster
        with at_ray(address):
            import ray  # as in `at_ray`

            try:
                nodes = _list_nodes()
                gpus, _ = self._fitting([node["Resources"] for node in nodes])
                share = Share(self.cpus_per_trial, gpus)
                if address:
                    check_nodes([node for node in nodes if share.count(node["Resources"])], folder)
                head = ray.get_runtime_context().gcs_address
                near = answers(head)  # not through Ray Client, which knows the head by an address within the cluster

                def ask() -> list[dict[str, float]] | None:
                    # Asked of a head that is down, Ray's library waits for the next one and then falls with this
                    # process.
                    return [node["Resources"] for node in _list_nodes()] if not near or answers(head) else None

                room = Room(share, self.concurrency, ask, started)
                room.holds(0)
                queue.answer_from_cache("cuda" if gpus else "cpu")
                with watch_head(head) if near else nullcontext():
                    self._fit(queue, folder / ".ray", room, gpus)
            except ray.exceptions.RayError as error:  # trainings' own come back as outcomes
                raise MachineError(f"Ray was lost ({shorten(error)}); see to it that its head runs") from error
            finally:
                shutil.rmtree(folder / ".ray", ignore_errors=True)

    def ready(self) -> AbstractContextManager[None]:
        """A Ray of this machine's own is there in the block, for `run`; a cluster answers at once.

        That Ray does not start is told by `run`.
        """
        return nullcontext() if self._cluster else started_early()

    def _fitting(self, nodes: list[dict[str, float]]) -> tuple[float, int]:
        """GPUs a training, and trainings at a time; a training fits on one node or nowhere."""
        sizes = [(node.get("CPU", 0.0), node.get("GPU", 0.0)) for node in nodes]
        gpus = float(any(gpu for _, gpu in sizes)) if self.gpus_per_trial is None else self.gpus_per_trial
        room = sum(map(Share(self.cpus_per_trial, gpus).count, nodes))
        if not room:
            there = "; ".join(f"{cpu:g} CPUs and {gpu:g} GPUs" for cpu, gpu in sizes)
            raise ConfigError(
                f"runner.cpus_per_trial={self.cpus_per_trial:g} and gpus_per_trial={gpus:g} fit on no node: "
                f"the nodes have {there}; ask for less a trial"
            )
        return gpus, min(room, self.concurrency or room)

    def _fit(self, queue: JobQueue, storage: Path, room: Room, gpus: float) -> None:
        from ray import tune  # ray.tune: 1.3 s, --help does without

        # they import ray.tune
        from search.runners.tune_searcher import Failures, QueueSearcher
        from search.runners.tune_trainable import JobTrainable

        storage.mkdir(exist_ok=True)
        logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # reasons are told as those of trials, in a line each
        failures = Failures()
        retried = RetriedQueue(queue)
        searcher = QueueSearcher(retried, failures, room.holds, self.trial_timeout)
        tuner = tune.Tuner(
            tune.with_resources(JobTrainable, {"cpu": self.cpus_per_trial, "gpu": gpus}),
            tune_config=tune.TuneConfig(
                search_alg=searcher,
                scheduler=failures,
                num_samples=-1,  # the queue says when it is over
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(
                name="tune",
                storage_path=str(storage.resolve()),
                checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),
                verbose=0,
            ),
        )
        tuner.fit()
        # Tune takes Ctrl-C for an end like any other, also between the end of one job and the start of the next.
        if queue.running or not searcher.ended:
            raise KeyboardInterrupt


def _list_nodes() -> list[dict[str, Any]]:
    """Nodes of the cluster that are up, as Ray lists them."""
    import ray  # as in `at_ray`

    return [node for node in ray.nodes() if node["Alive"]]
