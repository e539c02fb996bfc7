"""An experiment stands before what the command line says, and leaves no trace in what is composed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from search.components.groups import Groups
from search.config.composition import answer, compose, from_plain
from search.config.experiments import read_experiment, spell
from search.problem.objectives import resolve_objectives
from spaces.errors import ConfigError
from tests.experiments import SHIPPED

LIBRARY = Groups()


def problems(*arguments: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        compose(arguments)
    return caught.value.problems


def write(text: str) -> list[str]:
    """An experiment of one's own, and the arguments that choose it."""
    path = Path("own/experiment/mine.yaml")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return ["--config-dir", "own", "experiment=mine"]


def test_those_that_ship_are_those_that_are_tried() -> None:
    assert set(LIBRARY.choices("experiment")) == set(SHIPPED)
    assert len(SHIPPED) == 10


@pytest.mark.parametrize("name", SHIPPED)
def test_it_composes_and_says_where_its_values_come_from(name: str) -> None:
    settings = compose([f"experiment={name}"])

    assert settings.run.name == name
    assert from_plain(settings.plain) == settings
    assert len(settings.data.selected) >= 2
    assert resolve_objectives(settings.objectives, settings.data.selected)
    assert settings.experiment.images > 0.8 * 795  # of the smallest, NYUv2
    assert LIBRARY.meaning("experiment", name)
    for key in LIBRARY.experiment_keys(name):
        assert key.comment, f"{key.name} in {name}.yaml has no comment"
    text = LIBRARY.choices("experiment")[name].read_text()
    assert "our choice" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", SHIPPED)
def test_every_option_of_its_space_is_said_and_no_unmarked_default_decides(name: str) -> None:
    experiment = read_experiment(LIBRARY, name)
    said = {value.key for value in experiment.values}
    assert {key.name for key in LIBRARY.keys("space", experiment.choices["space"])} <= said


@pytest.mark.parametrize("name", ["sgw_nyud", "sgw_pascal"])
def test_a_workspace_has_the_necks_that_were_judged(name: str) -> None:
    space = compose([f"experiment={name}"]).plain["space"]
    assert (space["neck"], space["norm"], space["tying"]) == ("conv", "cosine", "tasks")
    assert compose([f"experiment={name}"]).network.encoder_stages == 1
    assert compose([f"experiment={name}", "network=resnet"]).network.encoder_stages == 4  # what its comment offers


def test_without_one_nothing_is_different() -> None:
    settings = compose([])

    assert settings.experiment is None
    assert "experiment" not in settings.plain
    assert '"experiment=' not in json.dumps(compose(["experiment=sgw_nyud"]).plain)
    assert compose(["experiment=sgw_nyud"]).plain.keys() == settings.plain.keys()
    assert settings.run.name == "fusion-scenes"


def test_it_is_the_same_search_as_its_values_given_one_by_one() -> None:
    said = compose(["experiment=etr_cityscapes"])
    experiment = read_experiment(LIBRARY, "etr_cityscapes")
    choices = [f"{group.replace('/', '.')}={choice}" for group, choice in experiment.choices.items()]
    values = [f"{value.key}={value.text}" for value in experiment.values]

    assert compose([*choices, *values, "run.name=etr_cityscapes"]) == said
    assert compose([*choices, *values]).plain["run"]["name"] == "routing-cityscapes"


def test_the_command_line_wins() -> None:
    settings = compose(["experiment=pdf_nyuv2", "trainer.epochs=2", "data.root=here", "run.name=short"])

    assert (settings.trainer.epochs, settings.data.root, settings.run.name) == (2, "here", "short")
    assert (settings.trainer.batch_size, settings.trainer.lr) == (8, 1e-4)
    assert settings.data.image_size == (512, 640)


def test_a_group_that_is_chosen_by_hand_is_as_without_the_experiment() -> None:
    plain = compose(["experiment=interrogate_nyud", "network=vit", "sampler=random"]).plain

    assert plain["network"] == compose(["network=vit"]).plain["network"]  # depth=50 is no ViT's
    assert plain["sampler"]["_target_"] == "sampler/random"
    assert plain["trainer"] == compose(["experiment=interrogate_nyud"]).plain["trainer"]
    same = compose(["experiment=interrogate_nyud", "network=resnet"])
    assert same == compose(["experiment=interrogate_nyud"])  # what it chooses itself


