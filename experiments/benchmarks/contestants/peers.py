"""BoTorch's noisy expected hypervolume improvement as a sampler of the study, with every advantage its interface takes.

Wants the optional extra "peers".
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch

from search.problem.objectives import DELTA_MTL, MACS
from search.problem.problem import Problem
from search.samplers.candidates import enumerate_all
from search.samplers.sampler import Draw, Sampler
from spaces.errors import ConfigError

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial
    from torch import Tensor

DRAWS = 128  # of the posterior; BoTorch's own choice
LOOK, KEPT = 16, 500  # draws of a first look at all candidates, and how many are then scored with all draws
CHUNK = 1000  # candidates that are scored at a time


@dataclass(frozen=True)
class QNehvi(Sampler):
    """Daulton et al. 2021, qLogNEHVI over a Gaussian process of delta_mtl and the exact, known MACs.

    It scores every pattern that is not trained yet, so it never repeats one (of thousands, those that a first look with
    fewer draws finds best, as a user would have it in reasonable time). Its inputs are the decisions themselves,
    as a user of BoTorch has them: parents one-hot, depths from 0 to 1; how patterns share is what it does not know.

    Args:
        startup: trials before the model takes over, the landmarks first, then random ones.
    """

    startup: int = 6
    group: ClassVar[str] = "sampler"

    def check(self, problem: Problem) -> None:
        """Refuse other objectives than the benchmark's (ConfigError)."""
        if [each.name for each in problem.objectives] != [DELTA_MTL.name, MACS.name]:
            raise ConfigError("botorch: wants objectives=[delta_mtl,macs], as the benchmark has")

    def propose(self, problem: Problem, history: Sequence[FrozenTrial], seed: int) -> Draw:
        """The pattern of the greatest acquisition value."""
        proposals = enumerate_all(problem.space, problem.tasks)  # type: ignore[arg-type]  # frozen, as no protocol says
        seen = {trial.user_attrs["key"] for trial in history}
        fresh = [each for each in proposals if each.pattern.key not in seen]
        done = [trial for trial in history if trial.values]
        if len(done) < self.startup or not fresh:
            return Draw(dict(random.Random(seed).choice(fresh or proposals).choices))
        rows = {each.pattern.key: row for row, each in enumerate(proposals)}
        inputs = _encode_choices([each.choices for each in proposals], problem)
        macs = np.array([problem.cost(each.pattern).macs for each in proposals], dtype=float)
        x = np.column_stack([inputs, macs / macs.max()])
        seen_x = torch.tensor(x[[rows[trial.user_attrs["key"]] for trial in done]])
        deltas = torch.tensor([[trial.values[0]] for trial in done], dtype=torch.double)
        reference = [problem.reference.delta, -problem.reference.cost]
        asked = torch.tensor(x[[rows[each.pattern.key] for each in fresh]])
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            values = _compute_acquisition(seen_x, deltas, asked, reference, seed)
        return Draw(dict(fresh[int(values.argmax())].choices))


def _compute_acquisition(seen: Tensor, deltas: Tensor, asked: Tensor, reference: list[float], seed: int) -> Tensor:
    # botorch: of an optional extra
    from botorch import fit_gpytorch_mll
    from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
    from botorch.models import ModelList, SingleTaskGP
    from botorch.models.deterministic import GenericDeterministicModel
    from botorch.models.transforms import Standardize
    from botorch.sampling.list_sampler import ListSampler
    from botorch.sampling.normal import SobolQMCNormalSampler
    from botorch.sampling.stochastic_samplers import StochasticSampler
    from gpytorch.mlls import ExactMarginalLogLikelihood

    class Decisions(SingleTaskGP):
        """The model of delta_mtl sees the decisions, not the cost in the last column."""

        def posterior(self, X: Tensor, *args: Any, **kwargs: Any) -> Any:
            return super().posterior(X[..., :-1], *args, **kwargs)

    class Known(StochasticSampler):
        """Draws of what does not vary: there are no base samples to bring up to date."""

        def _update_base_samples(self, posterior: Any, base_sampler: Any) -> None:
            pass

    model = Decisions(seen[:, :-1], deltas, outcome_transform=Standardize(m=1))
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    cost = GenericDeterministicModel(lambda X: -X[..., -1:], num_outputs=1)

    def gains(points: Tensor, draws: int) -> Tensor:
        shape = torch.Size([draws])
        found = qLogNoisyExpectedHypervolumeImprovement(
            model=ModelList(model, cost),
            ref_point=reference,
            X_baseline=seen,
            sampler=ListSampler(SobolQMCNormalSampler(shape, seed=seed % 2**31), Known(shape)),
            prune_baseline=True,
            cache_root=False,
        )
        return torch.cat([found(chunk.unsqueeze(1)) for chunk in points.split(CHUNK)])

    with torch.no_grad():
        if len(asked) <= 2 * KEPT:
            return gains(asked, DRAWS)
        best = gains(asked, LOOK).topk(KEPT).indices
        return torch.full((len(asked),), -torch.inf, dtype=asked.dtype).index_put((best,), gains(asked[best], DRAWS))


def _encode_choices(choices: Sequence[dict[str, Any]], problem: Problem) -> np.ndarray:
    """(patterns, decisions): names one-hot, numbers from 0 to 1."""
    columns = []
    for name in choices[0]:
        values = [each[name] for each in choices]
        options = sorted(set(values), key=str)
        if all(isinstance(option, (int, float)) for option in options):
            numbers = np.array(values, dtype=float)
            columns.append((numbers - numbers.min()) / (np.ptp(numbers) or 1.0))
        elif len(options) > 1:
            columns += [np.array([value == option for value in values], dtype=float) for option in options]
    return np.column_stack(columns)
