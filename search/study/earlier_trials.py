"""The finished trials that earlier starts of a search left in its run folder."""

from __future__ import annotations

from collections.abc import Collection

from search.jobs.trial import Trial, load_trial
from search.study.run_folder import RunFolder
from spaces.errors import DataError


def load_earlier_trials(folder: RunFolder, count: int, unfinished: Collection[int]) -> list[Trial]:
    """The trials that the study holds as finished, from their files.

    Args:
        folder: of the run.
        count: trials that the study knows, numbered from 0.
        unfinished: numbers of those that have not ended.

    Raises:
        DataError: a file is damaged, or of a trial that the study does not know.
    """
    beyond = [path for path in sorted(folder.trials.glob("[0-9]*.json")) if int(path.stem) >= count]
    if beyond:
        raise DataError(
            f"{folder.journal} knows {count} trials, but {beyond[0]} is there: the journal was lost or is an "
            "older copy; restore it, or start anew with run.name=NAME (baselines are not trained again)"
        )
    numbers = (number for number in range(count) if number not in unfinished)
    return [load_trial(folder.trial(number)) for number in numbers]
