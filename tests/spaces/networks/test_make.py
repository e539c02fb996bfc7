from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from spaces.networks.channels import count_channels
from spaces.networks.make import make_module
from spaces.networks.modules.gated import GatedStage, Start
from spaces.pattern.block import Block, Gates
from spaces.pattern.walk import walk
from tests.spaces.networks.mixes import FAMILY, SIZE, any_mixture, gated


def run_now(name: str, make: Any) -> nn.Module:
    return make()


class Running:
    """The walk's algebra on tensors that makes every block anew, and checks what comes out of it."""

    def __init__(self) -> None:
        self.checked = 0

    def block(self, block: Block, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
        widths = [channels_of(each) for each in inputs]
        output = make_module(block, widths, FAMILY, run_now).eval()(*inputs)
        if block.part != "decoder":
            assert count_channels(block, widths, FAMILY) == channels_of(output), block
            self.checked += 1
        return output

    def blend(self, block: Block, inputs: tuple[torch.Tensor, ...], outputs: int) -> tuple[torch.Tensor, ...]:
        widths = [channels_of(each) for each in inputs]
        made = make_module(block, widths, FAMILY, run_now).eval()(*inputs)
        assert len(made) == outputs
        assert {channels_of(each) for each in made} == {count_channels(block, widths, FAMILY)}, block
        return made

    def join(self, values: tuple[torch.Tensor, ...]) -> torch.Tensor:
        return torch.cat(values, 1)

    def mean(self, values: tuple[torch.Tensor, ...]) -> torch.Tensor:
        return torch.stack(values).mean(0)


def channels_of(value: torch.Tensor) -> int:
    return value.shape[1] if value.ndim == 4 else value.shape[-1]  # tokens have their channels last


@pytest.mark.parametrize("seed", range(12))
def test_a_block_makes_as_many_channels_as_it_is_said_to(seed: int) -> None:
    running = Running()
    with torch.no_grad():
        walk(any_mixture(seed), torch.rand(1, 3, *SIZE), running)
    assert running.checked


def test_weights_are_drawn_under_the_name_of_the_block() -> None:
    asked: list[str] = []

    def seeded(name: str, make: Any) -> nn.Module:
        asked.append(name)
        return make()

    make_module(Block("decoder", 0, ("a", "b")), [16], FAMILY, seeded)
    role = Gates((0.5, 0.5), False)
    stage = make_module(Block("encoder", 1, ("a", "b"), role), [8, 8, 8], FAMILY, seeded, Start(0.25, "threshold"))
    # Branches of a gated stage start as the blocks of those that read them.
    assert asked == ["decoder1/a+b", "encoder2/a", "encoder2/b", "encoder2/a+b"]
    assert isinstance(stage, GatedStage)
    assert all((gate.alpha == 0.25).all() for gate in stage.gates)


def test_stages_that_go_on_gated_mix() -> None:
    mixing = [block.role.mixes for block in blocks_of(gated(shared=0)) if isinstance(block.role, Gates)]
    assert mixing == [True, True, False]


def blocks_of(pattern: Any) -> list[Block]:
    met: list[Block] = []

    class Noted(Running):
        def blend(self, block: Block, inputs: tuple[torch.Tensor, ...], outputs: int) -> tuple[torch.Tensor, ...]:
            met.append(block)
            return super().blend(block, inputs, outputs)

    with torch.no_grad():
        walk(pattern, torch.rand(1, 3, *SIZE), Noted())
    return met
