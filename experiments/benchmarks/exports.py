"""Whether exported networks answer as trained ones do, and how fast: every space, every family, every format.

    python -m experiments.benchmarks.exports --folder experiments/benchmarks/exports

Networks are random, but for nothing that counts here: weights and the statistics of normalisation are drawn, gates
pruned. A pattern of each space is drawn that is neither all shared nor all separate. Latency is of one image on one
thread, exported and eager taking turns in one run.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
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
from search.deploy.parity import measure_parity
from search.deploy.program import Program
from spaces.choices import draw
from spaces.errors import PatternError
from spaces.networks.build import SharedNetwork, build, prune
from spaces.networks.family import Family
from spaces.networks.feasible import check_feasible
from spaces.pattern.sharing_pattern import SharingPattern
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
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--spaces", nargs="+", default=list(SPACES), choices=SPACES)
    parser.add_argument("--families", nargs="+", default=list(FAMILIES), choices=list(FAMILIES))
    parser.add_argument("--formats", nargs="+", default=list(FORMATS), choices=list(FORMATS))
    given = parser.parse_args(argv)
    forms = [choose_format(name) for name in given.formats]
    torch.set_num_threads(1)
    rows = []
    for name in given.families:
        for space in given.spaces:
            program, why = make_program(space, name)
            if program is None:
                print(f"space {space}  family {name}: {why}", flush=True)
                continue
            for form in forms:
                rows.append({"space": space, "family": name, **measure(program, form, FAMILIES[name])})
                print(*(f"{key} {value}" for key, value in rows[-1].items()), sep="  ", flush=True)
    given.folder.mkdir(parents=True, exist_ok=True)
    with open(given.folder / "exports.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return 0


def make_program(space: str, name: str) -> tuple[Program | None, str]:
    """The program of a space's pattern in a family; None with the reason where the family cannot build it."""
    family: Family = compose([f"network={name}", *(["data=multidigits"] if name == "classifier" else [])]).network
    tasks = tuple(make_task(task, spec) for task, spec in (WHOLE if name == "classifier" else DENSE).items())
    stages = {"encoder_stages": family.encoder_stages, "decoder_stages": family.decoder_stages}
    made = build_component({"_target_": f"space/{space}", **stages}, "space")
    names = tuple(sorted(task.name for task in tasks))
    why = ""
    for seed in range(1, 1 + DRAWS):
        pattern = draw(made, names, random.Random(seed)).pattern
        try:
            check_feasible(pattern, family, FAMILIES[name])
            return Program(build_static(pattern, family, tasks), tasks), ""
        except PatternError as error:
            why = why or str(error)
    return None, why


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


def measure(program: Program, form: Format, size: tuple[int, int]) -> dict[str, object]:
    """Export, compare and time."""
    images = np.random.default_rng(0).integers(0, 256, (5, *size, 3), np.uint8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"model{form.suffix}"
        told: dict[str, Any] = {"tasks": {task.name: {} for task in program.tasks}}
        form.write(Program(fold_batch_norms(program.network), program.tasks), size, told, path)
        run = form.open(path, 1)
        worst = max(measure_parity(run, program.run, images).values())
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
