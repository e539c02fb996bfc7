"""Exported equals trained: every space, several families, any number of images."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from torch import nn

from search.deploy.folding import fold_batch_norms
from search.deploy.format import Format
from search.deploy.formats import FORMATS
from search.deploy.onnx_format import Onnx
from search.deploy.parity import measure_parity
from search.deploy.program import Program
from spaces.errors import DataError
from spaces.networks.classifier import Classifier
from spaces.networks.family import Family
from spaces.networks.resnets import ResNet
from spaces.networks.small import Small
from spaces.networks.vit import Vit
from tests.search.deploy.networks import LABELS, TASKS, draw_pattern, make_program

SMALL = Small((8, 12), 4)
THERE = {name: form for name, form in FORMATS.items() if all(map(find_spec, (*form.writing, *form.running)))}
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 32, 48, 3), np.uint8)
ALL = [  # in ONNX; pt2 is the graph that it is made of
    ("fusion", SMALL, TASKS, (32, 48)),
    ("gates", SMALL, TASKS, (32, 48)),
    ("joint", SMALL, TASKS, (32, 48)),  # with a routed stage and a workspace
    ("fusion", ResNet(depth=18, width=8, decoder_width=8), TASKS, (32, 48)),
    ("branching", Classifier((8, 12), 8), LABELS, (30, 41)),  # padded inside the graph
    ("branching", Vit(width=8, depth=2, heads=2, patch=8, grid=4, stages=2, decoder_width=4), TASKS, (32, 48)),
]


def check(form: Format, program: Program, size: tuple[int, int], path: Path) -> None:
    told = {"tasks": {task.name: {} for task in program.tasks}}
    form.write(Program(fold_batch_norms(program.network), program.tasks), size, told, path)
    assert form.read(path) == told
    measure_parity(form.open(path, 1), program.run, np.ascontiguousarray(IMAGES[:, : size[0], : size[1]]))


@pytest.mark.parametrize(("space", "family", "tasks", "size"), ALL, ids=lambda each: str(each)[:8])
def test_exported_equals_trained(space: str, family: Family, tasks: Any, size: tuple[int, int], tmp_path: Path) -> None:
    check(Onnx(), make_program(draw_pattern(space, family, tasks), family, tasks), size, tmp_path / "model.onnx")


@pytest.fixture(scope="module")
def exchanging(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with a workspace, in ONNX."""
    path = tmp_path_factory.mktemp("exchanging") / "model.onnx"
    check(Onnx(), make_program(draw_pattern("workspace", SMALL, TASKS), SMALL), (32, 48), path)
    return path


@pytest.mark.parametrize("form", [form for name, form in THERE.items() if name != "onnx"], ids=lambda form: form.name)
def test_a_workspace_keeps_the_number_of_images_free_in_other_formats(form: Format, tmp_path: Path) -> None:
    program = make_program(draw_pattern("workspace", SMALL, TASKS), SMALL)
    check(form, program, (32, 48), tmp_path / f"model{form.suffix}")


def test_onnx_is_run_without_torch(exchanging: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import numpy as np; from search.deploy.formats import find_format\n"
        f"path = Path({str(exchanging)!r}); run = find_format(path).open(path, 1)\n"
        "print(sorted(run(np.zeros((3, 32, 48, 3), np.uint8))), 'torch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['depth', 'normals', 'segmentation'] False"


def test_the_number_of_images_is_called_batch_wherever_it_stands(exchanging: Path) -> None:
    graph = onnx.load(exchanging).graph
    for value in (*graph.input, *graph.output):
        sides = [side.dim_param or side.dim_value for side in value.type.tensor_type.shape.dim]
        assert sides[:3] == ["batch", 32, 48]
    within = {side.dim_param for value in graph.value_info for side in value.type.tensor_type.shape.dim}
    assert within <= {"", "batch"}


class Frozen(nn.Module):
    """Reads how many images there are, as a number."""

    def forward(self, images: Any) -> tuple[Any, ...]:
        return (images.reshape(len(images), -1).float(),)


def test_a_network_that_freezes_the_number_of_images_is_refused(tmp_path: Path) -> None:
    program: Any = Frozen()
    program.tasks = TASKS[:1]
    for form in THERE.values():
        with pytest.raises(DataError, match="this network cannot be exported for images of 32x48 pixels"):
            form.write(program, (32, 48), {}, tmp_path / "model")


@pytest.mark.parametrize("form", THERE.values(), ids=list(THERE))
def test_other_files_are_refused(form: Format, tmp_path: Path) -> None:
    path = tmp_path / f"model{form.suffix}"
    path.write_bytes(b"nothing of the kind")
    for ask in (form.read, lambda path: form.open(path, 1)):
        with pytest.raises(DataError, match=r"cannot be read as .* export the trial again with python -m"):
            ask(path)
