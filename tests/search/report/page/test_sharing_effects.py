from __future__ import annotations

import numpy as np
import pytest

from search.report.page.sharing_effects import FEWEST, RATIOS, estimate_effects, fit_linear, list_shared, shares_alike
from spaces.choices import enumerate_patterns
from spaces.fusion import Fusion
from spaces.routing import Routing
from spaces.workspace import Workspaces
from tests.search.trials import NAMES, complete

PATTERNS = [drawn.pattern for drawn in enumerate_patterns(Fusion(2, 3), NAMES[:3])]
TRUTH = {("decoder 1", ("depth", "segmentation")): 4.0, ("decoder 3", ("depth", "normals")): -6.0}


def test_effects_that_are_there_are_found_within_their_uncertainty() -> None:
    noise = np.random.default_rng(0).normal(0, 0.5, len(PATTERNS))
    trials = [
        complete(n, sum(TRUTH.get(name, 0.0) * on for name, on in list_shared(p).items()) + e, 10, pattern=p, key=p.key)
        for n, (p, e) in enumerate(zip(PATTERNS, noise, strict=True))
    ]
    found = {(each.stage, each.pair): each for each in estimate_effects(trials, "delta_mtl")}
    assert not any(stage.startswith("encoder") for stage, _ in found)  # shared by all of them
    for name, each in found.items():
        assert abs(each.value - TRUTH.get(name, 0.0)) < 4 * each.sd
        assert 0 < each.sharing < each.trials == len(trials)
    assert all(abs(found[name].value) > 2 * found[name].sd for name in TRUTH)
    assert estimate_effects(trials[: FEWEST - 1], "delta_mtl") == ()


def test_what_is_never_told_apart_stays_uncertain() -> None:
    twins = np.repeat(np.array([[1.0], [-1.0]] * 10), 2, axis=1)
    alone = twins[:, :1]
    y = 3 * alone[:, 0] + np.random.default_rng(1).normal(0, 0.1, 20)
    _, apart = fit_linear(alone, y)
    mean, together = fit_linear(twins, y)
    assert np.allclose(mean[0], mean[1])
    assert together.min() > 3 * apart.max()


def test_effects_that_nothing_tells_apart_say_so() -> None:
    whole = [pattern for pattern in PATTERNS if len({stage.groups for stage in pattern.decoder}) == 1]
    trials = [complete(n, float(n), 10, pattern=whole[n % len(whole)], key=str(n)) for n in range(FEWEST)]
    assert {each.twins for each in estimate_effects(trials, "delta_mtl")} == {3}  # stages of the decoder
    every = [complete(n, float(n), 10, pattern=pattern, key=str(n)) for n, pattern in enumerate(PATTERNS)]
    assert {each.twins for each in estimate_effects(every, "delta_mtl")} == {1}


def test_a_space_that_does_not_decide_who_shares_is_known() -> None:
    assert shares_alike(Workspaces(3, 3), NAMES[:3])
    assert shares_alike(Routing(3, 3), NAMES[:3])
    assert not shares_alike(Fusion(2, 3), NAMES[:3])


def test_they_are_those_of_the_textbook_s_matrices() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (40, 6)).astype(float)
    x[:, 5] = x[:, 4]  # two that are never told apart
    x -= x.mean(0)
    y = x @ [3.0, -2.0, 0, 0, 1.0, 0] + rng.normal(size=40)
    y -= y.mean()
    means, variances, evidence = [], [], []
    for ratio in RATIOS:
        gram = ratio * x @ x.T + np.eye(40)
        weighed = np.linalg.solve(gram, y)
        noise = y @ weighed / 39
        means.append(ratio * x.T @ weighed)
        variances.append(noise * np.diag(ratio * np.eye(6) - ratio**2 * x.T @ np.linalg.solve(gram, x)))
        evidence.append(-0.5 * (39 * np.log(noise) + np.linalg.slogdet(gram)[1]))
    weights = np.exp(np.array(evidence) - max(evidence))[:, None]
    weights /= weights.sum()
    mean = (weights * means).sum(0)
    sd = np.sqrt((weights * (np.array(variances) + np.array(means) ** 2)).sum(0) - mean**2)
    found = fit_linear(x, y)
    assert found[0] == pytest.approx(mean)
    assert found[1] == pytest.approx(sd)
