"""The door for notebooks: opens the run folder of a search, finished or running, wherever it lies now.

What can be read of it then: `search.results.results`. What is done with it stands above that and is joined to it here,
so that each of these may be used without the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.config.command import refuse_file_out, refuse_run_out
from search.deploy.format import LARGEST, SIDECAR
from search.deploy.formats import choose_format
from search.jobs.job import TRAINING_VERSION
from search.results.labels import arrange_labels
from search.results.results import Results
from search.study.run_config import CONFIG, read_config
from spaces.common.formatting import format_list
from spaces.common.home import expand_home
from spaces.common.permissions import allow as allow_packages
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from search.deploy.exporting import Exported
    from search.deploy.side_by_side import SideBySide
    from search.picking.choice import Choice

PARTS = {"tasks": list, "objectives": list, "data": dict, "network": dict, "trainer": dict, "runner": dict}


class Run(Results):
    """A search as notebooks have it: what can be read of it, and what the commands do with it."""

    def pick(
        self, *conditions: str, maximize: str | None = None, minimize: str | None = None, knee: bool = False
    ) -> Choice:
        """The delivered network that fits a need best, as ``python -m search.pick`` does; a number, with its reasons.

        Args:
            conditions: such as "macs<=16e6"; where nothing meets all, the nearest is told.
            maximize: column that is best where it is largest; None for the first objective that is no cost.
            minimize: column that is best where it is smallest.
            knee: no preference: nearest to the best of every objective.

        Raises:
            ConfigError: a condition that does not parse, a name of no column, or more than one thing to be best.
            DataError: nothing is delivered yet, or no weights are kept.
        """
        from search.picking.choice import choose  # pandas and scipy: 1 s, those who only read do without

        return choose(self, conditions, maximize, minimize, knee=knee)

    def export(
        self,
        number: int,
        format: str = "onnx",
        size: tuple[int, int] | None = None,
        out: str | PathLike[str] | None = None,
    ) -> Exported:
        """A trial's network as a file that runs alone, as ``python -m search.export`` writes it.

        Args:
            number: of a trial whose weights are kept.
            format: "onnx", "pt2" or "openvino".
            size: (height, width) of the images that it takes; None for those of the data.
            out: folder of the file and of export.json; None for exports/<trial>-<format> in the run folder, with
                -<height>x<width> behind where a size is said.

        Raises:
            ConfigError: no such format, its packages are missing, there is no memory for images of that size, or the
                folder is one that a search keeps its own files in.
            DataError: no such trial, no weights, or a network that cannot be written so.
        """
        form = choose_format(format)
        if size is not None and not _is_size(size):
            raise ConfigError(f"size {size}: want two whole numbers from 1 to {LARGEST}, (height, width)")
        if out is not None and not isinstance(out, (str, PathLike)):
            raise ConfigError(f"out={out!r}: want the path of a folder, such as 'exports/best'")
        own = f"-{size[0]}x{size[1]}" if size else ""  # beside the one of the data's size, not in its place
        folder = expand_home(out, "out") if out else self.path / "exports" / f"{number}-{form.name}{own}"
        refuse_file_out(folder)
        refuse_run_out(folder, (SIDECAR, "model.*"))
        from search.deploy.exporting import export_trial  # torch: 1.5 s, wrong arguments are refused without

        return export_trial(self, number, form, (int(size[0]), int(size[1])) if size else None, folder)

    def targets(self, split: str = "val") -> dict[str, np.ndarray]:
        """What the labels of a split say, by task, in the layout of `predict`; NaN or -1 where nothing is known.

        Raises:
            DataError: the data are not where they were.
        """
        return arrange_labels(self.data.load(split), self.tasks)

    def show(self, number: int, n: int = 4, split: str = "val") -> SideBySide:
        """The first images of a split, what a trial's network says about them and what their labels say, as a figure.

        Args:
            number: of a trial whose weights are kept.
            n: images, at least 1.
            split: "train", "val" or "test".

        Raises:
            ConfigError: n is no whole number of at least 1.
            DataError: no such trial, no weights, or the data are not where they were.
        """
        from search.deploy.showing import show_trial  # torch: as above

        return show_trial(self, number, n, split)


def _is_size(size: Any) -> bool:
    return (
        isinstance(size, (tuple, list))
        and len(size) == 2
        and all(isinstance(each, Integral) and each is not True and 0 < int(each) <= LARGEST for each in size)
    )


def load(folder: str | PathLike[str], allow: Sequence[str] = ()) -> Run:
    """Open the run folder of a search, wherever it lies now.

    Args:
        folder: such as "runs/fusion-scenes".
        allow: packages whose code may run here where the run names it, for nothing else that a run folder names does.

    Raises:
        ConfigError: it is no run folder, or its configuration is damaged.
    """
    if not isinstance(folder, (str, PathLike)):
        raise ConfigError(f"load({folder!r}): want the path of a run folder, such as 'runs/fusion-scenes'")
    allow_packages(allow)
    path = expand_home(folder, "run").absolute()  # so that a notebook may change its working folder
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
    return Run(path, config)


def _no_run(path: Path) -> str:
    """Why there is nothing to load, and what may have been meant."""
    found = path if path.is_dir() else path.parent
    runs = [config.parent for config in sorted(found.glob(f"*/{CONFIG}"))] if found.is_dir() else []
    what = f"holds no {CONFIG}, so no search has begun there" if path.is_dir() else "is no folder"
    near = suggest(path.name, [run.name for run in runs]).removesuffix(".")  # which would stick to a path
    return f"{path} {what}; want the run folder of a search, such as {format_list(runs) or 'runs/fusion-scenes'}{near}"
