"""Is training as fast as a loop written by hand, and streaming as fast as the decoder?

    python -m experiments.benchmarks.throughput

1. Steps of the default trainer on the default problem beside a bare loop with the same network, batches, losses and
   optimiser, with and without augmentation, a few steps each. Who begins takes turns; bar: a ratio of at least 1.
2. Samples of 480x640 pixels (`experiments.benchmarks.files`, written into a temporary folder): images per second of a
   stream, and of one from the cache of decoded samples, beside as many processes of a DataLoader over a data set
   written by hand, which checks nothing, and beside as many that call Pillow and NumPy alone and hand nothing over.
3. A training on such a stream: images per second, and the share of its time that it waits for data; bar: below 5 %.
   Training and decoding share the cores of a machine without a GPU, so what is told there is that of its cores.

Medians of pairs are told, with the quartiles of their ratios; CPU seconds are less shy of neighbours than wall seconds.
On a CUDA device 1 and 3 are in mixed precision there, and waiting is that of the GPU. The table goes to
`experiments/benchmarks/throughput.csv`, that of a GPU to a file named after the card, so that neither replaces another.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

import torch
from torch.utils.data import DataLoader

from experiments.benchmarks.clocked_source import DEVICE, Clocked, mark_moment, measure_between
from experiments.benchmarks.files import Plain, decode_all, write_data_set
from search.config.composition import compose
from spaces.networks.build import SharedNetwork, build
from spaces.networks.family import Family
from spaces.pattern.sharing_pattern import hard_sharing
from trainers.batches.memory import Split, load_split
from trainers.batches.readers import METHOD
from trainers.batches.reading_process import keep_memory
from trainers.batches.source import Source
from trainers.batches.stream import count_spare_cores, open_stream
from trainers.data.folder import Folder
from trainers.data.loading import Loading
from trainers.measure import mixed_precision
from trainers.recipe import Recipe
from trainers.tasks.task import Task
from trainers.train import train
from trainers.trainer import Trainer

TABLE = Path(__file__).with_suffix(".csv")
HEAD = ("what", "device", "ours", "beside it", "ratio", "quartiles", "unit")
BATCH = 4 if DEVICE.type == "cpu" else 16  # of 480x640 pixels
STEPS = 8  # in a row of each before the other's turn: neighbours that come and go are to meet both
Row = tuple[str, float, float, str, str]


def build_network(tasks: Sequence[Task], family: Family) -> SharedNetwork:
    """All tasks share all."""
    outputs = {task.name: task.output for task in tasks}
    pattern = hard_sharing(list(outputs), family.encoder_stages, family.decoder_stages)
    network = build(pattern, family, outputs, 0).to(DEVICE)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs


def time_trainer(
    network: SharedNetwork, training: Source, few: Source, tasks: Sequence[Task], recipe: Trainer
) -> Clocked:
    """One epoch of the trainer, measuring on a few images left out of the time."""
    clocked = Clocked(training)
    train(network, clocked, few, tasks, recipe, 0, lambda epoch, values: None)
    return clocked


def time_bare_loop(
    network: SharedNetwork, training: Split, tasks: Sequence[Task], recipe: Recipe
) -> tuple[float, float]:
    """The same epoch as one writes it in a notebook; wall and CPU seconds."""
    random = torch.Generator().manual_seed(0)
    size = recipe.batch_size
    steps = len(training) // size
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.lr, weight_decay=recipe.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=recipe.lr, total_steps=steps, pct_start=recipe.warmup, cycle_momentum=False
    )
    network.train()
    order = torch.randperm(len(training), generator=random).to(DEVICE)
    running = torch.zeros((), device=DEVICE)
    start, worked = mark_moment(), time.process_time()
    for step in range(steps):
        rows = order[step * size : (step + 1) * size]
        images = training.images[rows].to(torch.float32, memory_format=torch.channels_last) / 255
        targets = {task.name: training.targets[task.name][rows] for task in tasks}
        for augment in recipe.augment:
            images, targets = augment(images, targets, tasks, random)
        with mixed_precision(DEVICE):
            outputs = network(images)
        loss = torch.zeros((), device=DEVICE)
        for task in tasks:
            loss = loss + task.loss(outputs[task.name].float(), targets[task.name])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        running += loss.detach()
    end, worked = mark_moment(), time.process_time() - worked
    float(running)
    return measure_between(start, end), worked


def compare_steps(repeats: int) -> Iterator[Row]:
    """The trainer beside the bare loop."""
    settings = compose(["space=fusion"])
    tasks = settings.data.selected
    training = load_split(settings.data, "train", DEVICE.type)
    assert isinstance(training, Split)
    training, few = training.first(STEPS * settings.trainer.batch_size), training.first(2)
    for name, augment in (("flipped", settings.trainer.augment), ("as they are", ())):
        assert isinstance(settings.trainer, Recipe)  # the default one, whose learning rates the bare loop takes
        recipe = replace(settings.trainer, epochs=1, augment=augment)
        pairs = []
        for turn in range(-1, 6 * repeats):  # the first one warms up
            found: dict[str, tuple[float, float]] = {}
            for who in ("ours", "bare")[:: 1 if turn % 2 else -1]:
                network = build_network(tasks, settings.network)
                if who == "ours":
                    clocked = time_trainer(network, training, few, tasks, recipe)
                    found[who] = clocked.whole, clocked.worked
                else:
                    found[who] = time_bare_loop(network, training, tasks, recipe)
            if turn >= 0:
                pairs.append(found)
        images = len(training) // recipe.batch_size * recipe.batch_size
        for kind, unit in enumerate(("images/s", "images/CPU s")):
            speeds = [(images / pair["ours"][kind], images / pair["bare"][kind]) for pair in pairs]
            yield _make_row(f"training, 64x64, {name}: trainer | bare loop", speeds, unit)


def _make_row(what: str, pairs: Sequence[tuple[float, float]], unit: str) -> Row:
    """Medians; the ratio is that of pairs, not of medians."""
    ratios = [a / b for a, b in pairs]
    low, ratio, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    mine = median(a for a, _ in pairs)
    return what, mine, mine / ratio, f"{low:.2f} to {high:.2f}", unit


def compare_streams(data: Folder, repeats: int, workers: int) -> Iterator[Row]:
    """Streams beside what one would write by hand and beside bare decoding, in turns."""
    rows, root = range(len(data.samples("train"))), str(data.root)
    plain, kept = (
        open_stream(replace(data, loading=Loading(0.0, workers, cache)), "train", DEVICE.type)
        for cache in (None, f"{root}/cache")
    )
    by_hand = DataLoader(
        Plain(root, len(rows)), BATCH, num_workers=workers, persistent_workers=True, multiprocessing_context=METHOD
    )

    def read_stream(source: Source) -> None:
        for images, _ in source.batches(BATCH, data.selected):
            assert len(images)

    def read_by_hand() -> None:
        for images, _ in by_hand:
            assert len(images.permute(0, 3, 1, 2).to(torch.float32).div_(255))

    plan = [rows[start : start + BATCH] for start in rows[::BATCH]]
    with ProcessPoolExecutor(workers, multiprocessing.get_context(METHOD), keep_memory) as pool:

        def decode_files() -> None:
            list(pool.map(decode_all, [root] * len(plan), plan))

        ways = {
            "stream": lambda: read_stream(plain),
            "stream from the cache": lambda: read_stream(kept),
            "a DataLoader by hand": read_by_hand,
            "decoders alone": decode_files,
        }
        for way in ways.values():
            way()  # processes begin, the cache is filled
        times: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(repeats):
            for name in list(ways)[:: 1 if turn % 2 else -1]:
                times[name].append(len(rows) / _time(ways[name]))
    for name in list(ways)[:2]:
        for other in list(ways)[2:]:
            pairs = list(zip(times[name], times[other], strict=True))
            yield _make_row(f"480x640, {_count_processes(workers)}: {name} | {other}", pairs, "images/s")


def _count_processes(workers: int) -> str:
    return "1 process" if workers == 1 else f"{workers} processes"


def _time(way: Callable[[], None]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def measure_waiting(data: Folder, workers: int, *, cache: bool) -> Iterator[Row]:
    """A training on a stream."""
    settings = compose(["space=fusion"])
    loading = Loading(0.0, workers, f"{data.root}/cache" if cache else None)
    training = open_stream(replace(data, loading=loading), "train", DEVICE.type)
    recipe = replace(settings.trainer, epochs=1, batch_size=BATCH)
    network = build_network(data.selected, settings.network)
    clocked = time_trainer(network, training, training.first(1), data.selected, recipe)
    images = len(training) // BATCH * BATCH
    name = f"training, 480x640, {_count_processes(workers)}{', cached' if cache else ''}"
    speed, unhindered = images / clocked.whole, images / (clocked.whole - clocked.waited)
    yield f"{name}: all | without waiting", speed, unhindered, "", "images/s"


def name_table(card: str) -> Path:
    """The file for what was timed on a card, as torch calls it, or on the "cpu"."""
    if card == "cpu":
        return TABLE
    return TABLE.with_stem(f"{TABLE.stem}-{re.sub('[^a-z0-9]+', '-', card.lower()).strip('-')}")


def main(argv: Sequence[str] | None = None) -> int:
    """Time everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--repeats",
        type=int,
        default=7,
        help="pairs of which medians are told, six times as many of the short trainings",
    )
    parser.add_argument("--images", type=int, default=32, help="files of 480x640 pixels to write")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    most = count_spare_cores(DEVICE)
    card = torch.cuda.get_device_name(DEVICE) if DEVICE.type == "cuda" else "cpu"
    with tempfile.TemporaryDirectory() as folder:
        data = write_data_set(Path(folder) / "data", options.images)
        parts = [compare_steps(options.repeats)]
        parts += [compare_streams(data, options.repeats, workers) for workers in sorted({1, most, 2})]
        parts += [measure_waiting(data, most, cache=cache) for cache in (False, True)]
        rows = []
        for part in parts:
            for what, mine, other, spread, unit in part:
                rows.append((what, card, f"{mine:.1f}", f"{other:.1f}", f"{mine / other:.2f}", spread, unit))
                print(" | ".join(rows[-1]), flush=True)
    if DEVICE.type == "cpu":
        print("on a GPU: skipped, this machine has no CUDA device")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} cores, load average {load:.1f} at the end")
    with name_table(card).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
    return 0


if __name__ == "__main__":
    sys.exit(main())
