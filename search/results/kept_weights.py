"""Where the weights of a trial's network lie in a run folder: one answer for exports and for what people see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import is_zipfile

from search.jobs.trial import Trial
from search.study.fronts.final_files import Final, choose_ended, load_finals
from search.study.run_folder import TRIALS


def find_weights(path: Path, trial: Trial, finals: Sequence[Final] | None = None) -> Path | None:
    """The file of a trial's weights: those of its end where it was trained to the end, or those of its training.

    Args:
        path: of the run folder.
        trial: of it.
        finals: its trainings to the end; None where they are still to be read.

    Raises:
        DataError: a training to the end is damaged.
    """
    own = [each for each in (load_finals(path) if finals is None else finals) if each.trial.number == trial.number]
    if ended := choose_ended(own):
        return ended[trial.number].weights
    name = f"{trial.number:04d}.pt"
    # In front/ may lie what a final training left whose own files are gone.
    front = [] if own else [path / "front" / f"{trial.number}-{trial.key}" / "weights.pt"]
    places = [place for place in (path / TRIALS / name, *front) if place.exists()]
    return next((place for place in places if is_zipfile(place)), places[0] if places else None)
