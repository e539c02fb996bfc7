"""What a Tune trial does on its worker: one job, in one step.

A class and not a function, for Tune runs functions in a thread of the worker that it asks for results now and then.
"""

from __future__ import annotations

import gc
import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import ray
import torch
from ray import tune

from search.jobs.worker import run_job
from search.runners.watchdog import ended_after
from spaces.common.permissions import allow


class JobTrainable(tune.Trainable):
    """Executes the job in the trial's configuration; the actor is used again for the next one."""

    def setup(self, config: dict[str, Any]) -> None:
        """Take the first job."""
        # Relative paths mean the same as in the driver, also under a Ray that was started elsewhere.
        with suppress(OSError):
            os.chdir(config["folder"])
        allow(config["allowed"])
        self._job, self._timeout = config["job"], config["timeout"]

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Take the next job."""
        gc.collect()  # the last network's cycles
        torch.cuda.empty_cache()  # for whoever shares the GPU; does nothing without one
        gc.freeze()  # what is left are modules and data, which take 0.2 s to look through each time
        self._job = new_config["job"]
        return True

    def step(self) -> dict[str, Any]:
        """Run the job to its end."""
        node = f"{platform.node()}:{ray.get_runtime_context().get_node_id()[:8]}"  # one host may hold several
        with ended_after(self._timeout):
            outcome = run_job(self._job, node)
        # As one text, since Tune flattens nested results.
        return {"outcome": json.dumps(asdict(outcome)), "done": True}
