"""What only shows on a real Ray: lost workers, several nodes, and that both runners agree."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import ray
from mlflow import MlflowClient
from optuna.trial import TrialState

from search.runners.node_check import check_nodes
from search.runners.ray_connection import connect
from spaces.errors import ConfigError
from tests.conftest import ROOT
from tests.end_to_end.clusters import wait_until
from tests.end_to_end.meeting import Meeting
from tests.end_to_end.searches import finish, left_running, rows_of, start, states_in, trials_in
from tests.pictures import arguments as pictures
from tests.pictures import write_pictures
from tests.tiny import arguments, write_tiny

BREAK = '''
import os
import time
from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass(frozen=True)
class Break:
    """Kills a worker, takes all memory and more, and spoils a training, each once; others pass."""

    marks: str

    def __call__(self, images, targets, tasks, generator):
        if len(tasks) > 1:
            (Path(self.marks) / f"worker-{os.getpid()}").touch()
        if len(tasks) > 1 and self._first("killed"):
            self._wait()
            os._exit(1)
        if len(tasks) > 1 and self._first("starved"):
            torch.empty(10**15)
        if len(tasks) > 1 and self._first("spoilt"):
            images = images * float("nan")
        return images, targets

    def _wait(self):
        """Until another trial has begun, or what is tried again would run alone, and memory ran out by itself then."""
        end = time.monotonic() + 60
        while len(list(Path(self.marks).glob("worker-*"))) < 2 and time.monotonic() < end:
            time.sleep(0.05)

    def _first(self, name):
        try:
            (Path(self.marks) / name).touch(exist_ok=False)
            return True
        except FileExistsError:
            return False
'''

CLUSTER = """
import sys
from ray.cluster_utils import Cluster

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
cluster.add_node(num_cpus=1)
cluster.wait_for_nodes()
print(cluster.address, flush=True)
sys.stdin.read()
cluster.shutdown()
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Address of one with two nodes, a CPU each."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert ":" in address
        yield address
    finally:
        process.communicate("", timeout=60)


@pytest.mark.slow
def test_a_mistake_that_building_finds_while_ray_is_up_already_ends_in_one_message_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    given = [word for word in arguments(write_tiny(tmp_path / "data"), "limits.macs=10") if word != "runner=inline"]
    assert start(given, tmp_path).wait(timeout=60) == 2
    told = (tmp_path / "log.txt").read_text().splitlines()
    assert told[-1].startswith("no pattern of the space meets limits.macs=10; the least that was found is ")
    assert not [line for line in told if "Traceback" in line or "ray" in line]
    assert not left_running(tmp_path, seconds=20)


@pytest.mark.slow
def test_a_lost_worker_and_memory_that_runs_out_are_tried_again_and_a_nan_is_a_failure_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: str
) -> None:
    (tmp_path / "breaking.py").write_text(BREAK)
    (tmp_path / "conf" / "trainer").mkdir(parents=True)
    (tmp_path / "conf" / "trainer" / "breaking.yaml").write_text(
        "_target_: trainers.recipe.Recipe\n"
        "augment:\n  - {_target_: breaking.Break, marks: " + str(tmp_path / "data") + "}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    given = [a for a in arguments(write_tiny(tmp_path / "data"), "trials=5") if a != "runner=inline"]
    given += [f"runner.address={cluster}", "runner.trial_timeout=150"]
    finish(["--config-dir", str(tmp_path / "conf"), "trainer=breaking", *given], tmp_path)
    trials = trials_in(tmp_path / "runs" / "fusion-npz")
    assert {mark.name for mark in (tmp_path / "data").iterdir()} >= {"killed", "starved", "spoilt"}
    assert len(trials) == 5
    reasons = {trial.reason for trial in trials.values() if not trial.complete}
    alone = {reason for reason in reasons if reason.endswith("nothing else of this search ran beside it")}
    assert len(alone) <= 1  # a pattern that is not tried again, where no other one happened to run
    (spoilt,) = reasons - alone
    assert "not finite in epoch 1" in spoilt
    assert all(not trial.objectives for trial in trials.values() if not trial.complete)


@pytest.mark.slow
def test_weak_trials_are_stopped_early_under_ray_and_told_so_everywhere(tmp_path: Path, cluster: str) -> None:
    given = [a for a in arguments(write_tiny(tmp_path / "data"), "trials=8") if "=inline" not in a and "=none" not in a]
    given += [f"runner.address={cluster}", "runner.cpus_per_trial=0.5", "runner.concurrency=2"]
    asha = ["scheduler=pareto_asha", "scheduler.rung=1", "trainer.epochs=4"]
    printed = finish([*given, *asha], tmp_path)
    run = tmp_path / "runs" / "fusion-npz"
    trials = trials_in(run)
    complete = {number for number, trial in trials.items() if trial.complete}
    pruned = {number for number, trial in trials.items() if trial.status == "pruned"}
    assert complete | pruned == set(range(8)) and complete and pruned
    assert [state == TrialState.PRUNED for state in states_in(run)] == [number in pruned for number in range(8)]
    assert {int(row["number"]) for row in rows_of(run / "front.csv")} <= complete
    assert all(trials[number].epochs < 4 and not trials[number].objectives for number in pruned)
    assert "stopped after 1 of 4 epochs" in printed
    client = MlflowClient(f"sqlite:///{tmp_path / 'runs' / 'mlflow.db'}")
    (experiment,) = (e for e in client.search_experiments() if e.name != "Default")
    children = [r for r in client.search_runs([experiment.experiment_id]) if "search.trial" in r.data.tags]
    status = {int(child.data.tags["search.trial"]): child.info.status for child in children}
    assert status == {n: "KILLED" if n in pruned else "FINISHED" for n in range(8)}


def test_without_an_address_a_search_joins_no_ray_that_runs_here(cluster: str) -> None:
    """Or it would end with whoever began that one."""
    script = "from search.runners.ray_connection import connect; import ray; connect(None); print(len(ray.nodes()))"
    alone = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=90, check=False)
    assert alone.stdout == "1\n", alone.stderr  # the other one has two


