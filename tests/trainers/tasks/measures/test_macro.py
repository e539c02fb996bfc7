from __future__ import annotations

import math

import pytest
import torch

from trainers.tasks.measures.macro import average

sklearn = pytest.importorskip("sklearn.metrics")


@pytest.mark.parametrize("seed", range(10))
def test_it_is_scikit_learns_macro_average(seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    guess, truth = torch.randint(0, 5, (2, 12), generator=draw)
    hits = torch.stack([((guess == c) & (truth == c)).sum() for c in range(5)]).double()
    predicted, true = (torch.stack([(each == c).sum() for c in range(5)]).double() for each in (guess, truth))

    found = average(hits, predicted, true, predicted + true > 0)

    labels = sorted({*guess.tolist(), *truth.tolist()})
    expected = sklearn.precision_recall_fscore_support(truth, guess, labels=labels, average="macro", zero_division=0)
    assert [found[name] for name in ("precision", "recall", "f1")] == pytest.approx(expected[:3])


def test_nothing_counted_has_no_mean_and_no_number_stays_none() -> None:
    zeros, nothing = torch.zeros(3).double(), torch.zeros(3, dtype=torch.bool)
    assert all(map(math.isnan, average(zeros, zeros, zeros, nothing).values()))
    hits = torch.tensor([1.0, math.nan, 0.0]).double()
    assert all(map(math.isnan, average(hits, hits, hits, ~nothing).values()))


def test_what_is_not_counted_does_not_matter() -> None:
    hits, predicted = torch.tensor([2.0, 9.0]), torch.tensor([4.0, 9.0])
    assert average(hits, predicted, predicted, torch.tensor([True, False]))["precision"] == 0.5
