"""What weighs the losses is chosen as a part of the trainer, by a word, a file or a mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.config.composition import compose, from_plain
from spaces.errors import ConfigError
from trainers.weighting.dwa import Dwa
from trainers.weighting.equal import Equal
from trainers.weighting.fixed import Fixed
from trainers.weighting.gradients import Gradients
from trainers.weighting.uncertainty import Uncertainty


def test_a_weighting_is_chosen_by_a_word_and_its_options_are_reached() -> None:
    assert compose([]).trainer.weighting == Equal()
    assert compose(["trainer.weighting=uncertainty"]).trainer.weighting == Uncertainty()
    assert compose(["trainer.weighting.temperature=3", "trainer.weighting=dwa"]).trainer.weighting == Dwa(3.0)
    weighed = compose(["trainer.weighting=fixed", "trainer.weighting.weights.depth=2"])
    assert weighed.trainer.weighting == Fixed({"depth": 2.0})
    assert from_plain(weighed.plain) == weighed
    written = "trainer.weighting={_target_: trainers.weighting.dwa.Dwa, temperature: 1}"
    assert compose([written]).trainer.weighting == Dwa(1.0)
    assert compose(["trainer.weighting=mgda", "trainer.weighting.options.max_iters=9"]).trainer.weighting == Gradients(
        "mgda", {"max_iters": 9}
    )


def test_a_weighting_of_ones_own_is_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "trainer" / "weighting"
    folder.mkdir(parents=True)
    (folder / "warm.yaml").write_text("_target_: trainers.weighting.dwa.Dwa\ntemperature: 9\n")
    assert compose(["--config-dir", str(tmp_path), "trainer.weighting=warm"]).trainer.weighting == Dwa(9.0)
    (folder / "dwa.yaml").write_text("_target_: trainers.weighting.dwa.Dwa\n")
    with pytest.raises(ConfigError, match=r"trainer/weighting/dwa.yaml has the name of a shipped choice"):
        compose(["--config-dir", str(tmp_path)])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["trainer.weighting=uncertainity"], "trainer.weighting=uncertainity: unknown; did you mean 'uncertainty'?"),
        (
            ["trainer.weighting=dwa", "trainer.weighting=mgda"],
            "trainer.weighting=mgda: trainer.weighting is chosen twice",
        ),
        (
            ["trainer.weighting=dwa", "trainer.weighting.temprature=1"],
            "trainer.weighting.temprature=1: unknown key; did",
        ),
        (["trainer.weighting.temperature=1"], "trainer.weighting.temperature=1: unknown key"),
        (
            ["trainer.weighting=dwa", "trainer.weighting.temperature=0"],
            "trainer.weighting.temperature=0: want a number > 0",
        ),
        (["trainer.weighting=null"], "trainer.weighting=None: want a component like Equal()"),
    ],
)
def test_a_weighting_that_cannot_be_is_told(given: list[str], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compose(given)
    assert any(told in problem for problem in caught.value.problems), caught.value.problems
