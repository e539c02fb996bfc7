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
