"""How much faster a pruned gated network is: time beside multiply-accumulates, on one CPU thread, side by side.

    python -m experiments.benchmarks.pruning

The unpruned network has all its branches and gates, as it was trained. Gates are drawn at random, so many of them open
that the pruned network has half the multiply-accumulates. Both answer the same images in turn, and medians are told;
their outputs are compared as well. The table goes to `experiments/benchmarks/pruning.csv`.
"""

from __future__ import annotations

import csv
import sys
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import torch

from spaces.mixing import Gated
from spaces.networks.build import SharedNetwork, build, prune
from spaces.networks.family import Output
from spaces.networks.small import Small
from spaces.pattern import NoExchange, SharingPattern, Stage
from trainers.cost import count

FILE = Path(__file__).with_suffix(".csv")
TASKS = {"depth": Output(1, "depth"), "normals": Output(3, "normals"), "segmentation": Output(13, "segmentation")}
BAR = 1.5  # times faster at half the work
REPEATS = 15
STEPS = 12  # of the bisection for the share of open gates


@dataclass(frozen=True)
class Case:
    """What is timed."""

    widths: tuple[int, ...]
    size: tuple[int, int]
    images: int


CASES = (
    Case((32, 64, 128, 256), (128, 128), 1),
    Case((32, 64, 128, 256), (128, 128), 8),
    Case((64, 128, 256, 512), (96, 128), 1),
)


def halved(family: Small, size: tuple[int, int]) -> tuple[SharedNetwork, SharedNetwork]:
    """An unpruned network, and what is left of it at half the multiply-accumulates."""
    together, apart = (tuple(TASKS),), tuple((task,) for task in TASKS)
    stages = family.encoder_stages
    stage = Stage(together, Gated(dict.fromkeys(TASKS, 0.5)))  # type: ignore[arg-type]  # pairs or a mapping
    network = build(
        SharingPattern((stage,) * stages, (NoExchange(),) * stages, (Stage(apart),) * family.decoder_stages),
        family,
        TASKS,
        0,
    ).eval()
    noise = {name: [torch.rand(gate.alpha.shape) for gate in each.gates] for name, each in network.gated.items()}
    wanted = count(network, size).macs / 2
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        share = (low + high) / 2
        for name, each in network.gated.items():
            for gate, drawn in zip(each.gates, noise[name], strict=True):
                gate.alpha.data = share - drawn
        pruned = prune(network)
        low, high = (share, high) if count(pruned, size).macs < wanted else (low, share)
    return network, prune(deepcopy(network)).eval()


def seconds(network: SharedNetwork, images: torch.Tensor) -> float:
    """Of one forward pass."""
    start = time.perf_counter()
    network(images)
    return time.perf_counter() - start


def main() -> int:
    """Time every case; exit status 1 where the bar is not met."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rows: list[list[Any]] = []
    for case in CASES:
        family = Small(encoder_widths=case.widths, decoder_width=16)
        network, pruned = halved(family, case.size)
        images = torch.rand(case.images, 3, *case.size).to(memory_format=torch.channels_last)
        network, pruned = (each.to(memory_format=torch.channels_last) for each in (network, pruned))  # type: ignore[call-overload]
        with torch.inference_mode():
            before, after = network(images), pruned(images)
            apart = max(float((before[task] - after[task]).abs().max()) for task in TASKS)
            pairs = [(seconds(network, images), seconds(pruned, images)) for _ in range(REPEATS)]
        slow, fast = (median(times) for times in zip(*pairs, strict=True))
        macs = [count(each, case.size).macs for each in (network, pruned)]
        params = [count(each, case.size).params for each in (network, pruned)]
        rows.append(
            [
                "-".join(map(str, case.widths)),
                "x".join(map(str, case.size)),
                case.images,
                *macs,
                f"{macs[1] / macs[0]:.3f}",
                *params,
                f"{1000 * slow:.1f}",
                f"{1000 * fast:.1f}",
                f"{slow / fast:.2f}",
                f"{apart:.1e}",
            ]
        )
    head = [
        "encoder widths",
        "image",
        "batch",
        "macs unpruned",
        "macs pruned",
        "share of macs",
        "params unpruned",
        "params pruned",
        "ms unpruned",
        "ms pruned",
        "times faster",
        "largest difference",
    ]
    with FILE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    for row in rows:
        print(" | ".join(f"{name} {cell}" for name, cell in zip(head, row, strict=True)))
    slowest = min(float(row[-2]) for row in rows)
    print(f"at least {slowest} times faster; the bar is {BAR}")
    return 0 if slowest >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
