"""The SLURM script for several nodes, with stand-ins for SLURM's own programs: two raylets, stopped in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.end_to_end.meeting import Meeting
from tests.end_to_end.searches import MARK, left_running, trials_in
from tests.tiny import arguments, write_tiny

SCRIPT = ROOT / "experiments" / "cluster" / "slurm_nodes.sh"
STAND_INS = {
    # Nodes are this machine, as many as there are names; options are let go.
    "srun": 'while [[ $1 == --* ]]; do shift; done\nexec "$@"\n',
    "scontrol": 'if [[ $1 == show ]]; then printf "node-a\\nnode-b\\n"; else echo "$*" >> "$STAND_IN/asked"; fi\n',
    "sbatch": "export SLURM_JOB_NODELIST=node-[a-b] SLURM_CPUS_PER_TASK=1 SLURM_GPUS_ON_NODE=0\n"
    'export SLURM_JOB_ID=$JOB\nexec bash "$@"\n',
}


def submit(folder: Path, given: list[str]) -> subprocess.Popen[str]:
    """What ``sbatch SCRIPT ARGUMENTS`` does once it is the job's turn."""
    programs = Path(sys.executable).parent
    path = os.pathsep.join([str(folder / "bin"), str(programs), os.environ["PATH"]])
    own = {"STAND_IN": str(folder), "VENV": str(programs.parent), "JOB": str(os.getpid()), MARK: str(folder)}
    with open(folder / "log.txt", "a") as log:
        return subprocess.Popen(
            [str(folder / "bin" / "sbatch"), str(SCRIPT), *given],
            cwd=folder,
            env={**os.environ, **own, "PATH": path, "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )


@pytest.mark.slow
def test_a_job_of_two_nodes_stops_at_its_warning_is_queued_again_and_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    """Queued again it is the same command on the same folder, which `test_nodes` takes up on a new cluster."""
    (tmp_path / "bin").mkdir()
    for name, text in STAND_INS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/bash\n{text}")
        (tmp_path / "bin" / name).chmod(0o755)
    given = [word for word in arguments(write_tiny(tmp_path / "data"), "trials=30") if word != "runner=inline"]
    given[given.index("trainer.epochs=1")] = "trainer.epochs=20"
    meeting = Meeting(tmp_path)
    meeting.want(2)
    run, end = tmp_path / "runs" / "fusion-npz", time.monotonic() + 120

    job = submit(tmp_path, [*meeting.words, *given])
    while not (run / "trials").is_dir() or len({trial.node for trial in trials_in(run).values()}) < 2:
        assert job.poll() is None and time.monotonic() < end, (tmp_path / "log.txt").read_text()
        time.sleep(0.05)
    job.send_signal(signal.SIGUSR1)
    assert job.wait(timeout=60) == 130, (tmp_path / "log.txt").read_text()
    assert (tmp_path / "asked").read_text() == f"requeue {os.getpid()}\n"
    trials = trials_in(run)
    assert 2 <= len(trials) < 30 and all(trial.complete for trial in trials.values())
    assert "Interrupted. Nothing finished is lost; go on with:" in (tmp_path / "log.txt").read_text()
    assert not Path(f"/tmp/ray-{os.getpid()}").exists()
    assert not left_running(tmp_path, seconds=20)
    assert "Traceback" not in (tmp_path / "log.txt").read_text()
