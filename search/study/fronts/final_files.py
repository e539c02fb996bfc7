"""What final trainings leave in `finals/` of a run folder, and which of it is delivered: one definition for all.

A training has files of its own, named by trial and fingerprint, so one of more epochs or from other weights stands
beside those that are there, and so does one that is repeated. Of a trial, the one counts that is complete, has its
weights and rests on most epochs, those of the weights that it began on among them; of equals the latest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from search.jobs.job import Job
from search.jobs.trial import Trial
from search.problem.objectives import Objective
from search.study.fronts.front import compute_volume, find_front
from spaces.common.atomic_files import read_json, write_json
from spaces.errors import DataError
from spaces.networks.weights.content import digest_file

FINALS = "finals"


@dataclass(frozen=True)
class Final:
    """A final training that has ended.

    Args:
        trial: of its number and pattern, with values of the end.
        training: fingerprint.
        weights: file of them; it need not be there.
        digest: of that file; empty where the training failed or an earlier version left it.
        start: whose weights it began on: "supernet", "trial" or "nothing"; empty if an earlier version left it.
        before: epochs that those had been trained.
    """

    trial: Trial
    training: str
    weights: Path
    digest: str = ""
    start: str = ""
    before: int = 0

    @property
    def ready(self) -> bool:
        """Whether it can be delivered."""
        return self.trial.complete and self.weights.is_file()

    @property
    def total(self) -> int:
        """Epochs that it rests on."""
        return self.before + self.trial.epochs

    @property
    def whole(self) -> bool:
        """Whether its weights are there as it left them."""
        return self.weights.is_file() and self.digest in ("", digest_file(self.weights))

    def check_weights(self) -> None:
        """Refuse weights that are not those it left.

        Raises:
            DataError: they were damaged.
        """
        if self.ready and not self.whole:
            raise DataError(
                f"{self.weights}: not the weights that the final training of trial {self.trial.number} left; the file "
                "was damaged from outside: remove it, and the same command trains it again"
            )


def name_final(folder: Path, job: Job, number: int) -> Path:
    """Where a final training leaves its files, without their suffix; a repeated one has a further number."""
    first = folder.absolute() / FINALS / f"{number:04d}-{job.training}"
    places = (first if again == 1 else first.with_name(f"{first.name}-{again}") for again in count(1))
    return next(place for place in places if not place.with_suffix(".json").exists())


def save_final(folder: Path, final: Final) -> None:
    """Keep what a final training came to, beside its weights."""
    values = {"training": final.training, "start": final.start, "before": final.before, "digest": final.digest}
    place = folder / FINALS / f"{final.weights.stem}.json"
    write_json(place, {**values, "trial": final.trial.to_json()})


def load_finals(folder: Path) -> list[Final]:
    """All final trainings that have ended, by number of their trials.

    Raises:
        DataError: a file is damaged.
    """
    paths = sorted((folder / FINALS).glob("[0-9][0-9][0-9][0-9]*.json"))
    return [_read(folder, path) for path in paths if path.name.count(".") == 1]


def choose_ended(finals: Iterable[Final]) -> dict[int, Final]:
    """Of each trial the one final training that counts, by number; those without their weights do not."""
    best: dict[int, Final] = {}
    for final in sorted((f for f in finals if f.ready), key=lambda f: (f.total, f.trial.ended)):
        best[final.trial.number] = final
    return dict(sorted(best.items()))


def choose_told(finals: Iterable[Final]) -> list[Trial]:
    """A row of a table for each trial: the final training that counts, or where there is none what became of it."""
    finals = list(finals)
    failed = {f.trial.number: f for f in sorted(finals, key=lambda f: f.trial.ended) if not f.trial.complete}
    return [final.trial for _, final in sorted((failed | choose_ended(finals)).items())]


def choose_delivered(finals: Iterable[Final], objectives: Sequence[Objective]) -> list[Final]:
    """The front of final trainings, cheapest first, which a search hands over; empty where there are none."""
    ended = choose_ended(finals)
    return [ended[trial.number] for trial in find_front([f.trial for f in ended.values()], objectives)]


def measure_delivered(
    finals: Iterable[Final], objectives: Sequence[Objective], reference: Sequence[float]
) -> dict[str, float]:
    """Hypervolume of what is delivered, by the name that it is recorded under; empty where there is nothing."""
    front = [final.trial for final in choose_delivered(finals, objectives)]
    return {"hypervolume.delivered": compute_volume(front, objectives, reference)} if front else {}


def _read(folder: Path, path: Path) -> Final:
    try:
        data = read_json(path)
        trial = Trial.from_json(data["trial"])
        told = {name: str(data.get(name, "")) for name in ("digest", "start")}
        weights = path.with_suffix(".pt")
        final = Final(trial, str(data["training"]), weights, **told, before=int(data.get("before", 0)))
    except (DataError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise DataError(
            f"{path}: no final training ({error.__cause__ or error}); it was damaged from outside: remove it, and the "
            "same command trains it again"
        ) from error
    return final
