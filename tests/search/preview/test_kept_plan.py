from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.config.composition import compose
from search.config.settings import Settings
from search.preview.kept_plan import KeptPlan, find_plan, locate_plan

GIVEN = ["space=fusion", "sampler=random", "trials=3"]
TOLD = {"command": "../bin/python -m search.run trials=3 space=fusion sampler=random", "baselines": {"cached": 4}}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return compose([*GIVEN, f"run.folder={tmp_path}", "runner=inline"])


def _keep(settings: Settings, text: str) -> None:
    locate_plan(settings).mkdir(parents=True)
    (locate_plan(settings) / "plan.json").write_text(text)


def test_a_plan_of_the_same_arguments_is_taken(settings: Settings) -> None:
    assert find_plan(settings, " ".join(GIVEN)) is None
    _keep(settings, json.dumps({**TOLD, "forecast": {"search": [60.0, 100.0], "concurrency": 2}}))
    assert find_plan(settings, " ".join(GIVEN)) == KeptPlan(80.0, 2, 4)
    assert find_plan(settings, "space=fusion") is None


@pytest.mark.parametrize("text", ["{", "[]", json.dumps(TOLD), json.dumps({**TOLD, "forecast": None})])
def test_one_that_tells_nothing_is_none(settings: Settings, text: str) -> None:
    _keep(settings, text)
    assert find_plan(settings, " ".join(GIVEN)) is None
