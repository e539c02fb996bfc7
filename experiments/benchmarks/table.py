"""A table of finished trainings: patterns of a space, several seeds, what was measured at every epoch.

    python -m experiments.benchmarks.table
    python -m experiments.benchmarks.table --seeds 4 data=redkitchen data.root=../shared/data/redkitchen_rgbd5
    python -m experiments.benchmarks.table --patterns 48 --seeds 2 space=routing

Of a space that is too large to be trained whole, landmarks and patterns drawn at random stand for it.
Samplers and schedulers are compared on it without training: `Table.curve` answers within microseconds with the curve of
a training that took place. Measured on the validation split, as a search sees it. It can be stopped at any moment; the
same command goes on. Other arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.settings import Settings
from search.config.validation import check_settings
from search.study.replicates import replicate
from spaces.choices import Space, draw, enumerate_patterns
from spaces.drawing.one_line import describe_in_line
from spaces.errors import ConfigError
from spaces.pattern.sharing_pattern import SharingPattern

FOLDER = Path(__file__).with_suffix("")
DRAWS = 100  # for each pattern wanted, before they are taken for all that there are
FIRST_SEED = 2000  # neither those of searches, from 0, nor those of the landscape, from 1000


@dataclass(frozen=True)
class Table:
    """Trainings of every pattern of a space.

    Args:
        patterns: of the space, in the order of the rows.
        macs: (patterns,) multiply-accumulates of one image.
        params: (patterns,) learnable parameters.
        deltas: "<task>" -> (patterns, seeds, epochs) change against the single-task networks' last epoch in percent,
            their mean over all seeds; positive is better.
    """

    patterns: tuple[SharingPattern, ...]
    macs: np.ndarray
    params: np.ndarray
    deltas: dict[str, np.ndarray]

    @property
    def delta_mtl(self) -> np.ndarray:
        """(patterns, seeds, epochs) mean over the tasks, in percent."""
        return np.asarray(np.mean(list(self.deltas.values()), axis=0))

    @property
    def worst_delta(self) -> np.ndarray:
        """(patterns, seeds, epochs) least over the tasks, in percent."""
        return np.asarray(np.min(list(self.deltas.values()), axis=0))

    def curve(self, row: int, rng: np.random.Generator) -> np.ndarray:
        """delta_mtl of one training of a pattern after 1, 2, ... epochs, (epochs,): that of a seed drawn at random."""
        return np.asarray(self.delta_mtl[row, rng.integers(self.delta_mtl.shape[1])])


def read(path: Path) -> Table:
    """A table from its file; nothing is unpickled."""
    with np.load(path, allow_pickle=False) as stored:
        patterns = tuple(SharingPattern.from_json(json.loads(text)) for text in stored["patterns"])
        deltas = {name.removesuffix(".delta"): stored[name] for name in stored.files if name.endswith(".delta")}
        return Table(
            patterns, stored["macs"], stored["params"], {name: each.astype(float) for name, each in deltas.items()}
        )


def write(path: Path, table: Table) -> None:
    """Write a table in 16 KB or so."""
    texts = np.array([json.dumps(pattern.to_json()) for pattern in table.patterns])
    deltas = {f"{name}.delta": each.astype(np.float32) for name, each in table.deltas.items()}
    np.savez_compressed(path, patterns=texts, macs=table.macs, params=table.params, **deltas)  # type: ignore[arg-type]  # no names by ** in its stubs


def list_patterns(space: Space, tasks: tuple[str, ...], count: int | None) -> tuple[SharingPattern, ...]:
    """All patterns of a space, or as many of it as a count, distinct by key: its landmarks, then random draws."""
    if count is None:
        return tuple(proposal.pattern for proposal in enumerate_patterns(space, tasks))
    rng, found = random.Random(0), {each.pattern.key: each.pattern for each in space.anchors(tasks).values()}
    for _ in range(DRAWS * count):
        if len(found) >= count:
            return tuple(found.values())
        pattern = draw(space, tasks, rng).pattern
        found.setdefault(pattern.key, pattern)
    raise ConfigError(
        f"--patterns {count}: {DRAWS * count} draws from space={space.name} found {len(found)} of them; want fewer, or "
        "leave it out for all"
    )


def trained(settings: Settings, seeds: Sequence[int], count: int | None = None) -> Table:
    """Train what is not trained yet: all patterns, or as many as a count."""
    searched = state_problem(settings)
    patterns = list_patterns(settings.space, searched.tasks, count)
    named = {describe_in_line(pattern): pattern for pattern in patterns}
    found = replicate(settings, named, seeds, judged="val", say=partial(print, flush=True))
    deltas = {}
    for task in (task for task in settings.data.selected if task.main):
        name = f"{task.name}.{task.headline}"
        alone = float(found.single[name].mean())
        sign = next(1.0 if metric.higher_is_better else -1.0 for metric in task.table if metric.name == task.headline)
        deltas[task.name] = sign * 100.0 * (found.curves[name] - alone) / abs(alone)
    costs = [searched.cost(pattern) for pattern in patterns]
    return Table(patterns, np.array([c.macs for c in costs]), np.array([c.params for c in costs]), deltas)


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Make the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, help="trainings a pattern")
    parser.add_argument("--patterns", type=int, help="landmarks and random ones in all; every pattern if not said")
    given, overrides = parser.parse_known_args()
    if given.seeds < 2 or (given.patterns is not None and given.patterns < 2):
        parser.error(f"--seeds {given.seeds} --patterns {given.patterns}: want at least 2 of each, for a spread")
    settings = compose(overrides)
    check_settings(settings)
    table = trained(settings, range(FIRST_SEED, FIRST_SEED + given.seeds), given.patterns)
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{settings.run.name}.npz"
    write(path, table)
    deltas = table.delta_mtl[:, :, -1]
    print(f"{path}: {len(table.patterns)} patterns, {deltas.shape[1]} seeds, {table.delta_mtl.shape[2]} epochs")
    print(f"  means from {deltas.mean(1).min():.1f} to {deltas.mean(1).max():.1f} %, spread of a training ", end="")
    print(f"{deltas.std(1, ddof=1).mean():.1f} points")
    others = (deltas.sum(1, keepdims=True) - deltas) / (deltas.shape[1] - 1)  # what a training has no part in
    told = [np.corrcoef(each.ravel(), others.ravel())[0, 1] for each in np.moveaxis(table.delta_mtl, 2, 0)]
    print("  correlation of one training after each epoch with the mean end of the others: ", end="")
    print(", ".join(f"{each:.2f}" for each in told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
