from __future__ import annotations

import pytest
import torch

from spaces.networks.modules.exchange.etf import make_frame
from spaces.networks.modules.exchange.workspace import SlotProjection

SHAPES = [(2, 2), (2, 7), (5, 5), (16, 32), (40, 64), (64, 64)]


@pytest.mark.parametrize(("vectors", "width"), SHAPES)
def test_products_are_one_with_itself_and_equal_with_all_others(vectors: int, width: int) -> None:
    made = make_frame(vectors, width, seed=3).double()
    wanted = torch.full((vectors, vectors), -1 / (vectors - 1), dtype=torch.float64)
    wanted.fill_diagonal_(1.0)
    assert made.shape == (width, vectors)
    assert float((made.T @ made - wanted).abs().max()) < 1e-6
    assert float(made.sum(1).abs().max()) < 1e-6
    assert int(torch.linalg.matrix_rank(made, tol=1e-5)) == vectors - 1


def test_the_seed_decides_and_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(2)
    torch.manual_seed(0)
    assert torch.equal(make_frame(4, 6, seed=1), make_frame(4, 6, seed=1))
    assert not torch.equal(make_frame(4, 6, seed=1), make_frame(4, 6, seed=2))
    assert torch.equal(torch.rand(2), expected)


def test_channel_means_are_erased() -> None:
    made = make_frame(6, 8, seed=0)
    features = torch.rand(6)
    torch.testing.assert_close(made @ features, made @ (features + 5.0), atol=1e-5, rtol=0)


def test_it_is_computed_and_registered_while_a_network_is_built_on_the_meta_device() -> None:
    with torch.device("meta"):
        made = make_frame(4, 6, seed=1)
        project = SlotProjection(5, 6, 4)
    assert torch.equal(made, make_frame(4, 6, seed=1))
    assert project.frame is not None and project.frame.is_meta
    assert project.to_empty(device="cpu").state_dict()["frame"].shape == (6, 4)
