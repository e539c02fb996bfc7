"""What a start of a search leaves in its run folder for those who look: its arguments, what it is to train, links.

Of no use for going on; a folder without it, of an earlier version, tells less.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from search.standing.moved import Left, follow_move
from spaces.common.atomic_files import write_json

FILE = ".started.json"


@dataclass(frozen=True)
class Started:
    """A start.

    Args:
        arguments: of the search, as a shell takes them; None where that is not known.
        began: Unix time in seconds.
        trainings: to be there in the end, by kind of training.
        epochs: of each, by kind.
        concurrency: trainings at a time; 0 while not known.
        forecast: seconds that a plan has foretold, or None.
        view: the command that shows the record of it; empty for none.
        links: where the record is then seen.
        place: folder in which the arguments were given, as paths in them may be relative; empty where it is not known.
        fresh: seeds that each member of the front is confirmed with at the end, where no more is known of them.
        baselines: names of the files of single-task networks, in the folder that all runs share.
        commits: of the code that has trained it, this start's last; empty where that is not known.
        chained: whether trials follow one another, each on the weights of the one before.
        folder: of the run, whole, as it lay then; empty where that is not known.
    """

    arguments: str | None = None
    began: float = 0.0
    trainings: dict[str, int] = field(default_factory=dict)
    epochs: dict[str, float] = field(default_factory=dict)
    concurrency: int = 0
    forecast: float | None = None
    view: str = ""
    links: tuple[str, ...] = ()
    place: str = ""
    fresh: int = 0
    baselines: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    chained: bool = False
    folder: str = ""

    def foretell(self) -> float | None:
        """Seconds from now until the forecast end; None without a forecast."""
        return None if self.forecast is None else self.began + self.forecast - time.time()


def write_started(folder: Path, started: Started) -> None:
    """Leave it; that it cannot be written is no matter, for the search does not rest on it."""
    with suppress(OSError):
        write_json(folder / FILE, asdict(started))


def read_started(folder: Path) -> Started:
    """What the last start left, as it is for where the folder lies now; an empty one where none can be read."""
    try:
        told = _restore(asdict(Started()) | json.loads((folder / FILE).read_text(encoding="utf-8")))
        left = Left(told.arguments, told.view, told.place, told.folder)
        return replace(told, **asdict(follow_move(left, folder)))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return Started()


def _restore(told: Mapping[str, Any]) -> Started:
    """From its JSON; whatever is not of its kind raises."""
    arguments, forecast = told["arguments"], told["forecast"]
    found = Started(
        arguments=None if arguments is None else str(arguments),
        began=float(told["began"]),
        trainings={str(kind): int(count) for kind, count in told["trainings"].items()},
        epochs={str(kind): float(epochs) for kind, epochs in told["epochs"].items()},
        concurrency=int(told["concurrency"]),
        chained=bool(told["chained"]),
        forecast=None if forecast is None else float(forecast),
        view=str(told["view"]),
        links=tuple(map(str, told["links"])),
        place=str(told["place"]),
        fresh=int(told["fresh"]),
        baselines=tuple(Path(str(name)).name for name in told["baselines"]),
        commits=tuple(map(str, told["commits"])),
        folder=str(told["folder"]),
    )
    if not all(map(math.isfinite, (found.began, found.forecast or 0.0, *found.epochs.values()))):
        raise ValueError("no times")
    return found
