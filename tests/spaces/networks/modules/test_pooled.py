from __future__ import annotations

import torch

from spaces.networks.modules.pooled import PooledHead, PooledStage


def test_a_stage_of_the_head_is_a_linear_map_of_means() -> None:
    torch.manual_seed(0)
    stage = PooledStage(4, 3, 5).eval()
    previous, skip = torch.rand(2, 4, 2, 2), torch.rand(2, 3, 8, 8)
    means = torch.cat((previous.mean((2, 3)), skip.mean((2, 3))), 1)
    torch.nn.init.uniform_(stage.norm.running_mean)
    expected = torch.relu((means @ stage.map.weight[:, :, 0, 0].T - stage.norm.running_mean) / (1 + 1e-5) ** 0.5)
    torch.testing.assert_close(stage(previous, skip)[:, :, 0, 0], expected)
    assert stage(previous, skip).shape == (2, 5, 1, 1)


def test_a_head_reads_the_last_outputs() -> None:
    head = PooledHead([3], 2)
    outputs = torch.rand(2, 8, 1, 1), torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(head(outputs, (9, 9)), head.project(outputs[-1].mean((2, 3))))


def test_a_head_of_several_scales_is_a_linear_map_of_all_their_means() -> None:
    head = PooledHead([3, 5], 2)
    outputs = torch.rand(2, 8, 1, 1), torch.rand(2, 3, 4, 4), torch.rand(2, 5, 8, 8)
    means = torch.cat([each.mean((2, 3)) for each in outputs[1:]], 1)
    torch.testing.assert_close(head(outputs, (9, 9)), head.project(means))
