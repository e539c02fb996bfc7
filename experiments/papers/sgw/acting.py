"""Whether a workspace acts, by its options: how evenly it attends, and what is lost with its mean in its place.

    python -m experiments.papers.sgw.acting --epochs 32

Every row of `acting` in config.yaml is trained with the same seeds and judged on the validation split, for these rows
are there for a choice; `experiments.papers.compare sgw` judges what was chosen. Beside each stands the network with its
necks at its scales and without exchange, one for all rows that have the same. A module acts where the entropy of its
retrieval is below .8 of its maximum and its mean in its place costs more than a point of delta_mtl. It can be stopped
at any moment; the same command goes on. Other arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from experiments.papers.comparison.contestants import list_silenced, list_variants, read_method
from experiments.papers.comparison.measured import measure
from experiments.papers.comparison.table import describe_gains, make_rows, name_columns
from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.settings import Settings
from search.config.validation import check_settings
from search.study.replicates import Entrant
from trainers.recipe import stretch_recipe

FOLDER, FILE = Path(__file__).parent, "acting.csv"
FIRST_SEED = 5000  # those that variants are tried with in `experiments.papers.compare`
say = partial(print, flush=True)


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Train them and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--epochs", type=int, help="of every training; those of the recipe if not said")
    parser.add_argument("--seeds", type=int, default=2, help="trainings a row")
    parser.add_argument("--rows", type=int, help="how many of the first rows are trained; all if not said")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the table")
    given, overrides = parser.parse_known_args()
    if given.seeds < 2 or (given.rows is not None and given.rows < 1):
        parser.error(f"--seeds {given.seeds} --rows {given.rows}: want at least 2, for a spread, and 1")
    config = read_method("sgw")
    settings = compose([f"space={config['space']}", *overrides])
    check_settings(settings)
    acting = dict(islice(config["acting"].items(), given.rows))
    if given.epochs:
        settings = replace(settings, trainer=stretch_recipe(settings.trainer, given.epochs))
    silenced, beside = pair_silenced(settings, config["rivals"], acting)
    rows = {**list_variants(settings, acting), **silenced}
    measured = measure(settings, rows, range(FIRST_SEED, FIRST_SEED + given.seeds), say, "val")
    with (given.folder / FILE).open("w", newline="") as file:
        table = make_rows(measured, settings, "tried on val", beside)
        csv.writer(file, lineterminator="\n").writerows([name_columns(settings), *table])
    say("\n".join(describe_gains(measured.found, "tried on the validation split", {})))
    return 0


def pair_silenced(
    settings: Settings, rivals: Mapping[str, str], acting: Mapping[str, Any]
) -> tuple[dict[str, Entrant], dict[str, str]]:
    """The networks without exchange that rows come to, each once, by name; and by row the name of its own."""
    silenced: dict[str, Entrant] = {}
    beside: dict[str, str] = {}
    for row, choices in acting.items():
        ((what, entrant),) = list_silenced(settings, rivals, choices).items()
        known = (name for name, other in silenced.items() if other.pattern == entrant.pattern)
        beside[row] = next(known, f"{what}, as in '{row}'")
        silenced.setdefault(beside[row], entrant)
    return silenced, beside


if __name__ == "__main__":
    sys.exit(main())
