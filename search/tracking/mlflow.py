"""Tracking in MLflow as a choice of the command line: which store, which experiment.

A search is a parent run there, a trial a nested child run (`search.tracking.mlflow_record`). The driver is the only
writer, through one background thread; MLflow is imported in that thread alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from search.tracking import store_uri
from search.tracking.background_tracker import BackgroundTracker
from search.tracking.mlflow_record import open_record
from spaces.errors import ConfigError
from spaces.fields import Fields

if TYPE_CHECKING:
    from search.tracking.tracker import Tracker

EXPERIMENT = "automl-mtl-sharing"


@dataclass(frozen=True)
class Mlflow:
    """A record in MLflow.

    Args:
        uri: tracking store; empty for $MLFLOW_TRACKING_URI and, without that, `mlflow.db` in the folder of
            all runs.
        experiment: holds the runs; empty for "automl-mtl-sharing".

    Raises:
        ConfigError: the store is of a kind that MLflow no longer takes, such as a folder.
    """

    group: ClassVar[str] = "tracking"

    uri: str | None = ""
    experiment: str | None = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "uri", "" if self.uri is None else self.uri)  # null in YAML
        object.__setattr__(self, "experiment", "" if self.experiment is None else self.experiment)
        fields = Fields(self)
        fields.text("uri", empty=True)
        fields.text("experiment", empty=True)
        if isinstance(self.uri, str) and self.uri:
            problem = store_uri.find_problem("tracking.uri", self.uri)
            fields.require(not problem, problem)
        fields.done()

    def check(self) -> None:
        """See that the store is of a kind that MLflow takes; MLflow itself is not imported.

        Raises:
            ConfigError: $MLFLOW_TRACKING_URI, which counts where no ``uri`` is given, names another kind.
        """
        uri = os.environ.get("MLFLOW_TRACKING_URI", "")
        if not self.uri and uri and (problem := store_uri.find_problem("MLFLOW_TRACKING_URI", uri)):
            raise ConfigError(problem)

    def refuse_missing_folder(self, runs: Path) -> None:
        """See that the store is no file in a folder that is not there, as where its path is mistyped.

        A search does not ask: it trains whatever becomes of its record.

        Args:
            runs: folder of all runs, in which folders are made.

        Raises:
            ConfigError: it is.
        """
        given = self.uri or os.environ.get("MLFLOW_TRACKING_URI", "")
        file = store_uri.find_sqlite_file(store_uri.make_absolute(given)) if given else None
        if file is not None and not file.parent.exists() and not file.is_relative_to(runs.resolve()):
            raise ConfigError(
                f"{store_uri.hide_password(given)}: the folder {file.parent} does not exist; make it, or mend the path"
            )

    def tracker(self, runs: Path) -> Tracker:
        """The tracker of one search.

        Args:
            runs: folder of all runs, for the default store and for artifacts.

        Raises:
            ConfigError: see `check`.
        """
        self.check()
        uri = self._find_uri(runs)
        connect = partial(open_record, uri, self.experiment or EXPERIMENT, runs.resolve())
        place, view = f"MLflow at {self.tell_place(runs)}", store_uri.make_view_command(uri)
        return BackgroundTracker(connect, place, view, store_uri.find_site(uri))

    def tell_place(self, runs: Path) -> str:
        """The store as people are told of it, without passwords; `runs` as for `tracker`."""
        return store_uri.hide_password(self._find_uri(runs))

    def _find_uri(self, runs: Path) -> str:
        given = self.uri or os.environ.get("MLFLOW_TRACKING_URI", "")
        return store_uri.make_absolute(given) if given else store_uri.make_sqlite_uri(runs.resolve() / "mlflow.db")
