"""The door for notebooks: opens the run folder of a search, finished or running, wherever it lies now.

What can be asked of it then: `search.results.results`.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from search.jobs.job import TRAINING_VERSION
from search.results.results import Results
from search.study.run_config import CONFIG, read_config
from spaces.common.formatting import format_list
from spaces.errors import ConfigError

PARTS = {"tasks": list, "objectives": list, "data": dict, "network": dict, "trainer": dict, "runner": dict}


def load(folder: str | PathLike[str]) -> Results:
    """Open the run folder of a search, wherever it lies now.

    Args:
        folder: such as "runs/fusion-scenes".

    Raises:
        ConfigError: it is no run folder, or its configuration is damaged.
    """
    if not isinstance(folder, (str, PathLike)):
        raise ConfigError(f"load({folder!r}): want the path of a run folder, such as 'runs/fusion-scenes'")
    path = Path(folder).expanduser().absolute()  # so that a notebook may change its working folder
    if not (path / CONFIG).is_file():
        raise ConfigError(_no_run(path))
    try:
        config = read_config(path)
    except OSError as error:
        raise ConfigError(f"{path / CONFIG} cannot be read ({error.strerror}); mend its permissions") from error
    lacking = [name for name, kind in PARTS.items() if not isinstance(config.get(name), kind)]
    if lacking:
        raise ConfigError(
            f"{path / CONFIG} does not say {', '.join(lacking)}: it is damaged, or of an earlier version. Restore it "
            "from a copy, or give the command of the search again, which adds tasks and trains nothing twice"
        )
    if config.get("training_version") != TRAINING_VERSION:
        raise ConfigError(
            f"{path / CONFIG} is of training version {config.get('training_version', 1)}, and this code of version "
            f"{TRAINING_VERSION}: the same weights would mean another network. Load it with the code of the search, or "
            "search again with run.name=NAME"
        )
    return Results(path, config)


def _no_run(path: Path) -> str:
    """Why there is nothing to load, and what may have been meant."""
    found = path if path.is_dir() else path.parent
    runs = [str(config.parent) for config in sorted(found.glob(f"*/{CONFIG}"))] if found.is_dir() else []
    what = f"holds no {CONFIG}, so no search has begun there" if path.is_dir() else "is no folder"
    return f"{path} {what}; want the run folder of a search, such as {format_list(runs) or 'runs/fusion-scenes'}"
