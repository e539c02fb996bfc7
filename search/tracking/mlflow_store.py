"""An MLflow store opened: its client, its experiment, and the runs that are found in it by a tag.

Called in the tracker's thread alone, where MLflow may take its time and raise what goes wrong.
"""

from __future__ import annotations

import gc
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from filelock import FileLock

from search.tracking import store_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

ARTIFACTS = "mlartifacts"  # in the folder of all runs
PLACES = (("experiments", "artifact_location"), ("runs", "artifact_uri"))  # columns of MLflow's store


def open_store(uri: str, experiment: str, runs: Path) -> tuple[MlflowClient, str]:
    """The store's client and the experiment's number, made where missing.

    Args:
        uri: of the store.
        experiment: name of the experiment.
        runs: folder of all runs, where artifacts are kept unless a server keeps them.
    """
    # A server that is down is to be noticed in seconds, not in the minutes of MLflow's own defaults.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    # With a server, MLflow prints two lines for every run it ends.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    first = "mlflow" not in sys.modules
    from mlflow import MlflowClient  # mlflow: seconds, for which the tracker's thread alone waits

    if first:
        gc.freeze()  # what imports have made is not looked through again and again: a tenth of the work of a record
    for chatty in ("mlflow", "alembic"):  # after the import, which sets them
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it warns of every attempt to reach a server
    with _lock_store(uri) as missing:
        if missing is not None:
            _make_whole(missing)
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        location = None if store_uri.is_server(uri) else (runs / ARTIFACTS).as_uri()
        found = _find_experiment(client, experiment, location)
        if location and (database := store_uri.find_sqlite_file(uri)):
            _follow_runs(database, client.get_experiment(found).artifact_location, runs)
        return client, found


def _make_whole(database: Path) -> None:
    """Make an SQLite store beside its place and put it there when it is whole.

    MLflow makes one in dozens of steps; one that was killed between them can neither be opened nor gone on with.
    """
    from mlflow import MlflowClient  # mlflow: in the tracker's thread alone

    new = database.with_name(f"{database.name}.new")
    new.unlink(missing_ok=True)
    uri = store_uri.make_sqlite_uri(new)
    MlflowClient(tracking_uri=uri, registry_uri=uri).search_experiments(max_results=1)
    new.replace(database)


def _follow_runs(database: Path, before: str, runs: Path) -> None:
    """Have the store name the place where artifacts lie now, where the folder of all runs was moved or copied.

    MLflow keeps absolute places only and would make the old folder anew. What a store outside of the runs' folder says
    may be meant for another folder of runs, which counts as long as that is there.
    """
    now = (runs / ARTIFACTS).as_uri()
    if before == now or not before.startswith("file:") or not before.endswith(f"/{ARTIFACTS}"):
        return
    if database.parent.resolve() != runs.resolve() and Path(unquote(urlsplit(before).path)).is_dir():
        return
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        for table, column in PLACES:
            own = f"{column} = ? OR substr({column}, 1, ?) = ?"
            connection.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE {own}",
                (now, len(before) + 1, before, len(before) + 1, f"{before}/"),
            )


def find_runs(client: MlflowClient, experiment: str, tag: str, value: str) -> list[Run]:
    """All runs that are not deleted and have the tag, newest first."""
    found: list[Run] = []
    token = None
    while True:
        page = client.search_runs([experiment], f"tags.`{tag}` = '{value}'", max_results=1000, page_token=token)
        found.extend(page)
        token = page.token
        if not token:
            return found


def _find_experiment(client: MlflowClient, name: str, location: str | None) -> str:
    from mlflow.exceptions import MlflowException  # mlflow: in the tracker's thread alone

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return client.create_experiment(name, artifact_location=location)
        except MlflowException as error:  # another search was quicker
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            found = client.get_experiment_by_name(name)
    if found is None or found.lifecycle_stage != "active":
        raise RuntimeError(f"its experiment '{name}' was deleted; restore it or set tracking.experiment to another")
    return found.experiment_id


@contextmanager
def _lock_store(uri: str) -> Iterator[Path | None]:
    """Keep other searches off an SQLite store: two that create one at the same time break its schema.

    Yields:
        Its file where that is not there yet.
    """
    path = store_uri.find_sqlite_file(uri)
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=60):
        if path.exists():  # MLflow would try again and again for minutes with a file that is no database
            with closing(sqlite3.connect(path, timeout=10)) as connection:
                connection.execute("PRAGMA schema_version")
        yield None if path.exists() and path.stat().st_size else path
