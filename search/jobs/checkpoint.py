"""A training that pauses, in a file: where it stands, and of which training it is. Nothing is unpickled but tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from search.jobs.job import Job
from spaces.common.atomic_files import replacing


def read_checkpoint(job: Job) -> Mapping[str, Any] | None:
    """Where the job's training stands; None to begin it: no file, a damaged one, or one of another training.

    Raises:
        OSError: it cannot be read now, which says nothing of what is in it.
    """
    if job.checkpoint is None or not job.checkpoint.exists():
        return None
    try:
        kept = torch.load(job.checkpoint, map_location="cpu", weights_only=True)
        whole = kept["training"] == job.training and (job.until is None or len(kept["state"]["reports"]) <= job.until)
    except OSError:
        raise
    except Exception:  # what a damaged file raises depends on where it is damaged; the training just begins anew
        return None
    return kept["state"] if whole else None


def write_checkpoint(job: Job, state: Mapping[str, Any]) -> None:
    """Write or replace the file at one stroke."""
    assert job.checkpoint is not None
    with replacing(job.checkpoint) as file:
        torch.save({"training": job.training, "state": state}, file)
