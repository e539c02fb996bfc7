"""torch's own exported program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from search.deploy.folding import fold_batch_norms
from search.deploy.program import Program
from search.deploy.pt2_format import Pt2, trace_program
from spaces.networks.small import Small
from tests.search.deploy.networks import TASKS, draw_pattern, make_program

SMALL = Small((8, 12), 4)
IMAGES = np.random.default_rng(0).integers(0, 256, (7, 16, 22, 3), np.uint8)


def test_it_answers_bit_for_bit_and_keeps_what_is_told(tmp_path: Path) -> None:
    plain = make_program(draw_pattern("gates", SMALL, TASKS), SMALL)
    program = Program(fold_batch_norms(plain.network), plain.tasks)
    told = {"tasks": {task.name: {"kind": task.kind} for task in TASKS}, "size": [16, 22]}
    assert Pt2().write(program, (16, 22), told, tmp_path / "model.pt2") == {}
    assert Pt2().read(tmp_path / "model.pt2") == told
    run = Pt2().open(tmp_path / "model.pt2", torch.get_num_threads())
    for count in (1, 2, 7):
        wanted, found = program.run(IMAGES[:count]), run(IMAGES[:count])
        assert list(found) == [task.name for task in TASKS]
        for name, values in wanted.items():
            np.testing.assert_array_equal(found[name], values)


def test_outputs_have_the_tasks_names_in_the_file_itself(tmp_path: Path) -> None:
    program = make_program(draw_pattern("fusion", SMALL, TASKS), SMALL)
    Pt2().write(program, (16, 22), {"tasks": {}}, tmp_path / "model.pt2")
    found = torch.export.load(tmp_path / "model.pt2").module()(torch.from_numpy(IMAGES[:2]))
    assert list(found) == [task.name for task in TASKS]


class Nameless(nn.Module):
    """Gives its outputs in an order alone, as files of earlier versions do."""

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return image.float(), -image.float()


@pytest.mark.parametrize("told", [{"tasks": {"one": {}, "two": {}}}, {"tasks": {}, "outputs": ["one", "two"]}])
def test_an_earlier_file_is_read_in_the_order_that_it_tells(tmp_path: Path, told: dict[str, Any]) -> None:
    Pt2().write(Nameless(), (16, 22), told, tmp_path / "model.pt2")  # type: ignore[arg-type]  # a program of old
    found = Pt2().open(tmp_path / "model.pt2", 1)(IMAGES[:1])
    assert list(found) == ["one", "two"]
    np.testing.assert_array_equal(found["two"], -IMAGES[:1].astype(np.float32))


def test_photos_that_may_not_be_written_are_taken_without_a_warning(tmp_path: Path) -> None:
    program = make_program(draw_pattern("fusion", SMALL, TASKS), SMALL)
    Pt2().write(program, (16, 22), {"tasks": {}}, tmp_path / "model.pt2")
    fixed = IMAGES[:1].copy()
    fixed.setflags(write=False)  # as Pillow hands them out; warnings are errors here
    found, wanted = Pt2().open(tmp_path / "model.pt2", 1)(fixed), program.run(fixed)
    np.testing.assert_array_equal(found["depth"], wanted["depth"])


def test_the_number_of_images_is_free_in_the_graph() -> None:
    program = make_program(draw_pattern("workspace", SMALL, TASKS), SMALL)
    exported = trace_program(program, (16, 22))
    shapes = [node.meta["val"].shape for node in exported.graph.nodes if node.name == "image"]
    assert [str(side) for side in shapes[0][1:]] == ["16", "22", "3"]
    assert not str(shapes[0][0]).isdigit()
