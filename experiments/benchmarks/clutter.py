"""Exchange against clutter: which exchange bears tokens that mean nothing.

    python -m experiments.benchmarks.clutter --folder experiments/benchmarks/clutter
    python -m experiments.benchmarks.clutter --scales 3 --shares 0 0.5 --folder clutter/three_scales

Images of `scenes` get strips of patches from other images beside them, so that a growing share of tokens is clutter,
where there are no targets. Networks with necks of the tasks' own are trained without an exchange, with full
cross-attention from token to token, and through a workspace with and without top-k, at the deepest scales, and judged
on the test split with as much clutter. All three exchanges attend by cosines of normalised tokens, from all tasks'
tokens to all tasks', so that full attention differs from the others by its lack of slots; what they cost is told, not
matched. Told is delta_mtl against no exchange at the same share and seed. Trainings are done on the CPU, one after the
other; several processes may share them by `--seeds`. It can be stopped at any moment; the same command goes on. Other
arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize, scaled_dot_product_attention

from experiments.papers.comparison.table import compute_interval
from search.components.components import describe_component
from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.settings import Settings
from search.problem.deltas import compute_changes
from spaces.common.atomic_files import read_json, write_json
from spaces.networks.build import SharedNetwork, build
from spaces.networks.cost import count_macs
from spaces.networks.modules.exchange.workspace import EPS, FACTOR, MOST, SlotAttention
from spaces.pattern.exchange import Exchange, Necks, NoExchange, Workspace
from spaces.pattern.sharing_pattern import SharingPattern, separate_decoders
from trainers.batches.memory import Split, load_split
from trainers.measure import measure
from trainers.recipe import stretch_recipe
from trainers.tasks.segmentation import Segmentation
from trainers.tasks.task import Task
from trainers.train import train
from trainers.training_state import LAST, Leg

SHARES = (0.0, 0.2, 0.5, 0.75)
EPOCHS, SEEDS = 32, (1, 2, 3, 4, 5)
SCALES = 2  # deepest ones that have the exchange
PATCH = 8  # pixels: one token of the third scale
NONE, FULL, TOP, SOFT = "none", "full cross-attention", "top-k", "soft"
EXCHANGES: dict[str, Exchange] = {
    NONE: Necks("conv"),
    FULL: Workspace(slots=8, width=32, neck="conv", norm="cosine"),  # whose attention is replaced
    TOP: Workspace(slots=8, width=32, top_k=0.25, neck="conv", norm="cosine"),
    SOFT: Workspace(slots=8, width=32, top_k=1.0, neck="conv", norm="cosine"),
}
FILE, COLUMNS = "clutter.csv", ("exchange", "share", "seed", "delta_mtl", "macs", "macs without")
VERSION = 2  # of what is measured under one name: in the first, full attention was neither normalised nor by cosines


class FullExchange(nn.Module):
    """Every token attends to all tokens of all tasks, with what the workspace's attention has but for its slots.

    Args:
        width: of the tokens.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.queries, self.keys, self.values = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.log_factor = nn.Parameter(torch.tensor(math.log(FACTOR)))

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """``(B, n, width)`` a task -> what is read, alike, and a token in the place of slots, which it has none of."""
        tokens = self.norm(torch.stack(inputs, 1))
        flat = tokens.flatten(1, 2)
        queries, keys = (normalize(each(flat), dim=-1, eps=EPS) for each in (self.queries, self.keys))
        factor = self.log_factor.clamp(max=math.log(MOST)).exp()
        read = scaled_dot_product_attention(factor * queries, keys, self.values(flat), scale=1.0)
        return (*read.unflatten(1, (len(inputs), -1)).unbind(1), inputs[0][:, :1])


