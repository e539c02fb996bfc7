"""Memory that ran out during a training: how such an error is known, and how much was held then."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

STARVED = "memory ran out"  # what the reason of such a failure begins with
SPOKEN = re.compile(r"out of memory|can't allocate memory|alloc_cpu|CU(BLAS|DNN|SOLVER|SPARSE|FFT)_STATUS_ALLOC_FAILED")


def explain_starvation(error: Exception) -> str:
    """That memory ran out, how much was held at the peak, and what was said; empty where it was something else."""
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__) is not None and cause not in chain:
        chain.append(cause)
    for each in chain:
        numbered = isinstance(each, OSError) and each.errno == errno.ENOMEM
        if isinstance(each, MemoryError) or numbered or SPOKEN.search(str(each)):
            said = " ".join((str(each) or type(each).__name__).split())
            return f"{STARVED}, {_tell_peak(said)}: {said[:200]}"
    return ""


def _tell_peak(said: str) -> str:
    """Most memory that was held: by tensors on the GPU where that is what ran out, else by this process."""
    if "CU" in said:  # CUDA, cuBLAS, cuDNN and the like
        import torch  # torch: 1.5 s, and here it has been imported by the training

        if torch.cuda.is_available():
            taken, there = torch.cuda.max_memory_allocated(), torch.cuda.get_device_properties(0).total_memory
            return f"tensors held {taken / 2**30:.1f} of {there / 2**30:.1f} GiB of the GPU at the peak"
    import resource  # here, for systems without it have no such numbers either

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB on Linux
    return f"the process held {held:.1f} GiB at the peak"


def watch_memory() -> Callable[[], int]:
    """Begin to watch what this process holds; what is returned tells the bytes at the peak since, 0 where unknown.

    Of tensors on the GPU where there is one, all of them; else of the process beyond what it held before its first
    training, for what it keeps of earlier ones serves the next.
    """
    import torch  # torch: 1.5 s, and the training that is watched wants it

    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.max_memory_allocated
    try:
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew, on Linux
    except OSError:
        return lambda: 0
    before = _find_first(os.getpid())
    return lambda: max(0, read_status("VmHWM") - before)


@cache
def _find_first(process: int) -> int:
    """Bytes that this process held when it was asked first; by its number, for a fork begins anew."""
    return read_status("VmRSS")


def read_status(name: str) -> int:
    """Bytes of a line of this process's status, such as "VmHWM", the most that it held; 0 where there is none."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:  # not on Linux
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
