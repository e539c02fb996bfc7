"""How much each decision of a space matters to an objective, by PED-ANOVA over the complete trials.

Watanabe, Bansal & Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces" (IJCAI
2023), as Optuna has it: a decision matters whose choices among the best trials differ from those among all.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

from search.jobs.trial import Trial
from search.problem.objectives import MAXIMISE, Objective

MOST = 2000  # trials that are looked at, evenly over the search, for Optuna takes a copy of each: our choice
FEWEST = 10  # complete trials; of fewer the best tenth is one: our choice


def measure_importances(trials: Sequence[Trial], objective: Objective) -> dict[str, float]:
    """Shares of 1 by name of the decision, largest first; none of too few trials or without a decision."""
    name = objective.name
    sound = [trial for trial in trials if trial.complete and math.isfinite(trial.objectives.get(name, math.nan))]
    if len(sound) < FEWEST:
        return {}
    if len(sound) > MOST:
        sound = [sound[len(sound) * place // MOST] for place in range(MOST)]
    common = set.intersection(*(set(trial.choices) for trial in sound))
    seen = {each: sorted({str(trial.choices[each]) for trial in sound}) for each in sorted(common)}
    open_ones = {each: values for each, values in seen.items() if len(values) > 1}
    if not open_ones:
        return {}
    # optuna.importance: 1 s, for it brings scikit-learn; most reports of few trials do without
    import optuna
    from optuna.distributions import BaseDistribution, CategoricalDistribution
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    spaces: dict[str, BaseDistribution] = {each: CategoricalDistribution(values) for each, values in open_ones.items()}
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # it tells of every study that it makes
    told = optuna.create_study(direction="maximize" if objective.direction == MAXIMISE else "minimize")
    told.add_trials(
        [
            optuna.trial.create_trial(
                params={each: str(trial.choices[each]) for each in spaces},
                distributions=spaces,
                value=trial.objectives[name],
            )
            for trial in sound
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is experimental
        found = get_param_importances(told, evaluator=PedAnovaImportanceEvaluator())
    optuna.logging.set_verbosity(before)
    return {each: float(share) for each, share in found.items()}
