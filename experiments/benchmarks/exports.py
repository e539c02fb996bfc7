"""Whether exported networks answer as trained ones do, and how fast: every space, every family, every format.

    python -m experiments.benchmarks.exports --folder experiments/benchmarks/exports

Networks are random, but for nothing that counts here: weights and the statistics of normalisation are drawn, gates
pruned; images are drawn rooms. A pattern of each space is drawn that is neither all shared nor all separate. Latency is
of one image on one thread, exported and eager taking turns in one run. Rows that are there are not measured again.
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
from torch.nn.modules.batchnorm import _BatchNorm

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
from spaces.networks.build import SharedNetwork, build, prune
from spaces.networks.family import Family
from spaces.networks.feasible import check_feasible
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks
from trainers.tasks import Task, make_task

SPACES = ("fusion", "branching", "routing", "gates", "workspace", "joint")
FAMILIES: dict[str, tuple[int, int]] = {  # by the command line's names, with the size of images
    "small": (64, 64),
    "classifier": (36, 36),
    "resnet": (128, 128),
    "vit": (128, 128),
    "pdf": (128, 256),
}
DENSE: dict[str, dict[str, Any]] = {
    "segmentation": {"kind": "segmentation", "classes": 6},
    "depth": {"kind": "depth"},
    "normals": {"kind": "normals"},
}
DIGIT: dict[str, Any] = {"kind": "classification", "classes": 10}
WHOLE: dict[str, dict[str, Any]] = {"left": DIGIT, "right": DIGIT}
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
            program, why = make_program(space, name)
            if program is None:
                print(f"space {space}  family {name}: {why}", flush=True)
                continue
            for form in forms:
                if (space, name, form.name) in done:
                    continue
                rows.append({"space": space, "family": name, **measure(program, form, FAMILIES[name])})
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


def make_program(space: str, name: str) -> tuple[Program | None, str]:
    """The program of a space's pattern in a family; None with the reason where the family cannot build it."""
    family: Family = compose([f"network={name}", *(["data=multidigits"] if name == "classifier" else [])]).network
    tasks = tuple(make_task(task, spec) for task, spec in (WHOLE if name == "classifier" else DENSE).items())
    stages = {"encoder_stages": family.encoder_stages, "decoder_stages": family.decoder_stages}
    made = build_component({"_target_": f"space/{space}", **stages}, "space")
    names = tuple(sorted(task.name for task in tasks))
    drawn = [draw(made, names, random.Random(seed)).pattern for seed in range(1, 1 + DRAWS)]
    why = ""
    for pattern in filter(
        lambda each: list_kinds(each) >= list_kinds(drawn[0]), drawn
    ):  # not one without what it is of
        try:
            check_feasible(pattern, family, FAMILIES[name])
            return Program(build_static(pattern, family, tasks), tasks), ""
        except PatternError as error:
            why = why or str(error)
    return None, why


def list_kinds(pattern: SharingPattern) -> set[tuple[str, type]]:
    """Kinds of blocks that a pattern has."""
    return {(block.part, type(block.role)) for block in list_blocks(pattern)}


def build_static(pattern: SharingPattern, family: Family, tasks: tuple[Task, ...]) -> SharedNetwork:
    """The network with drawn statistics and gates, pruned."""
    network = build(pattern, family, {task.name: task.output for task in tasks}, 0)
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, _BatchNorm) and module.running_mean is not None and module.running_var is not None:
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    for stage in network.gated.values():
        for gate in stage.gates:
            gate.alpha.data.normal_(0, 1, generator=generator)
    return prune(network) if network.gated else network


@cache
def draw_images(size: tuple[int, int]) -> np.ndarray:
    """Five rooms, (5, height, width, 3) uint8."""
    drawn = compose(["data.images=8", f"data.image_size={64 * -(-max(size) // 64)}"]).data.load("train", only=()).images
    return np.ascontiguousarray(drawn[:5, : size[0], : size[1]])


def measure(program: Program, form: Format, size: tuple[int, int]) -> dict[str, object]:
    """Export, compare and time."""
    images = draw_images(size)
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
