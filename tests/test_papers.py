"""The configurations of the method comparisons: every variant is a pattern of its space, and rivals cost the same."""

from __future__ import annotations

import pytest
import yaml

from experiments.papers.compare import CLOSE, FOLDER, METHODS, list_variants, make_rivals, scale_widths
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.settings import Settings
from spaces.errors import ConfigError
from spaces.networks.cost import compute_cost
from spaces.pattern.sharing_pattern import hard_sharing


def told(method: str) -> tuple[Settings, dict[str, object]]:
    config = yaml.safe_load((FOLDER / method / "config.yaml").read_text())
    return compose([f"space={config['space']}"]), config


@pytest.mark.parametrize("method", METHODS)
def test_variants_are_different_trainings(method: str) -> None:
    settings, config = told(method)
    found = list_variants(settings, config)
    assert len(found) == len(config["variants"]) >= 3  # type: ignore[arg-type]
    assert len({(each.pattern.key, repr(each.recipe)) for each in found.values()}) == len(found)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("factor", [1.0, 1.3])
def test_rivals_cost_what_the_method_does(method: str, factor: float) -> None:
    settings, config = told(method)
    usual = next(iter(list_variants(settings, config).values()))
    wanted = factor * state_problem(settings).cost(usual.pattern).macs
    outputs = {task.name: task.output for task in settings.data.selected}
    found = make_rivals(settings, wanted)
    assert len(found) == 3
    for each in found.values():
        assert compute_cost(each.pattern, each.network, outputs, settings.data.size).macs == pytest.approx(
            wanted, rel=CLOSE
        )


def test_what_no_widths_can_cost_is_refused() -> None:
    settings, _ = told("sgw")
    with pytest.raises(ConfigError, match=r"no widths come closer to 1\.00 MMACs than"):
        scale_widths(settings, hard_sharing([task.name for task in settings.data.selected], 4, 4), 1e6)
    with pytest.raises(ConfigError, match="widths are scaled for network=small only"):
        other = compose(["network=pdf", "data.image_size=128"])
        scale_widths(other, hard_sharing(["depth"], 6, 5), 1e9)
