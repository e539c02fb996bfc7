"""Pictures of how alike the tasks' decoders were in the trials whose probe measured it, one PNG a trial."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from search.brief import one_line
from search.trial import Trial

FOLDER = "similarity"


def pictures(folder: Path, trials: Iterable[Trial]) -> list[Path]:
    """Draw what has not been drawn yet; the groups shown are those that the trial was trained with.

    Args:
        folder: the run folder; pictures are `similarity/0012.png`.
        trials: finished trials, those without similarities among them.

    Returns:
        All pictures, by number of the trial.
    """
    drawn = []
    for trial in sorted(trials, key=lambda trial: trial.number):
        found = trial.findings.get("similarity", {})
        if "stages" not in found:
            continue
        path = folder / FOLDER / f"{trial.number:04d}.png"
        if not path.exists():
            from search import heatmaps  # matplotlib

            groups = [stage.groups for stage in trial.pattern.decoder]
            title = f"trial {trial.number}: {one_line(trial.pattern)}"
            heatmaps.draw(path, title, found["tasks"], found["stages"], groups)
        drawn.append(path)
    return drawn
