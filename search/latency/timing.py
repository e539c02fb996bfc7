"""How long an untrained network takes for one image, on one thread of the CPU."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

import torch

from spaces.networks.build import SharedNetwork, build
from spaces.networks.family import Family
from spaces.networks.modules.output import Output
from spaces.pattern.sharing_pattern import SharingPattern

WARM = 3  # runs before any counts: our choice
RUNS = 21  # that count, fewer of slow networks: our choice
SECONDS = 3.0  # for one network, about


def time_patterns(
    patterns: Sequence[SharingPattern], family: Family, outputs: Mapping[str, Output], size: tuple[int, int]
) -> Iterator[float]:
    """Milliseconds of each pattern's network with drawn weights, in order; this process has one thread from then on.

    Args:
        patterns: without gates, whose networks are known after training alone.
        family: makes the blocks.
        outputs: what each task's head must give.
        size: (height, width) of the image in pixels.
    """
    torch.set_num_threads(1)
    for pattern in patterns:
        heads = {task: outputs[task] for task in pattern.tasks}
        yield time_network(build(pattern, family, heads, 0), size)


def time_network(network: SharedNetwork, size: tuple[int, int]) -> float:
    """Median of the processor's time that this thread takes for one image, in milliseconds.

    On a quiet machine that is the time on the clock; beside other load it leaves out what waits for a core, though not
    what shares caches and memory with others.
    """
    image = torch.rand(1, 3, *size).to(memory_format=torch.channels_last)
    network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs
    times: list[float] = []
    began = time.perf_counter()
    with torch.inference_mode():
        for turn in range(WARM + RUNS):
            start = time.thread_time()
            network(image)
            if turn >= WARM:
                times.append(1e3 * (time.thread_time() - start))
            if turn > WARM and time.perf_counter() - began > SECONDS:
                break
    return median(times)
