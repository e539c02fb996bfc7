from __future__ import annotations

import pytest
import torch

pytest.importorskip("torchjd", reason='wants the extra "gradients"')

from trainers.weighting.cone import LeastSquares


@pytest.mark.parametrize("seed", range(20))
def test_a_projection_fulfils_the_conditions_of_its_optimum(seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    jacobian = torch.randn(4, 3 if seed % 2 else 9, generator=random, dtype=torch.double)  # of full row rank or not
    gramian, wanted = jacobian @ jacobian.T, torch.rand(4, generator=random, dtype=torch.double)
    found = LeastSquares()(wanted, gramian)
    pushed, slope = found - wanted, gramian @ found
    assert (pushed >= 0).all()
    assert (slope > -1e-8).all()  # no task's loss rises to first order
    assert (pushed * slope).abs().max() < 1e-8
    both = torch.stack([wanted, 2 * wanted])
    torch.testing.assert_close(LeastSquares()(both, 1e6 * gramian), torch.stack([found, 2 * found]))


def test_gradients_that_agree_stay_as_they_are() -> None:
    wanted = torch.tensor([0.5, 0.5])
    torch.testing.assert_close(LeastSquares()(wanted, torch.tensor([[2.0, 0.3], [0.3, 1.0]])), wanted)
    torch.testing.assert_close(LeastSquares()(wanted, torch.zeros(2, 2)), wanted)
