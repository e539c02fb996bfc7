"""Networks of every space and family, with weights and statistics that no two channels share."""

from __future__ import annotations

import random

import torch
from torch.nn.modules.batchnorm import _BatchNorm

from search.components.components import build_component
from search.deploy.program import Program
from spaces.choices import draw
from spaces.networks.build import build, prune
from spaces.networks.family import Family
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.tasks import Task, make_task

TASKS = (
    make_task("segmentation", {"kind": "segmentation", "classes": ["wall", "floor", "box"], "first_class": 1}),
    make_task("depth", {"kind": "depth"}),
    make_task("normals", {"kind": "normals"}),
)
LABELS = (
    make_task("digit", {"kind": "classification", "classes": 10}),
    make_task("looks", {"kind": "attributes", "attributes": ["thick", "slanted"]}),
)


def draw_pattern(space: str, family: Family, tasks: tuple[Task, ...], seed: int = 1) -> SharingPattern:
    """One that is neither all shared nor all separate."""
    stages = {"encoder_stages": family.encoder_stages, "decoder_stages": family.decoder_stages}
    made = build_component({"_target_": f"space/{space}", **stages}, "space")
    return draw(made, tuple(sorted(task.name for task in tasks)), random.Random(seed)).pattern


def make_program(pattern: SharingPattern, family: Family, tasks: tuple[Task, ...] = TASKS) -> Program:
    """Static, in evaluation mode."""
    network = build(pattern, family, {task.name: task.output for task in tasks}, 0)
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, _BatchNorm):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    for stage in network.gated.values():
        for gate in stage.gates:
            gate.alpha.data.normal_(0, 1, generator=generator)
    return Program(prune(network) if network.gated else network, tasks)
