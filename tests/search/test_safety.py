"""A run folder of a stranger runs no code, whatever is done with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from search.compare import main as compare
from search.confirm import main as confirm
from search.export import main as export
from search.load import load
from search.pick import main as pick
from search.robustness import main as robustness
from search.run import main as search
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny

BAD = {
    "subprocess.getoutput": {"cmd": "touch PWNED"},
    "os.system": {"command": "touch PWNED"},
    "builtins.exec": {"source": "open('PWNED', 'w')"},
    "spaces.common.atomic_files.write_text": {"path": "PWNED", "text": "x"},
    "search.run.main": {"argv": ["run.folder=PWNED"]},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    assert search([*arguments(write_tiny(home / "data"), f"run.folder={home / 'runs'}"), "run.name=r", "trials=2"]) == 0
    return home / "runs/r"


def spoil(run: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """A copy's configuration changed, as a stranger would; its path."""
    config = yaml.safe_load((run / "config.yaml").read_text())
    change(config)
    Path("bad").mkdir(exist_ok=True)
    for path in run.iterdir():
        if path.name != "config.yaml" and not (Path("bad") / path.name).exists():
            (Path("bad") / path.name).symlink_to(path)
    Path("bad/config.yaml").write_text(yaml.safe_dump(config))
    return "bad"


@pytest.mark.parametrize("target", BAD)
@pytest.mark.parametrize("group", ["data", "network"])
def test_a_component_that_is_none_is_refused_by_name(home: Path, target: str, group: str) -> None:
    run = load(spoil(home, lambda config: config.update({group: {"_target_": target, **BAD[target]}})))
    with pytest.raises(ConfigError) as caught:
        _ = run.data if group == "data" else run.network(0)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{group}._target_={target}: ")
    assert "which nobody has allowed to run" in problem or "is no component of this project" in problem
    assert not Path("PWNED").exists()


@pytest.mark.parametrize(
    "where", ["trainer.augment", "trainer.weighting", "data.loading", "tasks", "sampler", "runner"]
)
def test_no_place_in_a_configuration_runs_code(home: Path, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    evil = {"_target_": "subprocess.getoutput", "cmd": "touch PWNED"}

    def change(config: dict[str, Any]) -> None:
        group, _, part = where.partition(".")
        if part:
            config[group][part] = [evil] if part == "augment" else evil
        else:
            config[group] = [evil] if group == "tasks" else evil

    bad = spoil(home, change)
    for command in ([confirm, bad], [export, bad, "0"], [robustness, bad], [compare, bad, str(home)], [pick, bad]):
        main, *given = command
        assert main(given) in (0, 1, 2)
    with pytest.raises(ConfigError, match="which nobody has allowed to run"):
        _ = load(bad).tasks if where == "tasks" else load(bad).train(0)
    assert not Path("PWNED").exists()


def test_a_component_of_another_kind_is_refused(home: Path) -> None:
    run = load(spoil(home, lambda config: config.update({"network": {"_target_": "space/fusion"}})))
    with pytest.raises(ConfigError, match=r"network\._target_=space/fusion: is no network; want network/small, "):
        run.network(0)


def test_a_specification_runs_code_of_named_packages_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_tiny(tmp_path / "data")
    spec = data / "spec.yaml"
    spec.write_text(spec.read_text().replace("kind: regression", "kind: antigravity.Fly"))
    assert search([*arguments(data), "trials=1"]) == 2
    assert "kind=antigravity.Fly: code of the package 'antigravity', which nobody has" in capsys.readouterr().err
    assert search([*arguments(data), "trials=1", "--allow", "antigravity"]) == 2
    assert "has no class Fly" in capsys.readouterr().err
