"""Optuna's study on a journal file in the run folder, opened after an interruption at any moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from spaces.errors import DataError

optuna.logging.set_verbosity(optuna.logging.ERROR)


def open_journal(journal: Path, ways: list[optuna.study.StudyDirection]) -> optuna.Study:
    """Open or make the study.

    Args:
        journal: its file.
        ways: directions of the objectives.

    Raises:
        DataError: the file is damaged, lost though there are trials, or of a study of other objectives.
    """
    if not journal.exists() and any((journal.parent / "trials").glob("[0-9]*.json")):
        raise DataError(
            f"{journal} is missing, but its trials are there: restore it from a copy, or start anew with run.name=NAME "
            "(baselines are not trained again)"
        )
    # A killed process may leave the journal's own lock and half a line; nobody else writes here (run folder's lock).
    Path(f"{journal}.lock").unlink(missing_ok=True)
    if journal.exists():
        whole = journal.read_bytes()
        if whole and not whole.endswith(b"\n"):
            with open(journal, "r+b") as file:
                file.truncate(whole.rfind(b"\n") + 1)
    try:
        if journal.exists():
            for line in journal.read_bytes().splitlines():
                json.loads(line)  # Optuna tells of a damaged last line only when it writes behind it
        storage = JournalStorage(JournalFileBackend(str(journal)))
        names = optuna.get_all_study_names(storage)  # a folder that was renamed keeps its study
        if names:
            study = optuna.load_study(storage=storage, study_name=names[0])
        else:
            study = optuna.create_study(storage=storage, study_name=journal.parent.name, directions=ways)
    except (ValueError, KeyError, TypeError, AssertionError) as error:  # the last one: of a record of no known kind
        raise DataError(
            f"{journal} is damaged ({' '.join(str(error).split())[:100]}): restore it from a copy, or start anew with "
            "run.name=NAME; the trials' own files are whole"
        ) from error
    if study.directions != ways:
        raise DataError(
            f"{journal} is the study of {_words(study.directions)}, and this search has {_words(ways)}: objectives "
            "cannot change in a study; give those it was started with, or start anew with run.name=NAME"
        )
    return study


def _words(ways: Sequence[optuna.study.StudyDirection]) -> str:
    return f"{len(ways)} objectives to {', '.join(way.name.lower() for way in ways)}"
