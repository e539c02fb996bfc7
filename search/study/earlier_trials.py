"""The finished trials that earlier starts of a search left in its run folder."""

from __future__ import annotations

from collections.abc import Collection

from search.jobs.trial import Trial, load_trial
from search.study.run_folder import RunFolder
from spaces.errors import DataError


def load_earlier_trials(folder: RunFolder, numbers: Collection[int], unfinished: Collection[int]) -> list[Trial]:
    """The trials that the study holds as finished, from their files.

    Args:
        folder: of the run.
        numbers: of the trials that the study knows as those of this search.
        unfinished: numbers of those that have not ended.

    Raises:
        DataError: a file is damaged, or of a trial that the study does not know.
    """
    beyond = [path for path in sorted(folder.trials.glob("[0-9]*.json")) if int(path.stem) not in numbers]
    if beyond:
        raise DataError(
            f"{folder.journal} knows {len(numbers)} trials, but {beyond[0]} is there: the journal was lost or is an "
            "older copy; restore it, or start anew with run.name=NAME (baselines are not trained again)"
        )
    return [load_trial(folder.trial(number)) for number in numbers if number not in unfinished]
