from __future__ import annotations

import numpy as np

from search.report.page.sharing_effects import FEWEST, estimate_effects, fit_linear, list_shared
from spaces.choices import enumerate_patterns
from spaces.fusion import Fusion
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
