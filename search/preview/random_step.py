"""A step of a network on random images against the clock: how fast this machine is before any data are there.

For the dry run. Smaller images than those of the data do where these would take long: what counts is the rate.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spaces.networks.build import SharedNetwork

BATCH = 2  # images of the step, the fewest that batch normalisation takes
WORK = {"cpu": 15e9, "cuda": 3e12}  # multiply-accumulates of the step at most, half a second or so: our choice
BACKWARD = 3  # a step's work in forward passes: as much again for the gradients of features, and of weights


@dataclass(frozen=True)
class Rate:
    """How fast a step was.

    Args:
        device: "cpu" or "cuda".
        size: height and width of the images, in pixels.
        seconds: of the step.
        macs: of the step.
    """

    device: str
    size: tuple[int, int]
    seconds: float
    macs: float

    @property
    def speed(self) -> float:
        """Multiply-accumulates a second."""
        return self.macs / self.seconds


def time_random_step(network: SharedNetwork, size: tuple[int, int], stride: int, device: str, threads: int) -> Rate:
    """Time a forward and a backward pass, after one to warm up.

    Args:
        network: that was built, on a CPU.
        size: of the data's images.
        stride: of the network, which images are multiples of.
        device: to run on, "cpu" or "cuda".
        threads: of the CPU.
    """
    import torch  # torch: 1.5 s, --help does without

    from spaces.networks.cost import count_macs
    from trainers.measure import mixed_precision
    from trainers.threads import threads_of_torch

    small = _shrink(size, stride, WORK[device] / (BATCH * BACKWARD * count_macs(network, size).macs))
    where = torch.device(device)
    network = network.to(where).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs
    images = torch.rand(BATCH, 3, *small, device=where).contiguous(memory_format=torch.channels_last)

    def step() -> float:
        start = time.perf_counter()
        with mixed_precision(where):
            outputs = network.train()(images)
        torch.stack([output.float().square().mean() for output in outputs.values()]).sum().backward()
        if device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    with threads_of_torch(threads):
        step()
        return Rate(device, small, step(), BATCH * BACKWARD * count_macs(network, small).macs)


def _shrink(size: tuple[int, int], stride: int, share: float) -> tuple[int, int]:
    """About that share of an image, of the same shape as near as the stride allows; the whole one at most."""
    side = min(1.0, share) ** 0.5
    height, width = (max(1, int(pixels // stride * side)) * stride for pixels in size)
    return height, width
