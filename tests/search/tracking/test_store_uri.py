from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from search.run import main as search
from search.tracking import store_uri as address
from search.tracking.mlflow import Mlflow
from spaces.errors import ConfigError
from tests.tiny import arguments, write_tiny


@pytest.mark.parametrize("folder", ["50%", "a%41b", "%3F", "really?", "a?b=c&d#e", "me@home: x+y;z é"])
def test_the_store_lies_in_the_runs_folder_whatever_that_is_called(folder: str, tmp_path: Path) -> None:
    command = shlex.split(Mlflow().tracker(tmp_path / folder).view_command())
    uri = command[command.index("--backend-store-uri") + 1]
    assert make_url(uri).database == str(tmp_path / folder / "mlflow.db")
    assert not make_url(uri).query
    assert address.find_sqlite_file(uri) == tmp_path / folder / "mlflow.db"
    assert address.make_absolute(uri) == uri


def test_a_given_address_is_read_as_the_store_reads_it(tmp_path: Path) -> None:
    uri = address.make_absolute("sqlite:///a%41 b%3F.db?timeout=30")
    assert make_url(uri).database == str(tmp_path / "aA b?.db")
    assert make_url(uri).query == {"timeout": "30"}
    assert address.find_sqlite_file(uri) == tmp_path / "aA b?.db"


@pytest.mark.parametrize(
    ("uri", "site"),
    [
        ("sqlite:///runs/mlflow.db", "http://127.0.0.1:5000"),
        ("postgresql://me:pass@db.example/runs", "http://127.0.0.1:5000"),
        ("https://me:pass@tracking.example/", "https://***@tracking.example"),
        ("databricks://profile", ""),
    ],
)
def test_a_store_is_seen_where_its_command_or_its_server_shows_it(uri: str, site: str) -> None:
    assert address.find_site(uri) == site


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgresql+psycopg2://me:hunter2@db:5432/x", "postgresql+psycopg2://***@db:5432/x"),
        ("postgresql://me:h/unt@er2@db/x", "postgresql://***@db/x"),
        ("mysql://db/x?user=me&password=hunter2&ssl=1", "mysql://db/x?user=me&password=***&ssl=1"),
        ("https://hunter2@tracking.example", "https://***@tracking.example"),
        ("cannot reach postgresql://me:hunter2@db/x (refused)", "cannot reach postgresql://***@db/x (refused)"),
        ("postgresql://me@db/x", "postgresql://me@db/x"),
        ("sqlite:////data/a:b@c/mlflow.db", "sqlite:////data/a:b@c/mlflow.db"),
        ("databricks://profile", "databricks://profile"),
    ],
)
def test_what_is_secret_is_not_shown(uri: str, shown: str) -> None:
    assert address.hide_password(uri) == shown


def test_a_password_is_not_taken_where_it_would_be_kept() -> None:
    with pytest.raises(ConfigError) as caught:
        Mlflow(uri="postgresql://me:hunter2@db/x")
    (problem,) = caught.value.problems
    assert problem.startswith(
        "tracking.uri=postgresql://***@db/x: holds a password, which would stand in every list of"
    )
    assert "put the address into $MLFLOW_TRACKING_URI and leave tracking.uri out" in problem
    with pytest.raises(ConfigError, match=r"tracking.uri=\./mlruns: want sqlite:///FILE"):
        Mlflow(uri="./mlruns")


def test_the_command_that_opens_a_store_names_the_variable_where_it_holds_a_password() -> None:
    assert address.make_view_command("postgresql://me:hunter2@db/x").endswith(
        'mlflow ui --backend-store-uri "$MLFLOW_TRACKING_URI" --host 127.0.0.1'
    )


def test_no_file_and_no_word_of_a_search_has_the_password(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:hunter2@127.0.0.1:9/")
    for variable, value in (("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"), ("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")):
        monkeypatch.setenv(variable, value)
    given = [each for each in arguments(write_tiny(Path("data"))) if not each.startswith("tracking=")]
    search([*given, "tracking=mlflow", "trials=1"])
    told = "".join([*capfd.readouterr(), caplog.text])
    assert "127.0.0.1:9" in told and "MLflow      lacks a part of this run" in told
    assert "hunter2" not in told
    assert not [path for path in Path().rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()]
