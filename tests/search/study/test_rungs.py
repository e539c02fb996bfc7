from __future__ import annotations

import random
from itertools import pairwise

import pytest

from search.problem.objectives import DELTA_MTL, MACS
from search.schedulers.full import Full
from search.schedulers.pareto_asha import ParetoAsha
from search.study.rungs import Rungs


def climbed(scheduler, trials: int, epochs: int, seed: int, workers: int = 1) -> tuple[Rungs, dict[int, int]]:
    """Drive rungs as the trial queue does; epochs each trial was trained."""
    rng = random.Random(seed)
    rungs = Rungs(scheduler, epochs, (DELTA_MTL, MACS))
    worth = {number: (rng.gauss(0, 3), rng.uniform(1, 2)) for number in range(trials)}
    trained: dict[int, int] = {}
    running: list[int] = []
    asked = 0
    while True:
        while len(running) < workers:
            number = rungs.next(over=asked == trials)
            if number is None and asked < trials:
                number, asked = asked, asked + 1
            if number is None:
                break
            until = rungs.until(number)
            rungs.climb(number)
            trained[number] = until or epochs
            running.append(number)
        if not running:
            return rungs, trained
        number = running.pop(rng.randrange(len(running)))
        if trained[number] == epochs:
            rungs.end(number)
        else:
            delta, macs = worth[number]
            rungs.reach(number, trained[number], {"delta_mtl": delta, "macs": macs})


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("trials", [1, 2, 5, 18])
def test_each_rung_passes_its_share_and_somebody_reaches_the_end(trials: int, workers: int) -> None:
    for seed in range(5):
        rungs, trained = climbed(ParetoAsha(rung=1, eta=2), trials, 8, seed, workers)
        assert rungs.rungs == (1, 2, 4, 8)
        counts = [sum(epochs >= rung for epochs in trained.values()) for rung in rungs.rungs]
        assert counts[0] == trials and counts[-1] >= 1
        for before, after in pairwise(counts):
            assert before / 2 <= after  # asynchronous: a few more may go on than in the end deserve it
        assert sum(trained.values()) < 8 * trials or trials < 3


def test_without_pauses_everybody_is_trained_to_the_end() -> None:
    rungs, trained = climbed(Full(), 7, 8, 0)
    assert rungs.rungs == (8,)
    assert set(trained.values()) == {8}
