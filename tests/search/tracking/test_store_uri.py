from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from search.tracking import store_uri as address
from search.tracking.mlflow import Mlflow


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