def test_what_a_choice_takes_with_it_replaces_the_experiments() -> None:
    plain = compose(["experiment=pdf_nyuv2", "space=gates"]).plain

    assert plain["sampler"] == compose(["sampler=frontier"]).plain["sampler"]  # without progressive's threshold
    assert compose(["experiment=pdf_nyuv2", "space=gates", "sampler=tpe"]).plain["sampler"]["_target_"] == "sampler/tpe"


def test_a_part_can_be_replaced_and_goes_with_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = compose(["experiment=sgw_pascal"]).trainer.weighting
    assert fixed.weights == {"parts": 2.0, "saliency": 5.0, "normals": 10.0, "edges": 50.0}

    other = compose(["experiment=sgw_pascal", "trainer.weighting=uncertainty"])
    laid = compose(["experiment=sgw_pascal", "trainer.weighting={_target_:trainers.weighting.dwa.Dwa}"])

    assert other.plain["trainer"]["weighting"]["_target_"] == "weighting/uncertainty"
    assert laid.plain["trainer"]["weighting"]["_target_"] == "weighting/dwa"
    assert other.trainer.epochs == laid.trainer.epochs == 71
    folder = Path("own/trainer")
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("_target_: trainers.recipe.Recipe\n")
    mine = compose(["--config-dir", "own", "experiment=sgw_pascal", "trainer=mine"])
    assert mine.plain["trainer"] == compose([]).plain["trainer"]


def test_one_of_ones_own() -> None:
    given = write("# Mine.\ndefaults: [{space: gates}, {trainer/weighting: dwa}]\ntrials: 4\ndata: {images: 20}\n")

    settings = compose([*given, "trials=5"])

    assert (settings.space.name, settings.trials, settings.data.images) == ("gates", 5, 20)
    assert settings.plain["sampler"]["_target_"] == "sampler/frontier"  # which gates take with them
    assert settings.experiment.images is None
    assert "experiment=mine" in str(answer([*given, "--help"]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n", "mine.yaml: want the form of config.yaml: a list of GROUP: CHOICE under defaults, then keys"),
        ("defaults: {space: gates}\n", "want the form of config.yaml"),
        ("a: [\n", "mine.yaml: no YAML ("),
        ("defaults: [{spade: gates}]\n", "mine.yaml: defaults: spade: no such group; did you mean 'space'? There are "),
        ("defaults: [{space: gate}]\n", "mine.yaml: defaults: space=gate: unknown; did you mean 'gates'? Allowed: "),
        ("images: many\n", "mine.yaml: images=many: want how many images train, a whole number >= 1"),
        ("trainer: {epoch: 3}\n", "trainer.epoch=3: unknown key; did you mean 'epochs'?"),
    ],
)
def test_a_file_that_is_not_right_is_told(text: str, told: str) -> None:
    assert told in problems(*write(text))[0]


def test_a_name_that_is_not_there() -> None:
    (told,) = problems("experiment=pdf_nyu")
    assert told.startswith("experiment=pdf_nyu: unknown; did you mean 'pdf_nyuv2'? Allowed: etr_celeba, ")
    (twice,) = problems("experiment=pdf_nyuv2", "experiment=sgw_nyud")
    assert "experiment is chosen twice" in twice


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 0.00005, -2.5e7, "a b", "it's", "[x]", [1, [2.5, "b:c"]], [{"_target_": "a.B", "p": 0.5}], {}],
)
def test_values_reach_the_configuration_as_they_are(value: Any) -> None:
    from hydra.core.override_parser.overrides_parser import OverridesParser

    assert OverridesParser.create().parse_override(f"key={spell(value)}").value() == value


def test_help_shows_what_there_is_and_what_one_sets() -> None:
    text = str(answer(["experiment=etr_nyuv2", "--help"]))

    for name in SHIPPED:
        assert f"\n  experiment={name}" in text
    own = text.partition("What experiment=etr_nyuv2 sets")[2].partition("\n\n")[0]
    assert "trainer.epochs=500" in own
    assert "not known of the paper" in own
    assert "What experiment=" not in str(answer(["--help"]))


def test_composing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from search.config.composition import compose\n"
        f"for name in {list(SHIPPED)}: compose([f'experiment={{name}}'])\n"
        "print([name for name in ('torch', 'ray', 'mlflow', 'optuna', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
