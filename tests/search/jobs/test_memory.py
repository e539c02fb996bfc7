from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch

from search.jobs import memory
from search.jobs.memory import explain_starvation, watch_memory


def test_what_torch_says_when_memory_runs_out_is_known() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    told = explain_starvation(caught.value)
    assert told.startswith("memory ran out, the process held ")
    assert "GiB at the peak: " in told and "allocate" in told


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"),
    ],
)
def test_other_ways_of_saying_it(error: Exception) -> None:
    assert explain_starvation(error).startswith("memory ran out, ")


def test_a_cause_counts() -> None:
    try:
        try:
            raise MemoryError
        except MemoryError as error:
            raise ValueError("the batch cannot be made") from error
    except ValueError as error:
        assert explain_starvation(error)


def test_other_errors_are_none() -> None:
    assert explain_starvation(ValueError("loss is not finite in epoch 1")) == ""


@pytest.mark.skipif(torch.cuda.is_available(), reason="tensors on the GPU are counted here")
def test_what_a_process_holds_at_the_peak_is_seen_after_it_is_gone_and_begins_anew() -> None:
    memory._find_first.cache_clear()  # other tests have asked before in this process
    read_peak = watch_memory()
    if read_peak() == 0 and not Path("/proc/self/clear_refs").exists():
        pytest.skip("this system does not tell the peak of a process anew")
    torch.ones(50_000_000).sum()  # 200 MB
    peak = read_peak()
    assert 150e6 < peak < 600e6
    assert watch_memory()() < peak / 2
    kept = torch.ones(25_000_000)  # what an earlier training has left serves a later one, so it counts
    assert watch_memory()() > 0.8 * kept.nbytes


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
def test_tensors_on_a_gpu_count_whole() -> None:
    read_peak = watch_memory()
    torch.ones(50_000_000, device="cuda").sum()
    assert 200e6 <= read_peak() < 250e6
