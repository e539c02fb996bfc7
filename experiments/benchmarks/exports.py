"""Whether exported networks answer as trained ones do, and how fast: every space, every family, every format.

    python -m experiments.benchmarks.exports --folder experiments/benchmarks/exports

Networks are trained for a few steps, on drawn rooms or digits, and their gates then pruned: without, outputs that are
brought to length one are of vectors near zero, and what is compared is rounding. Images are of the validation split. A
pattern of each space is drawn that is neither all shared nor all separate. Latency is of one image on one thread,
exported and eager taking turns in one run. Rows that are there are not measured again.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from search.components.components import build_component
from search.config.command import end_in_one_message
from search.config.composition import compose
from search.deploy.folding import fold_batch_norms
from search.deploy.format import Format
from search.deploy.formats import FORMATS, choose_format
from search.deploy.latency import measure_latency
from search.deploy.parity import find_differences
from search.deploy.program import Program
from spaces.choices import draw
from spaces.errors import PatternError
from spaces.networks.build import build, prune
from spaces.networks.family import Family
from spaces.networks.feasible import check_feasible
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks
from trainers.batches.memory import Split, load_split
from trainers.batches.source import Source
from trainers.tasks.task import Task
from trainers.train import train
from trainers.trainer import Trainer

SPACES = ("fusion", "branching", "routing", "gates", "workspace", "joint")
FAMILIES: dict[str, tuple[int, int]] = {  # by the command line's names, with the size of images
    "small": (64, 64),
    "classifier": (32, 32),
    "resnet": (128, 128),
    "vit": (128, 128),
    "pdf": (128, 256),
}
# 16 steps: the statistics of normalisation have come to the images' own.
TRAINED = ("data.images=64", "data.val_images=8", "data.test_images=8", "trainer.batch_size=4", "trainer.epochs=1")
DRAWS = 20  # patterns that are tried until a family can build one: our choice
COLUMNS = ("space", "family", "format", "size", "difference", "exported_p50_ms", "eager_p50_ms", "ratio", "bytes")


@end_in_one_message("The same command begins again.")
def main(argv: list[str] | None = None) -> int:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="of the table")
    parser.add_argument("--spaces", nargs="+", default=list(SPACES), choices=SPACES)
    parser.add_argument("--families", nargs="+", default=list(FAMILIES), choices=list(FAMILIES))
    parser.add_argument("--formats", nargs="+", default=list(FORMATS), choices=list(FORMATS))
    given = parser.parse_args(argv)
    forms = [choose_format(name) for name in given.formats]
    torch.set_num_threads(1)
    file = given.folder / "exports.csv"
    rows = read_rows(file)
    done = {(row["space"], row["family"], row["format"]) for row in rows}
    for name in given.families:
        for space in given.spaces:
            if all((space, name, form.name) in done for form in forms):
                continue
            pattern, why = draw_pattern(space, name)
            if pattern is None:
                print(f"space {space}  family {name}: {why}", flush=True)
                continue
            program, images = train_program(pattern, name)
            for form in forms:
                if (space, name, form.name) in done:
                    continue
                rows.append({"space": space, "family": name, **measure(program, form, images)})
                print(*(f"{key} {value}" for key, value in rows[-1].items()), sep="  ", flush=True)
                write_rows(file, rows)
    return 0


def read_rows(file: Path) -> list[dict[str, object]]:
    """What an earlier start has measured."""
    if not file.exists():
        return []
    with open(file, newline="") as opened:
        return [dict(row) for row in csv.DictReader(opened)]


def write_rows(file: Path, rows: list[dict[str, object]]) -> None:
    """All that is measured so far, in the order of spaces and families."""
    place = {name: index for index, name in enumerate((*FAMILIES, *SPACES))}
    rows = sorted(rows, key=lambda row: (place[str(row["family"])], place[str(row["space"])]))
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@cache
def choose_problem(name: str) -> tuple[Family, Trainer, tuple[Task, ...], Split, Split]:
    """A family with its trainer, and tasks with the splits to train and to compare on."""
    size = FAMILIES[name]
    data = "data=multidigits" if name == "classifier" else f"data.image_size={max(size)}"
    composed = compose([f"network={name}", data, *TRAINED])
    tasks = tuple(composed.data.selected)
    training, validation = (load_split(composed.data, split, "cpu") for split in ("train", "val"))
    return composed.network, composed.trainer, tasks, crop(training, size[0]), crop(validation, size[0])


def crop(split: Source, height: int) -> Split:
    """The middle rows of images and of dense targets, which are square."""
    assert isinstance(split, Split)  # drawn ones are held
    top = (split.size[0] - height) // 2
    rows = slice(top, top + height)
    targets = {name: target[..., rows, :] if target.ndim > 2 else target for name, target in split.targets.items()}
    return Split(split.images[..., rows, :], targets)


def draw_pattern(space: str, name: str) -> tuple[SharingPattern | None, str]:
    """A space's pattern that a family can build; None with the reason where there is none."""
    family, _, tasks, *_ = choose_problem(name)
    stages = {"encoder_stages": family.encoder_stages, "decoder_stages": family.decoder_stages}
    made = build_component({"_target_": f"space/{space}", **stages}, "space")
    names = tuple(sorted(task.name for task in tasks))
    drawn = [draw(made, names, random.Random(seed)).pattern for seed in range(1, 1 + DRAWS)]
    why = ""
    for pattern in drawn:
        if not list_kinds(pattern) >= list_kinds(drawn[0]):  # without what the space is of
            continue
        try:
            check_feasible(pattern, family, FAMILIES[name])
            return pattern, ""
        except PatternError as error:
            why = why or str(error)
    return None, why


def list_kinds(pattern: SharingPattern) -> set[tuple[str, type]]:
    """Kinds of blocks that a pattern has."""
    return {(block.part, type(block.role)) for block in list_blocks(pattern)}


def train_program(pattern: SharingPattern, name: str) -> tuple[Program, np.ndarray]:
    """The network after a few steps, pruned, and images that it has not seen, (N, height, width, 3) uint8."""
    family, trainer, tasks, training, validation = choose_problem(name)
    network = build(pattern, family, {task.name: task.output for task in tasks}, 0)
    train(network, training, validation, tasks, trainer, 0, lambda epoch, values: None)
    images = np.ascontiguousarray(validation.images.permute(0, 2, 3, 1).numpy())
    return Program(prune(network) if network.gated else network, tasks), images


def measure(program: Program, form: Format, images: np.ndarray) -> dict[str, object]:
    """Export, compare and time."""
    size: tuple[int, int] = images.shape[1:3]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"model{form.suffix}"
        told: dict[str, Any] = {"tasks": {task.name: {} for task in program.tasks}}
        form.write(Program(fold_batch_norms(program.network), program.tasks), size, told, path)
        run = form.open(path, 1)
        worst = max(find_differences(run, program.run, images).values())
        times = measure_latency({"exported": run, "eager": program.run}, np.ascontiguousarray(images[:1]))
        exported, eager = times["exported"]["p50_ms"], times["eager"]["p50_ms"]
        return {
            "format": form.name,
            "size": "x".join(map(str, size)),
            "difference": f"{worst:.1e}",
            "exported_p50_ms": f"{exported:.2f}",
            "eager_p50_ms": f"{eager:.2f}",
            "ratio": f"{exported / eager:.2f}",
            "bytes": sum(path.with_suffix(each).stat().st_size for each in (form.suffix, *form.beside)),
        }


if __name__ == "__main__":
    sys.exit(main())
