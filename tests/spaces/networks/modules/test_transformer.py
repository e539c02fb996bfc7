from __future__ import annotations

import pytest
import torch

from spaces.networks.build import build
from spaces.networks.modules.transformer import EntryStage, Positions, TransformerStage, resize_positions
from spaces.networks.vit import Vit
from spaces.pattern.sharing_pattern import hard_sharing
from tests.spaces.networks.mixes import OUTPUTS, TASKS

TINY = Vit(width=32, depth=4, heads=4, patch=8, grid=4, stages=2, decoder_width=8)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_images_in_any_layout_give_the_same(layout: torch.memory_format) -> None:
    network = build(hard_sharing(TASKS, 2, 2), TINY, OUTPUTS, 0).eval()
    image = torch.rand(2, 3, 32, 48)
    with torch.no_grad():
        again = network(image.to(memory_format=layout))
        for task, output in network(image).items():
            assert output.shape == (2, OUTPUTS[task].channels, 32, 48)
            torch.testing.assert_close(again[task], output)


def test_positions_of_the_grid_stay_and_others_are_between_them() -> None:
    learned = torch.arange(4.0)[None, :, None].expand(1, 4, 2)  # row by row: 0 1, 2 3
    assert torch.equal(resize_positions(learned, (2, 2))[0, 1], torch.tensor([[0.0, 1.0], [2.0, 3.0]]))
    wide = resize_positions(learned, (2, 6))
    assert wide.shape == (1, 2, 2, 6)
    assert (wide[..., 1:] >= wide[..., :-1]).all()
    torch.testing.assert_close(wide.mean(), torch.tensor(1.5))


def test_narrow_positions_are_those_of_the_channels() -> None:
    positions, keep = Positions(torch.nn.Parameter(torch.rand(1, 16, 6))), torch.tensor([5, 2])
    features = torch.rand(2, 6, 4, 3)
    torch.testing.assert_close(positions.narrow(keep)(features[:, keep]), positions(features)[:, keep])


@pytest.mark.parametrize("entry", [True, False])
def test_layers_of_a_stage_run_one_by_one_are_the_stage(entry: bool) -> None:
    torch.manual_seed(0)
    stage = EntryStage("imagenet", 4, 3, 2, 8, 2) if entry else TransformerStage(2, 2, 8, 2)
    values = [torch.rand(2, 3, 12, 16) if entry else torch.rand(2, 8, 3, 4)]
    for layer in stage.layers():
        values.append(layer(*(values[n] for n in layer.reads)))
    torch.testing.assert_close(values[-1], stage(values[0]))


def test_blocks_are_named_by_their_number_in_the_whole_encoder() -> None:
    assert list(TransformerStage(4, 2, 8, 2).blocks) == ["4", "5"]
    assert list(EntryStage("unit", 4, 3, 2, 8, 2).blocks) == ["0", "1"]
