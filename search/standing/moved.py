"""What the last start of a search has left, spelled for where its run folder lies now: it may be moved or copied."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from search.tracking.store_uri import make_sqlite_uri, make_view_command
from spaces.common.interpreter import spell_anew

STORE = "mlflow.db"  # beside the runs, where no other store was given


@dataclass(frozen=True)
class Left:
    """What of a start says where things are; see `search.standing.started.Started`."""

    arguments: str | None
    view: str
    place: str
    folder: str


def follow_move(left: Left, path: Path) -> Left:
    """The same as one would give it now; unchanged where the run lies where it was started, or that is not known.

    Args:
        left: by the start.
        path: of the run now.
    """
    then, now = Path(left.folder), path.resolve()
    if not left.folder or then == now:
        return left
    view = _follow_store(left.view, then.parent, now.parent)
    place, arguments = left.place, left.arguments
    if place and not Path(place).is_dir():
        # Where all that the search was started among has moved with it, its paths are right from there.
        tail = then.relative_to(place).parts if then.is_relative_to(place) else ()
        together = bool(tail) and now.parts[-len(tail) :] == tail
        place = str(Path(*now.parts[: -len(tail)])) if together else ""
    if arguments is not None:
        arguments = _spell_place(arguments, then, path.absolute())
    return Left(arguments, view, place, str(now))


def _follow_store(view: str, then: Path, now: Path) -> str:
    """The command that shows the store, of the one that has come along where it lay beside the runs."""
    usual = make_view_command(make_sqlite_uri(then / STORE))
    if view and spell_anew(view) == usual and (now / STORE).exists():
        return make_view_command(make_sqlite_uri(now / STORE))
    return view


def _spell_place(arguments: str, then: Path, now: Path) -> str:
    """Arguments of a search with the folder and the name that a run has now, as far as these differ."""
    told = {}
    if then.parent != now.parent.resolve():
        told["run.folder"] = f"run.folder={now.parent}"
    if then.name != now.name:
        told["run.name"] = f"run.name={now.name}"
    kept = [word for word in shlex.split(arguments) if word.partition("=")[0].lstrip("+") not in told]
    return shlex.join([*kept, *told.values()])
