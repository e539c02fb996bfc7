"""Run a job, leave its outcome: the one place that catches."""

from __future__ import annotations

import platform
import time
import traceback
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from search.jobs.heartbeat import begin
from search.jobs.job import Job, Outcome, find_device
from search.jobs.memory import explain_starvation, watch_memory
from search.jobs.outcome_files import read_result
from spaces.common.atomic_files import write_json
from spaces.common.machine_faults import MachineError, explain_fault


def run_job(job: Job, node: str = platform.node()) -> Outcome:
    """Run a job and leave its outcome in the job's file.

    Args:
        job: what to train.
        node: where this is.

    Returns:
        The outcome, also when training failed: a failure is a state with a reason, never a number. An outcome that
        already lies in the file and was had on this kind of device is returned as it is. What the machine is to blame
        for leaves no file, and the checkpoint where it is: the job is done again once that is mended. Memory that ran
        out leaves none either, for others may have held it.
    """
    if finished := read_result(job, find_device()):
        return finished
    # torch, which a driver does without
    from search.jobs.train_job import train_job
    from trainers.threads import threads_of_torch

    start, found, read_peak = time.time(), Outcome(), watch_memory()
    reason = mark = starved = ""
    fault = False
    try:
        if not job.outcome.parent.is_dir():
            raise MachineError(
                f"node {node} does not see the run folder {job.outcome.parent}: "
                "put run.folder on storage that all nodes share"
            )
        mark = job.fingerprint  # here, for a node need not see the published weights either
        begin(job)
        with threads_of_torch(job.threads):
            found = train_job(job, found.curves)
    except Exception as error:  # the one place where a trial's exception becomes a state
        told = explain_fault(error)
        starved = "" if told else explain_starvation(error)
        reason, fault = told or starved or _told(error), bool(told)
    now = time.time()
    outcome = replace(found, seconds=now - start, reason=reason, node=node, ended=now, device=find_device())
    outcome = replace(outcome, memory=read_peak())
    return _keep(job, mark, replace(outcome, fault=fault, starved=bool(starved)))


def _keep(job: Job, mark: str, outcome: Outcome) -> Outcome:
    """Leave the outcome in the job's file; the same, or the fault for which no file can be written."""
    try:
        if not (outcome.fault or outcome.starved):
            values = {name: value for name, value in asdict(outcome).items() if name not in ("fault", "starved")}
            write_json(job.outcome, {"fingerprint": mark, "outcome": values})
            if job.checkpoint and not (job.until and outcome.complete):
                job.checkpoint.unlink(missing_ok=True)
    except OSError as error:
        outcome = replace(outcome, reason=explain_fault(error), fault=True)
    with suppress(OSError):  # where the folder is gone, so is the file
        job.begun.unlink(missing_ok=True)
    return outcome


def _told(error: Exception) -> str:
    """An exception in one line; where it was raised helps with one that nobody foresaw."""
    lines = str(error).strip().splitlines()
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'} ({Path(last.filename).name}:{last.lineno})"
