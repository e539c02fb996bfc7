"""The command line ends as checked settings or as one message."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from search.components.groups import Groups
from search.config.composition import answer, compose, from_plain
from search.config.sections import SHARED
from spaces.errors import ConfigError
from spaces.fusion import Fusion

HEAVY = ("torch", "ray", "mlflow", "optuna", "matplotlib", "sklearn", "pandas")


def problems(*arguments: str) -> tuple[str, ...]:
    """What is wrong with a command line."""
    with pytest.raises(ConfigError) as caught:
        compose(arguments)
    return caught.value.problems


def test_nothing_given_means_the_default_search() -> None:
    settings = compose([])

    assert settings.run.name == "fusion-scenes"
    assert settings.run.folder == Path("runs")
    assert (settings.run.seed, settings.trials, settings.budget, settings.baselines.seeds) == (0, None, None, 3)
    assert settings.objectives == ("delta_mtl", "macs")
    assert (settings.limits.macs, settings.limits.params) == (None, None)
    assert settings.trainer.epochs == 8
    assert settings.plain["space"]["_target_"] == "space/fusion"


def test_values_reach_their_components() -> None:
    settings = compose(
        ["limits.macs=50e6", "trainer.epochs=3", "objectives=[worst_delta,params]", "runner.cpus_per_trial=2"]
    )

    assert settings.limits.macs == 50_000_000.0
    assert settings.trainer.epochs == 3
    assert settings.objectives == ("worst_delta", "params")
    assert settings.runner.cpus_per_trial == 2


def test_the_run_is_named_after_what_was_chosen() -> None:
    assert compose(["sampler=random"]).run.name == "fusion-scenes"
    assert compose(["run.name=7"]).run.name == "7"
    assert compose(["run.name=2026-11-21_a.b"]).run.name == "2026-11-21_a.b"


def test_digits_are_not_mirrored_unless_it_is_said() -> None:
    assert compose(["data=multidigits"]).trainer.augment == ()
    assert compose(["experiment=etr_celeba", "data=multidigits"]).trainer.epochs == 40  # its recipe stays
    assert compose(["data=multidigits", "trainer=adamw"]).trainer.augment == compose([]).trainer.augment != ()


@pytest.mark.parametrize("name", ["a/b", "..", ".hidden", "-x", "''", "'a b'", "x" * 101, "[a]"])
def test_a_run_name_is_a_plain_folder_name(name: str) -> None:
    (problem,) = problems(f"run.name={name}")

    assert "want letters, digits" in problem
    assert "run.folder=DIR" in problem


@pytest.mark.parametrize("name", [*SHARED, "Cache"])
def test_a_run_does_not_take_the_place_of_what_all_runs_share(name: str) -> None:
    (problem,) = problems(f"run.name={name}")

    assert problem == (
        f"run.name={name}: searches of one run.folder share what has that name; choose another than {', '.join(SHARED)}"
    )


def test_numbers_beyond_what_is_computed_with_are_refused() -> None:
    huge = "1" + "0" * 320

    assert problems(f"limits.macs={huge}", "run.seed=10000000000000000000") == (
        "run.seed=10000000000000000000: want a whole number from 0 to 2147483647",
        f"limits.macs={huge}: want a finite number > 0 (or null)",
    )
    assert compose(["run.seed=2147483647"]).run.seed == 2**31 - 1


def test_the_space_has_the_stages_of_the_network() -> None:
    settings = compose(["network.encoder_widths=[4,8,16]"])

    assert settings.space == Fusion(encoder_stages=3, decoder_stages=3)
    (problem,) = problems("space.decoder_stages=2")
    assert problem == "space.decoder_stages=2: the network sets it (4); leave it out"


def test_the_plain_form_makes_an_equal_search_also_through_yaml() -> None:
    settings = compose(["sampler=gp", "limits.macs=1e6", "trainer.lr=1e-5", "trainer.augment=[]"])

    again = from_plain(yaml.safe_load(yaml.safe_dump(settings.plain)))

    assert again == settings
    assert again.plain == settings.plain


def test_a_field_that_the_yaml_does_not_name_can_be_set() -> None:
    """The keys of a component are its fields, whatever its YAML shows."""
    flip = "{_target_: trainers.augment.Flip}"

    assert compose([f"trainer.augment=[{flip}]"]).trainer.augment[0].p == 0.5
    assert compose([f"trainer.augment=[{flip},{flip}]", "trainer.augment.0.p=0.25"])


def test_problems_of_several_parts_are_told_together() -> None:
    told = problems(
        "sampler=tpe", "trainer.epochs=abc", "trials=0", "sampler.startpu=3", "run.seed=-1", "tirals=3", "limits.macs=0"
    )

    assert len(told) == 6
    for given in (
        "trainer.epochs=abc",
        "trials=0",
        "sampler.startpu=3",
        "run.seed=-1",
        "tirals=3",
        "limits.macs=0",
    ):
        assert sum(problem.startswith(given) for problem in told) == 1, told
    assert "did you mean 'startup'" in str(told)
    assert "did you mean 'trials'" in str(told)


def test_syntax_errors_are_told_together() -> None:
    told = problems("bad", "--foo", "a=[1", "~trials", "trials=1,2", "-m")

    assert [problem.partition(":")[0] for problem in told] == [
        "--foo",
        "-m",
        "bad",
        "a=[1",
        "~trials",
        "trials=1,2",
    ]


def test_components_from_outside_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "garden.py").write_text(
        textwrap.dedent(
            """
            from dataclasses import dataclass

            @dataclass(frozen=True)
            class Hedge:
                height: float
                name: str = "hedge"

                def sample(self, choose, tasks): ...
                def anchors(self, tasks): ...

            @dataclass(frozen=True)
            class Path:
                length: int = 2

                def sample(self, choose, tasks): ...
                def anchors(self, tasks): ...
                def propose(self, problem, history, seed): ...

            def path(length=2):
                return Path(length)
            """
        )
    )
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "my conf = {odd}"
    (folder / "space").mkdir(parents=True)
    (folder / "sampler").mkdir()
    (folder / "space" / "hedge.yaml").write_text("_target_: garden.Hedge\nheight: ???   # metres\n")
    (folder / "sampler" / "path.yaml").write_text("_target_: garden.path\nlength: ${baselines.seeds}\n")
    outside = ["--config-dir", str(folder), "space=hedge", "sampler=path"]

    settings = compose([*outside, "space.height=2"])

    assert settings.space.name == "hedge"
    assert settings.sampler.length == 3  # type: ignore[attr-defined]  # of its own
    assert settings.run.name == "hedge-scenes"
    assert settings.plain["space"] == {"_target_": "garden.Hedge", "height": 2, "name": "hedge"}
    assert settings.plain["sampler"] == {"_target_": "garden.path", "length": 3}
    assert problems(*outside) == ("space.height: missing; give space.height=VALUE",)
    assert re.search(r"space.height=\?\?\? +metres", str(answer([*outside, "--help"])))


def test_a_choice_of_ones_own_may_not_hide_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "space").mkdir()
    (tmp_path / "space" / "fusion.yaml").write_text("_target_: builtins.dict\n")

    (problem,) = problems(f"--config-dir={tmp_path}")

    assert "space/fusion.yaml has the name of a shipped choice; rename the file" in problem


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("_target_: nowhere.Thing\n", "module nowhere cannot be imported"),
        ("_target_: spaces.fusion.Fusio\n", "is no component of this project; did you mean 'spaces.fusion.Fusion'?"),
        ("_target_: Fusion\n", "want a dotted path such as package.module.Class"),
        ("height: 3\n", "want a mapping with _target_"),
        ("_target_: spaces.fusion.Fusion\nencoder_stages: 9\n", "the network sets it (4)"),
        ("_target_: spaces.fusion.Fusion\nx: ${nope}\n", "Interpolation key 'nope' not found"),
        ("_target_: [\n", "cannot be composed"),
    ],
)
def test_a_broken_yaml_of_ones_own_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "space").mkdir()
    (tmp_path / "space" / "mine.yaml").write_text(content)

    assert told in "\n".join(problems(f"--config-dir={tmp_path}", "space=mine"))


def test_help_names_every_group_choice_and_key() -> None:
    text = str(answer(["--help", "sampler=nsga2"]))
    library = Groups()

    for group in library.defaults:
        for choice in library.choices(group):
            assert f"  {group}={choice} " in text
    assert "sampler=oneshot *   " in text
    for line in ("trials=null", "run.seed=0", "limits.macs=null", "sampler.population=16", "trainer.epochs=8"):
        assert line in text
    assert "sampler.startup" not in text
    assert max(map(len, text.splitlines())) <= 110


def test_cfg_prints_a_configuration_that_composes_again() -> None:
    printed = yaml.safe_load(str(answer(["--cfg", "trials=5"])))

    assert from_plain(printed) == compose(["trials=5"])
    assert answer(["trials=5"]) is None


def test_composing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from search.config.composition import answer, compose; "
        "compose([]); answer(['--help']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


def test_the_function_is_found_in_the_package_as_in_earlier_versions() -> None:
    from search import config

    assert config.compose is compose
    with pytest.raises(AttributeError, match="has no attribute 'composed'"):
        config.composed  # noqa: B018 - asking is the test


@pytest.mark.parametrize("text", ["${oc.env:SECRET}", "a${ oc.env:SECRET}", "${oc.env:${run.folder}}", "${now:%Y}"])
def test_what_the_process_knows_is_put_into_no_file(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hunter2")
    (tmp_path / "sampler").mkdir()
    (tmp_path / "sampler" / "mine.yaml").write_text(f"_target_: garden.path\nlength: [{{deep: '{text}'}}]\n")
    (problem,) = problems(f"--config-dir={tmp_path}", "sampler=mine")
    assert problem.startswith(f"sampler.length.0.deep={text}: ${{")
    assert "would put what this process knows, passwords too, into the run's files; want a value, or" in problem
    assert "hunter2" not in problem
