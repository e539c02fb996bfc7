"""How long the default model takes for a proposal after many trials: processor seconds, on made-up trials.

    python -m experiments.benchmarks.proposals --trials 1000 10000

The trials are those of `experiments.benchmarks.replay`, with five tasks and the patterns of `space=branching`; the
first proposal, which imports and remembers, is told apart from those that come after. The bar is half a second.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from experiments.benchmarks.replay import ARGUMENTS, make_trials
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.samplers.frontier import Frontier
from spaces.choices import record

BAR, TIMES = 0.5, 5  # seconds; proposals that are timed


def make_history(count: int, settings: Any, tasks: tuple[str, ...]) -> list[Any]:
    """Complete trials of Optuna's, of keys of their own, as samplers are given them."""
    from optuna.distributions import CategoricalDistribution  # optuna: 0.5 s, --help does without
    from optuna.trial import TrialState, create_trial

    found: dict[str, Any] = {}
    for trial in make_trials(count, settings):
        options: dict[str, CategoricalDistribution] = {}

        def choose(name: str, allowed: Sequence[Any], into: Any = options, given: Any = trial.choices) -> Any:
            into[name] = CategoricalDistribution(tuple(allowed))
            return given[name]

        record(settings.space, tasks, choose)
        found[trial.key] = create_trial(
            state=TrialState.COMPLETE,
            params=dict(trial.choices),
            distributions=dict(options),
            values=list(trial.objectives.values()),
            user_attrs={"key": trial.key},
        )
    for number, each in enumerate(found.values()):
        each.number = number
    return list(found.values())


def time_proposals(count: int) -> tuple[int, float, float]:
    """Trials of keys of their own, and processor seconds of the first proposal and of the median one after it."""
    settings = compose(ARGUMENTS)
    problem = state_problem(settings)
    history, seconds = make_history(count, settings, problem.tasks), []
    for seed in range(1 + TIMES):
        begin = time.process_time()
        Frontier().propose(problem, history, seed)
        seconds.append(time.process_time() - begin)
    return len(history), seconds[0], median(seconds[1:])


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, nargs="+", default=[1000, 10_000])
    for count in parser.parse_args().trials:
        known, first, later = time_proposals(count)
        met = "met" if later <= BAR else "missed"
        print(f"{known} trials: first {first:.2f} s, later {later:.2f} s of a processor; bar {BAR} s {met}", flush=True)


if __name__ == "__main__":
    main()
