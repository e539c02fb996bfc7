"""The runs that somebody means: one by path or name, or all of a folder."""

from __future__ import annotations

from pathlib import Path

from search.standing.started import read_started
from search.study.run_config import CONFIG
from spaces.common.formatting import format_list
from spaces.common.home import expand_home
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

USUAL = Path("runs")


def find_runs(named: str | None, folder: Path = USUAL) -> tuple[list[Path], Path | None]:
    """Run folders, and the folder of runs that was meant; None where a single run was.

    Args:
        named: the path of a run, its name in the folder, or the path of a folder of runs; None for the folder.
        folder: of all runs.

    Raises:
        ConfigError: nothing is there by that name.
    """
    if named is None:
        runs = _list_runs(folder)
        if not runs:
            raise ConfigError(
                f"{folder}/ holds no run of a search; name the folder of one, such as runs/fusion-scenes, or start one "
                "with python -m search.run space=fusion"
            )
        return runs, folder
    given = expand_home(named, "run")
    for path in (given, folder / named):
        if (path / CONFIG).is_file():
            return [path], None
    if runs := _list_runs(given):
        return runs, given
    known = _list_runs(given.parent) if given.parent != Path() else _list_runs(folder)
    what = "holds no run of a search" if given.is_dir() else "is no run of a search"
    hint = suggest(given.name, [run.name for run in known if run.parent in (given.parent, folder)])
    raise ConfigError(
        f"{named} {what}; want a run folder, its name in {folder}/ or a folder of runs, here "
        f"{format_list(known) or 'none'}{hint}"
    )


def _list_runs(folder: Path) -> list[Path]:
    """Run folders in a folder, those of sweeps in it too, the one that was started last first."""
    if not folder.is_dir():
        return []
    found = {config.parent for config in folder.glob(f"*/{CONFIG}")}
    # What a run itself holds is none.
    found |= {config.parent for config in folder.glob(f"*/*/{CONFIG}") if config.parent.parent not in found}
    # A copy has the times of its files anew, and earlier versions kept no other.
    return sorted(found, key=lambda run: read_started(run).began or (run / CONFIG).stat().st_mtime, reverse=True)
