"""A cluster whose nodes die, join late, restart and lose their network while a search runs on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search.jobs.trial import Trial
from tests.end_to_end.clusters import Nodes, wait_until
from tests.end_to_end.meeting import Meeting
from tests.end_to_end.searches import left_running, start, states_in, trials_in
from tests.tiny import arguments, write_tiny


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
    """A head of one CPU, and what is added to it."""
    folder = Path(tempfile.mkdtemp(prefix="nodes-", dir="/tmp"))  # short, for sockets
    found = Nodes(folder)
    for name, value in found.token.items():
        monkeypatch.setenv(name, value)
    try:
        found.start_head()
        yield found
    finally:
        found.close()
        shutil.rmtree(folder, ignore_errors=True)


def given_for(folder: Path, nodes: Nodes, *more: str) -> list[str]:
    """Arguments of a search on the nodes."""
    given = [word for word in arguments(folder / "data", "run.name=nodes", *more) if word != "runner=inline"]
    given[given.index("trainer.epochs=1")] = "trainer.epochs=20"
    return [*given, f"runner.address={nodes.address}"]


def finished(folder: Path) -> dict[int, Trial]:
    """Trials that a search in the folder has finished so far."""
    run = folder / "runs" / "nodes"
    return trials_in(run) if (run / "trials").is_dir() else {}


def on(folder: Path) -> set[str]:
    """Nodes that finished trials ran on."""
    return {trial.node for trial in finished(folder).values()}


def see_whole(folder: Path, count: int) -> None:
    """No trial was lost, failed, or trained twice, and nothing is left behind."""
    trials = finished(folder)
    assert sorted(trials) == list(range(count))
    assert all(trial.complete for trial in trials.values()), {n: t.reason for n, t in trials.items()}
    assert len({trial.key for trial in trials.values()}) == count
    assert all(state.name == "COMPLETE" for state in states_in(folder / "runs" / "nodes"))
    assert not left_running(folder, seconds=20)


@pytest.mark.slow
def test_nodes_that_are_cut_off_or_die_cost_no_trial_late_ones_are_used_and_a_new_head_ends_it_with_its_reason(
    tmp_path: Path, nodes: Nodes
) -> None:
    write_tiny(tmp_path / "data")
    meeting = Meeting(tmp_path)
    with far_node(nodes) as line:
        nodes.wait_for(2)
        meeting.want(2)
        process = start([*meeting.words, *given_for(tmp_path, nodes, "trials=30")], tmp_path)
        try:
            wait_until(lambda: len(on(tmp_path)) == 2, 120, "trials on two nodes")
            meeting.want(3)
            if line:
                subprocess.run(["ip", "link", "set", line, "down"], check=True)
            else:
                nodes.kill("far")
            # It starts for longer than Ray's patience with a silent node.
            nodes.add("late")
            wait_until(lambda: len(on(tmp_path)) == 3, 120, "a trial on the node that joined late")
            meeting.want(4)
            if line:
                subprocess.run(["ip", "link", "set", line, "up"], check=True)
            nodes.kill("late")
            before = len(finished(tmp_path))
            meeting.want(3)
            wait_until(lambda: len(finished(tmp_path)) > before, 120, "a trial on the node that is left")
            assert process.poll() is None, (tmp_path / "log.txt").read_text()
            meeting.want(4)
            nodes.close()  # all at once, for a head does not start beside a node of the one before
            nodes.start_head()
            nodes.wait_for(1)
            assert process.wait(timeout=60) != 0
        finally:
            process.kill()
    log = (tmp_path / "log.txt").read_text()
    # Or Ray's own library has ended the process first, as it does where it asks the new head for the old one's nodes.
    assert "The search stopped: Ray was lost (" in log or "WrongClusterID" in log, log
    assert "Traceback" not in log
    before = {path: path.read_bytes() for path in (tmp_path / "runs" / "nodes" / "trials").glob("[0-9]*.json")}
    assert 4 <= len(before) < 30

    # Two may have been running, on the head and on a node.
    meeting.want(0)
    again = start([*meeting.words, *given_for(tmp_path, nodes, f"trials={len(before) + 2}")], tmp_path)
    assert again.wait(timeout=240) == 0, (tmp_path / "log.txt").read_text()
    see_whole(tmp_path, len(before) + 2)
    assert {path: path.read_bytes() for path in before} == before


@contextmanager
def far_node(nodes: Nodes) -> Iterator[str]:
    """A node "far"; this end of its line, which can be cut, or "" where network namespaces are not to be had."""
    if not can_have_namespaces():  # they want root and iproute2
        nodes.add("far")
        yield ""
        return
    with namespace(f"s{os.getpid() % 10**6}", os.getpid() % 250) as (address, line):
        nodes.add("far", inside=["ip", "netns", "exec", line.removesuffix("h")], host=address)
        yield line


@contextmanager
def namespace(name: str, number: int) -> Iterator[tuple[str, str]]:
    """A network namespace with a line to this one: its address, and this end of the line, which can be cut."""
    inner, outer, line = f"10.213.{number}.2", f"10.213.{number}.1", f"{name}h"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        commands = (
            f"ip link add {line} type veth peer name {name}n netns {name}",
            f"ip addr add {outer}/24 dev {line}",
            f"ip link set {line} up",
            f"ip -n {name} addr add {inner}/24 dev {name}n",
            f"ip -n {name} link set {name}n up",
            f"ip -n {name} link set lo up",
            f"ip -n {name} route add default via {outer}",
        )
        for command in commands:
            subprocess.run(command.split(), check=True)
        yield inner, line
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def can_have_namespaces() -> bool:
    """Whether this user may make them, as root may outside most containers."""
    if os.geteuid() or not shutil.which("ip"):
        return False
    probe = f"probe{os.getpid()}"  # several processes collect tests at once
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False).returncode == 0
    return made and subprocess.run(["ip", "netns", "del", probe], check=False).returncode == 0
