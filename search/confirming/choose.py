"""Which networks of a run are confirmed: what was delivered, some trials, or the best by expected hypervolume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from search.confirming.chains import Delivered
from search.confirming.request import Request
from search.jobs.trial import Trial, explain_unknown_trial
from search.problem.objectives import MAXIMISE, Objective
from search.problem.pareto import compute_hypervolume
from search.study.fronts.best_guess import Guesses, guess_objectives
from search.study.fronts.final_files import Final, choose_delivered, choose_ended
from search.study.fronts.front import find_front
from spaces.errors import DataError

DRAWS = 32  # of what guesses leave open: our choice


def choose_members(
    path: Path,
    request: Request,
    trials: Sequence[Trial],
    finals: Sequence[Final],
    objectives: Sequence[Objective],
    point: Sequence[float],
) -> list[Delivered]:
    """The networks that are asked for, cheapest first.

    Args:
        path: of the run, for messages.
        request: what is asked.
        trials: that have ended.
        finals: final trainings that have ended.
        objectives: of the search.
        point: that its hypervolume is measured from.

    Raises:
        DataError: no such trial, one that failed, or nothing is on the front yet.
    """
    ended, guesses = choose_ended(finals), guess_objectives(trials, objectives)
    by_number = {trial.number: trial for trial in trials}
    if request.numbers:
        numbers = list(dict.fromkeys(request.numbers))
        _refuse_unknown(path, numbers, by_number)
    else:
        delivered = [final.trial for final in choose_delivered(finals, objectives)]
        members = delivered or find_front(trials, objectives, guesses)
        numbers = [trial.number for trial in members]
        if not numbers:
            raise DataError(_explain_nothing(path, trials))
        if request.best is not None:
            numbers = _choose_best(request.best, ended, by_number, objectives, guesses, point)
    chosen = [
        Delivered(
            ended[number].trial if number in ended else by_number[number],
            by_number[number],
            ended.get(number),
            {} if number in ended else {name: guess.value for name, guess in guesses.get(number, {}).items()},
        )
        for number in numbers
    ]
    return sorted(chosen, key=lambda member: (member.trial.macs, member.number))


def _refuse_unknown(path: Path, numbers: Sequence[int], trials: Mapping[int, Trial]) -> None:
    problems = []
    for number in numbers:
        if number not in trials and trials:
            problems.append(explain_unknown_trial(path, number, tuple(trials)))
        elif number not in trials:
            problems.append(_explain_nothing(path, ()))
            break
        elif not trials[number].complete:
            problems.append(
                f"trial {number} of {path} is no network to confirm, for it is {trials[number].status}: "
                f"{trials[number].reason}"
            )
    if problems:
        raise DataError(problems)


def _explain_nothing(path: Path, trials: Sequence[Trial]) -> str:
    what = f"all {len(trials)} of its trials failed or were stopped" if trials else "no trial has finished yet"
    return (
        f"nothing of {path} is on a front, for {what}: give the command of the search again, which goes on with it, "
        "and confirm then"
    )


def _choose_best(
    count: int,
    ended: Mapping[int, Final],
    trials: Mapping[int, Trial],
    objectives: Sequence[Objective],
    guesses: Guesses,
    point: Sequence[float],
) -> list[int]:
    """Numbers of those that hold most expected hypervolume between them, chosen greedily.

    Candidates are the final trainings where there are some, else all complete trials.
    """
    if ended:
        known, sure = [final.trial for final in ended.values()], True
    else:
        known, sure = [trial for trial in trials.values() if trial.complete], not guesses
    spread = {} if sure else guesses
    names = [objective.name for objective in objectives]
    rows = [
        [
            (g.value, g.sd) if (g := spread.get(trial.number, {}).get(name)) else (trial.objectives[name], 0.0)
            for name in names
        ]
        for trial in known
    ]
    mean, sd = np.moveaxis(np.array(rows, dtype=float), 2, 0)
    rng = np.random.default_rng(0)
    draws = mean + sd * rng.standard_normal((DRAWS if spread else 1, *mean.shape))
    chosen = choose_expected(draws, point, [objective.direction for objective in objectives], count)
    return [known[row].number for row in chosen]


def choose_expected(draws: np.ndarray, point: Sequence[float], directions: Sequence[str], count: int) -> list[int]:
    """Rows that hold the most hypervolume on average over draws, greedily, as expected hypervolume is submodular.

    Args:
        draws: (draws, n, m) values of n networks.
        point: (m,) reference point.
        directions: m times "maximise" or "minimise".
        count: rows wanted; fewer where there are no more.
    """
    signs = np.where(np.array(directions, dtype=object) == MAXIMISE, 1.0, -1.0)
    left, chosen = list(range(draws.shape[1])), list[int]()

    def volume(rows: Sequence[int]) -> float:
        return float(np.mean([compute_hypervolume(each[list(rows)], point, directions) for each in draws]))

    def rank(row: int) -> tuple[float, float]:
        return volume([*chosen, row]), float((draws[:, row] * signs).mean())  # ties: beyond the reference point

    while left and len(chosen) < count:
        best = max(left, key=rank)
        chosen.append(best)
        left.remove(best)
    return chosen
