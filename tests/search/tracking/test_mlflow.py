from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from search.tracking.mlflow import Mlflow
from spaces.common.interpreter import spell_python
from spaces.errors import ConfigError


def test_the_store_is_the_one_given_then_the_environment_then_the_runs_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = Mlflow(uri=None, experiment=None).tracker(Path("runs"))
    assert default.view_command() == (
        f"{spell_python()} -m mlflow ui "
        f"--backend-store-uri sqlite:///{tmp_path / 'runs' / 'mlflow.db'} --host 127.0.0.1"
    )
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://me:pass@tracking.example")
    assert Mlflow().tracker(tmp_path).view_command() == "https://***@tracking.example"
    given = Mlflow(uri="sqlite:///my store.db").tracker(tmp_path)
    assert given.view_command() == (
        f"{spell_python()} -m mlflow ui --backend-store-uri 'sqlite:///{tmp_path / 'my store.db'}' --host 127.0.0.1"
    )
    assert not os.listdir(tmp_path)  # nothing is made before a search is opened


@pytest.mark.parametrize("uri", ["./mlruns", "file:///somewhere/mlruns", "sqlite://", "ftp://x", "runs/mlflow.db"])
def test_stores_that_mlflow_does_not_take_are_refused(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    want = r"=.*: want sqlite:///FILE, .* MLflow no longer takes folders such as \./mlruns"
    with pytest.raises(ConfigError, match="^tracking.uri" + want):
        Mlflow(uri=uri)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    for ask in (Mlflow().check, partial(Mlflow().tracker, Path("runs"))):
        with pytest.raises(ConfigError, match="^MLFLOW_TRACKING_URI" + want):
            ask()
    Mlflow(uri="sqlite:///given.db").check()  # goes before the environment


def test_fields_of_the_wrong_type_are_refused_together() -> None:
    with pytest.raises(ConfigError) as caught:
        Mlflow(uri=3, experiment=["x"])  # type: ignore[arg-type]  # as a configuration may
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "tracking.uri=3",
        "tracking.experiment=['x']",
    ]


def test_checking_imports_nothing_heavy() -> None:
    program = "import sys, search.tracking.mlflow as t; t.Mlflow().check(); sys.exit('mlflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_composing_a_configuration_does_not_import_mlflow() -> None:
    program = "import sys, search.tracking.mlflow as t; t.Mlflow(); assert 'mlflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_store_in_a_folder_that_is_not_there_is_refused_and_nothing_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, gone = tmp_path / "runs", f"sqlite:///{tmp_path / 'mistyped' / 'dir' / 'x.db'}"
    told = f"^{gone}: the folder {tmp_path / 'mistyped' / 'dir'} does not exist; make it, or mend the path$"
    with pytest.raises(ConfigError, match=told):
        Mlflow(gone).refuse_missing_folder(runs)
    Mlflow().refuse_missing_folder(runs)
    for there in ("sqlite:///x.db", f"sqlite:///{runs / 'new' / 'x.db'}", "https://mlflow.example.org"):
        Mlflow(there).refuse_missing_folder(runs)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", gone)
    with pytest.raises(ConfigError, match=told):
        Mlflow().refuse_missing_folder(runs)
    assert list(tmp_path.iterdir()) == []
