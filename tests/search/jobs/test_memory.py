from __future__ import annotations

import errno

import pytest
import torch

from search.jobs.memory import explain_starvation


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
