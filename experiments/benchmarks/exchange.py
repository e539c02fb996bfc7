"""What an exchange through slots costs next to one from token to token: operations, and time on one CPU thread.

    python -m experiments.benchmarks.exchange

The workspace's attention stands beside full cross-attention, where each task's tokens attend to those of all others by
torch's fused kernel; both have one projection to queries, keys and values. Weights are random: what is computed is
timed, not how well it serves. Both answer the same tokens in turn, and medians are told. The table goes to
`experiments/benchmarks/exchange.csv`; growth is the slope of a line through the logarithms.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from spaces.networks.modules.exchange.workspace import SlotAttention
from spaces.pattern.exchange import Workspace

FILE = Path(__file__).with_suffix(".csv")
TASKS = 3
WORKSPACE = Workspace(slots=8, width=32, top_k=0.25)
SIDES = (16, 32, 64)  # of the square of features, one token each
REPEATS = 25
HEAD = ("features a task", "tokens of all", "macs slots", "macs full", "ms slots", "ms full", "times faster")


class CrossAttention(nn.Module):
    """Each task's tokens attend to the tokens of all other tasks, with one set of weights for all.

    Args:
        tasks: whose tokens come in.
        width: of the tokens.
    """

    def __init__(self, tasks: int, width: int) -> None:
        super().__init__()
        self.queries, self.keys, self.values = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.others = [[other for other in range(tasks) if other != task] for task in range(tasks)]

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """``(B, n, width)`` a task -> what is read, alike."""
        tokens = torch.stack(inputs, 1)
        queries, keys, values = self.queries(tokens), self.keys(tokens), self.values(tokens)
        keys, values = (
            torch.stack([each[:, others].flatten(1, 2) for others in self.others], 1) for each in (keys, values)
        )
        return F.scaled_dot_product_attention(queries, keys, values).unbind(1)


def make_slot_attention() -> SlotAttention:
    """The workspace's attention, with its other options as published."""
    w = WORKSPACE
    tied = "tasks" in w.tying
    return SlotAttention(TASKS, w.slots, w.width, w.heads, w.top_k, w.state, w.update, w.rounds, tied=tied, starts=True)


def count_macs(make: Callable[[], nn.Module], tokens: int) -> int:
    """Of one forward pass; on the meta device, where attention counts whichever kernel computes it."""
    with torch.device("meta"):
        module, inputs = make(), [torch.empty(1, tokens, WORKSPACE.width) for _ in range(TASKS)]
    module.eval().requires_grad_(False)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(*inputs)
    return counter.get_total_flops() // 2


def time_pass(module: nn.Module, inputs: Sequence[Tensor]) -> float:
    """Of one forward pass."""
    start = time.perf_counter()
    module(*inputs)
    return time.perf_counter() - start


def fit_growth(tokens: Sequence[int], costs: Sequence[float]) -> float:
    """Exponent of the power of the number of tokens that fits the costs best."""
    return float(np.polyfit(np.log(tokens), np.log(costs), 1)[0])


def main() -> int:
    """Count and time both at every size."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    makers: tuple[Callable[[], nn.Module], ...] = (make_slot_attention, lambda: CrossAttention(TASKS, WORKSPACE.width))
    modules = [make().eval() for make in makers]
    counts, times = [], []
    for side in SIDES:
        inputs = [torch.randn(1, side**2, WORKSPACE.width) for _ in range(TASKS)]
        with torch.inference_mode():
            for module in modules:
                module(*inputs)
            pairs = [[time_pass(module, inputs) for module in modules] for _ in range(REPEATS)]
        counts.append([count_macs(make, side**2) for make in makers])
        times.append([median(each) for each in zip(*pairs, strict=True)])

    tokens = [TASKS * side**2 for side in SIDES]
    rows = [
        [f"{side}x{side}", n, *counted, *(f"{1000 * s:.2f}" for s in timed), f"{timed[1] / timed[0]:.2f}"]
        for side, n, counted, timed in zip(SIDES, tokens, counts, times, strict=True)
    ]
    with FILE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
    for row in rows:
        print(" | ".join(f"{name} {cell}" for name, cell in zip(HEAD, row, strict=True)))
    for name, table in (("multiply-accumulates", counts), ("milliseconds", times)):
        slots, full = (fit_growth(tokens, column) for column in zip(*table, strict=True))
        print(f"{name} grow as the tokens to the power of {slots:.2f} through slots, {full:.2f} in full")
    return 0


if __name__ == "__main__":
    sys.exit(main())
