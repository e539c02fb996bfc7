"""Whether every node of a cluster has what a training wants, asked before any is handed out.

A node without the packages would only be gone round, and one that has another folder by the name of the run's would
keep weights that nobody finds.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spaces.common.permissions import list_allowed
from spaces.errors import ConfigError

MARK = ".nodes"  # file that all nodes have to see
PACKAGES = ("search.jobs.worker", "trainers.train", "torch")
PATIENCE = 60.0  # seconds until a node has answered: our choice, for its first process may be slow to start


def check_nodes(nodes: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """Ask every node for packages and the run folder.

    Args:
        nodes: that are to train, as Ray lists them; this process is connected to their cluster.
        folder: of the run.

    Raises:
        ConfigError: with what is missing, by node.
    """
    mark, told = folder.absolute() / MARK, secrets.token_hex(8)
    mark.write_text(told, encoding="utf-8")
    try:
        answers = _ask(nodes, str(mark), told, [*PACKAGES, *list_allowed()])
    finally:
        mark.unlink(missing_ok=True)
    problems = []
    for node, answer in zip(nodes, answers, strict=True):
        name = f"node {node.get('NodeManagerHostname') or node['NodeManagerAddress']}:{node['NodeID'][:8]}"
        if answer is None:
            problems.append(f"{name} does not answer; restart its Ray, or take it out of the cluster")
            continue
        missing, seen = answer
        if missing:
            problems.append(
                f"{name} has no {', '.join(missing)}; every node wants the same packages: install them there, or name "
                "their folder in PYTHONPATH where 'ray start' runs"
            )
        if not seen:
            problems.append(
                f"{name} does not see the run folder {folder}: put run.folder on storage that all nodes share"
            )
    if problems:
        raise ConfigError(problems)


def _ask(nodes: Sequence[Mapping[str, Any]], mark: str, told: str, packages: list[str]) -> list[Any]:
    """By node its packages that are missing and whether it sees the file; None of one that does not answer."""
    import ray  # ray: 0.5 s, as in the runner
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    def look(mark: str, told: str, packages: list[str]) -> tuple[list[str], bool]:
        # Sent as it stands, for the node may lack this module, too: all that it uses is imported in it.
        import importlib.util
        from pathlib import Path

        missing = []
        for package in packages:
            try:
                there = importlib.util.find_spec(package) is not None
            except ImportError:
                there = False
            if not there:
                missing.append(package)
        try:
            return missing, Path(mark).read_text(encoding="utf-8") == told
        except OSError:
            return missing, False

    remote = ray.remote(num_cpus=0, max_retries=0)(look)
    asked = [
        remote.options(scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)).remote(
            mark, told, packages
        )
        for node in nodes
    ]
    ready, _ = ray.wait(asked, num_returns=len(asked), timeout=PATIENCE)
    return [_get(ray, each) if each in ready else None for each in asked]


def _get(ray: Any, asked: Any) -> Any:
    try:
        return ray.get(asked)
    except ray.exceptions.RayError:  # the node has gone, or cannot start a process
        return None
