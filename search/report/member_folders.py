"""A folder for each member of the front: its sharing pattern drawn and in JSON, and its trained weights."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from search.jobs.trial import Trial
from search.results.picture import title_trial
from search.study.run_folder import TRIALS
from spaces.common.atomic_files import replacing, write_json, write_text
from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.networks.weights.content import is_whole

MEMBER = re.compile(r"\d+-[0-9a-f]{16}")  # name of a front member's folder: number and key

OF_TRIALS: Mapping[int, Path] = MappingProxyType({})


def list_pictures(folder: Path, members: Iterable[Trial]) -> list[Path]:
    """The drawings of the front's members, as `write_member_folders` left them."""
    return [_find_folder(folder, trial) / "pattern.svg" for trial in members]


def write_member_folders(folder: Path, members: Sequence[Trial], weights: Mapping[int, Path] = OF_TRIALS) -> None:
    """Write or bring up to date the folders of the front's members, and remove those of trials that have left it.

    Args:
        folder: the run folder; weights are copied from its `trials/0012.pt` where they are.
        members: the front.
        weights: files of them by number of trial, where they lie elsewhere.
    """
    for trial in members:
        place = _find_folder(folder, trial)
        write_text(place / "pattern.txt", draw_text(trial.pattern).rstrip() + "\n")
        write_text(place / "pattern.svg", draw_svg(trial.pattern, title_trial(trial)))
        write_json(place / "pattern.json", trial.pattern.to_json())
        if trial.masks:
            write_json(place / "masks.json", dict(trial.masks))
        source = weights.get(trial.number, folder / TRIALS / f"{trial.number:04d}.pt")
        _copy_if_changed(source, place / "weights.pt")
    current = {_find_folder(folder, trial).name for trial in members}
    (folder / "front").mkdir(parents=True, exist_ok=True)
    for place in (folder / "front").iterdir():
        # Only what this report has made; a folder that somebody put there stays.
        if MEMBER.fullmatch(place.name) and place.name not in current:
            shutil.rmtree(place)


def _find_folder(folder: Path, trial: Trial) -> Path:
    return folder / "front" / f"{trial.number}-{trial.key}"


def _copy_if_changed(source: Path, target: Path) -> None:
    if not source.exists():
        return
    ours, theirs = target.stat() if target.exists() else None, source.stat()
    if ours is not None and (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns):
        return
    if ours is not None and not is_whole(source):
        return  # damaged: the copy that is there may be the last good one
    with replacing(target) as temporary:
        shutil.copy2(source, temporary)
