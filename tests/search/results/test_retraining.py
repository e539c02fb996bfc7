"""A trial that started from a supernet's weights is trained again as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from search.load import load
from search.results.retraining import plan_again
from search.run import main as search
from spaces.errors import DataError
from tests.tiny import arguments, write_tiny

on_cpu = pytest.mark.skipif(torch.cuda.is_available(), reason="only on CPUs numbers are equal to the last digit")


@on_cpu
def test_a_delivered_network_is_trained_again_to_the_last_bit(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    given = arguments(
        write_tiny(tmp_path / "data"), "sampler=oneshot", "trials=2", f"run.folder={runs}", "run.name=own"
    )
    assert search(given) == 0
    run = load(runs / "own")
    assert [run._load_trial(number).follows for number in (0, 1)] == [None, 0]
    for number in (1, 0):
        kept, again = run.network(number).state_dict(), run.train(number).state_dict()
        assert all(torch.equal(kept[name], again[name]) for name in kept)
    weights = (runs / "own/trials/0000.pt").rename(tmp_path / "elsewhere.pt")
    with pytest.raises(DataError, match=r"^trial 1 went on from the weights of an earlier trial, and .*0000\.pt"):
        run.train(1)
    weights.rename(runs / "own/trials/0000.pt")
    for file in (runs / "supernets").iterdir():
        file.unlink()
    with pytest.raises(DataError, match=rf"^trial {number} started from the weights of a supernet, which .* does not"):
        run.train(number)


def test_a_trial_of_another_sampler_starts_from_nothing(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    given = arguments(write_tiny(tmp_path / "data"), "trials=2", f"run.folder={runs}", "run.name=own")
    assert search(given) == 0
    run = load(runs / "own")
    job = plan_again(run.config, run.path, run._load_trial(1))
    assert (job.inherits, job.recipe.epochs, job.pattern) == (None, 1, run.pattern(1))