@pytest.mark.slow
def test_a_stream_on_both_nodes_of_a_cluster_gives_what_memory_gives_in_this_process(
    tmp_path: Path, cluster: str
) -> None:
    root = write_pictures(tmp_path / "data", images=16)
    meeting = Meeting(tmp_path)
    more = (meeting.choice, "trials=3")
    finish(pictures(tmp_path, root, 4.0, *more, "runner=inline", "run.name=inline"), tmp_path)
    meeting.want(2)
    finish(pictures(tmp_path, root, 0.0, *more, f"runner.address={cluster}", "run.name=cluster"), tmp_path)
    inline, spread = (trials_in(tmp_path / "runs" / name) for name in ("inline", "cluster"))
    assert len(inline) == 3
    assert len({trial.node for trial in spread.values()}) == 2
    assert not [each for each in gc.get_objects() if type(each) is ray.ObjectRef]  # or it frees the next Ray's
    assert {t.key: t.metrics for t in spread.values()} == {t.key: t.metrics for t in inline.values()}


@pytest.mark.slow
def test_a_node_without_the_packages_or_the_run_folder_is_named(tmp_path: Path, cluster: str) -> None:
    """Last here, for the cluster has a third node then, which goes away."""
    run = tmp_path / "run"
    run.mkdir()
    hidden = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0
    hide = ["unshare", "-m", "sh", "-c", f'mount -t tmpfs none {run} && exec "$@"', "-"] if hidden else []
    # A Python of the same packages, without those that a .pth file adds to it: this project.
    bare = [sys._base_executable, "-m", "ray.scripts.scripts", "start", f"--address={cluster}", "--num-cpus=1"]
    free = ["--min-worker-port=0", "--max-worker-port=0", "--disable-usage-stats", "--block"]
    node = subprocess.Popen(
        [*hide, *bare, *free],
        cwd="/",
        env={
            **os.environ,
            "PYTHONPATH": sysconfig.get_paths()["purelib"],
            "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        connect(cluster)
        wait_until(lambda: len(list_nodes()) == 3, 60, "three nodes")
        with pytest.raises(ConfigError) as caught:
            check_nodes(list_nodes(), run)
    finally:
        ray.shutdown()
        node.terminate()
        node.wait(timeout=30)
    told = caught.value.problems
    assert told[0].startswith("node ")
    assert "has no search.jobs.worker, trainers.train; every node wants the same packages" in told[0]
    assert len(told) == 1 + hidden
    assert not hidden or f"does not see the run folder {run}: put run.folder on storage that all nodes share" in told[1]
    assert not list(run.iterdir())


def list_nodes() -> list[dict[str, Any]]:
    """Those of the cluster that are up."""
    return [each for each in ray.nodes() if each["Alive"]]