def add_clutter(split: Split, tasks: tuple[Task, ...], share: float, seed: int) -> Split:
    """The split with strips beside its images, a share of their whole width, of patches from other images.

    Args:
        split: images whose size is a multiple of the patches'.
        tasks: of its targets, all dense.
        share: of the widened images that is clutter, such that whole patches fill it.
        seed: of what is drawn.
    """
    count, channels, height, width = split.images.shape
    more = round(width * share / (1 - share) / PATCH) * PATCH
    if not more:
        return split
    rng = np.random.default_rng(seed)
    patches = split.images.unfold(2, PATCH, PATCH).unfold(3, PATCH, PATCH)  # (N, C, h, w, p, p)
    rows, columns = height // PATCH, more // PATCH
    drawn = [rng.integers(0, size, (count, rows, columns)) for size in (count, rows, width // PATCH)]
    strip = patches[drawn[0], :, drawn[1], drawn[2]]  # (N, rows, columns, C, p, p)
    strip = strip.permute(0, 3, 1, 4, 2, 5).reshape(count, channels, height, more)
    images = torch.cat([split.images, strip], 3).contiguous(memory_format=torch.channels_last)
    targets = {}
    for task in tasks:
        target = split.targets[task.name]
        unknown = -1 if isinstance(task, Segmentation) else 0
        targets[task.name] = torch.cat([target, target.new_full((*target.shape[:-1], more), unknown)], -1)
    return Split(images, targets)


def make_network(settings: Settings, exchange: str, seed: int, deepest: int = SCALES) -> SharedNetwork:
    """A shared encoder, separate decoders, and the exchange at the deepest scales."""
    network, tasks = settings.network, settings.data.selected
    plain = separate_decoders([task.name for task in tasks], network.encoder_stages, network.decoder_stages)
    scales = (NoExchange(),) * (network.encoder_stages - deepest) + (EXCHANGES[exchange],) * deepest
    pattern = SharingPattern(plain.encoder, scales, plain.decoder)
    built = build(pattern, network, {task.name: task.output for task in tasks}, seed)
    if exchange == FULL:
        for number, (name, block) in enumerate(built.blocks.items()):
            if isinstance(block, SlotAttention):
                torch.manual_seed(1000 * seed + number)
                built.blocks[name] = FullExchange(built_width(block))
    return built.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs


def built_width(attention: SlotAttention) -> int:
    """Channels of its tokens."""
    return attention.slot_queries.shape[0]


def measure_one(settings: Settings, exchange: str, share: float, seed: int, scales: int = SCALES) -> dict[str, float]:
    """Train a network and judge it: "<task>.<metric>" on the test split, and "macs" of an image with its clutter."""
    tasks = settings.data.selected
    splits = []
    for number, name in enumerate(("train", "val", "test")):
        split = load_split(settings.data, name, "cpu")
        assert isinstance(split, Split)  # scenes lie in memory
        splits.append(add_clutter(split, tasks, share, 10 * seed + number))
    network = make_network(settings, exchange, seed, scales)
    train(network, splits[0], splits[1], tasks, settings.trainer, seed, lambda epoch, values: None, Leg(measured=LAST))
    return {**measure(network, splits[2], tasks), "macs": float(count_macs(network, splits[2].size).macs)}


def compare(rows: Mapping[tuple[str, float, int], Mapping[str, float]], tasks: tuple[Task, ...]) -> list[list[str]]:
    """Mean change of the tasks' headline metrics against no exchange, in percent, a row a training."""
    table = []
    for (exchange, share, seed), metrics in sorted(rows.items()):
        base = rows.get((NONE, share, seed))
        if base is not None and exchange != NONE:
            headlines = {task.name: base[f"{task.name}.{task.headline}"] for task in tasks}
            changes = compute_changes(metrics, headlines, tasks)
            delta, macs = sum(changes.values()) / len(changes), (f"{each['macs']:.0f}" for each in (metrics, base))
            table.append([exchange, f"{share:g}", str(seed), f"{delta:.3f}", *macs])
    return table


def summarise(table: list[list[str]]) -> str:
    """Means with intervals, a line an exchange and share."""
    lines = []
    for exchange, share in dict.fromkeys((row[0], row[1]) for row in table):
        values = np.array([float(row[3]) for row in table if (row[0], row[1]) == (exchange, share)])
        if len(values) > 1:
            mean, low, high = compute_interval(values)
            told = f"{mean:+.2f} % ({low:+.2f} to {high:+.2f}), {len(values)} seeds"
            lines.append(f"{exchange}, {100 * float(share):g} % clutter: {told}")
    return "\n".join(lines)


def remember(folder: Path, named: object, make: Callable[[], dict[str, float]]) -> dict[str, float]:
    """What was measured before under this name, or now."""
    name = hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:16]
    file = folder / f"{name}.json"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, make())
    return dict(read_json(file))


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Train what is not there yet, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    parser.add_argument("--scales", type=int, default=SCALES, help="deepest ones that have the exchange")
    parser.add_argument("--folder", type=Path, required=True, help="of the table")
    given, overrides = parser.parse_known_args()
    settings = compose(overrides)
    if not 1 <= given.scales <= settings.network.encoder_stages:
        parser.error(f"--scales {given.scales}: want 1 to {settings.network.encoder_stages}, which the encoder has")
    if any(not 0 <= share < 1 for share in given.shares):
        parser.error(f"--shares {' '.join(map(str, given.shares))}: want shares of an image from 0 to less than 1")
    settings = replace(settings, trainer=stretch_recipe(settings.trainer, given.epochs))
    parts = [describe_component(each) for each in (settings.network, settings.trainer)]
    tasks, place = settings.data.selected, settings.run.folder / "clutter"
    torch.set_num_threads(settings.runner.threads)
    rows = {}
    for seed in given.seeds:
        for share in given.shares:
            for exchange in EXCHANGES:
                data = [settings.data.fingerprint, [task.name for task in tasks]]
                others = [given.scales] if given.scales != SCALES else []
                named = [VERSION, exchange, share, seed, *data, parts, *others]
                make = partial(measure_one, settings, exchange, share, seed, given.scales)
                found = remember(place, named, make)
                rows[exchange, share, seed] = found
                print(f"seed {seed}, {100 * share:g} % clutter, {exchange}: there", flush=True)
    table = compare(rows, tasks)
    given.folder.mkdir(parents=True, exist_ok=True)
    with (given.folder / FILE).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *table])
    print(summarise(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
