"""Do confirmed intervals hold, and by how much does a search flatter? Against ten seeds of every pattern.

    python -m experiments.benchmarks.confirmed
    python -m experiments.benchmarks.confirmed --run-seeds 6 7 --confirm 2 sampler=tpe

Searches the default problem with several run seeds, confirms what each delivers with fresh seeds on the test split, and
holds means and intervals against `experiments/benchmarks/landscape/fusion-scenes.csv`, where every pattern has the mean
of ten seeds on the same split (`delta_mtl.mean`; neither searches nor confirmations have these seeds). The table is
left in `experiments/benchmarks/confirmed/`. It can be stopped at any moment; the same command goes on. Other arguments
are those of `search.run`; trainings must be those of the landscape, so the sampler is one whose trials start from
nothing.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from search.config.command import end_in_one_message
from search.load import load
from search.results.results import Results
from search.run import main as search
from spaces.common.formatting import format_count
from spaces.drawing.one_line import describe_in_line
from spaces.errors import DataError

FOLDER = Path(__file__).with_suffix("")
LANDSCAPE = FOLDER.with_name("landscape") / "fusion-scenes.csv"
RUN_SEEDS = (3, 4, 5)  # trainings of run.seed=1 are the landscape's own, of run.seed=2 those that tuned samplers
USUAL = ("space=fusion", "sampler=frontier", "tracking=none")


@dataclass(frozen=True)
class Line:
    """One confirmed network.

    Args:
        run_seed: of its search.
        number: of its trial.
        sharing: its pattern in words.
        macs: multiply-accumulates of one image.
        searched: delta_mtl as the search measured it, on the validation split.
        mean: confirmed.
        low: lower end of its 95 % interval.
        high: upper end.
        truth: mean of the landscape's seeds.
        error: standard error of that.
    """

    run_seed: int
    number: int
    sharing: str
    macs: float
    searched: float
    mean: float
    low: float
    high: float
    truth: float
    error: float

    @property
    def holds(self) -> bool:
        """Whether the interval holds the landscape's mean."""
        return self.low <= self.truth <= self.high


def read_landscape(path: Path) -> dict[str, tuple[float, float]]:
    """Mean delta_mtl and its standard error by pattern in words."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["pattern"]: (float(row["delta_mtl.mean"]), float(row["delta_mtl.error"])) for row in rows}


def compare(run: Results, run_seed: int, landscape: Mapping[str, tuple[float, float]]) -> list[Line]:
    """The confirmed networks of a run beside the landscape, cheapest first.

    Raises:
        DataError: a pattern is not in the landscape, or nothing is confirmed.
    """
    lines = []
    for number, row in run.confirmed.iterrows():
        sharing = describe_in_line(run.pattern(number))
        if sharing not in landscape:
            raise DataError(f"trial {number} of {run.path}: the landscape has no {sharing}; give one with --landscape")
        mean, low, high = (float(row[f"delta_mtl{part}"]) for part in ("", ".low", ".high"))
        searched, macs = float(row["delta_mtl.search"]), float(row["macs"])
        lines.append(Line(run_seed, number, sharing, macs, searched, mean, low, high, *landscape[sharing]))
    return lines


def format_table(lines: Sequence[Line]) -> str:
    """All networks, then coverage and the winner's curse, in Markdown."""
    head = "| run seed | trial | pattern | MACs | search | confirmed (95 %) | ten seeds | held |"
    rows = [head, "|---" * 8 + "|", *map(_format_line, lines)]
    held = sum(each.holds for each in lines)
    width = fmean(each.high - each.low for each in lines)
    rows += [
        "",
        f"Intervals hold the ten-seed mean of {held} of {len(lines)} networks ({100 * held / len(lines):.0f} %); "
        f"they are {width:.1f} points wide on average.",
        "",
        "| run seed | networks | search - confirmed | search - ten seeds | confirmed - ten seeds |",
        "|---" * 5 + "|",
    ]
    for seed in dict.fromkeys(each.run_seed for each in lines):
        own = [each for each in lines if each.run_seed == seed]
        gaps = (
            fmean(each.searched - each.mean for each in own),
            fmean(each.searched - each.truth for each in own),
            fmean(each.mean - each.truth for each in own),
        )
        rows.append(f"| {seed} | {len(own)} | " + " | ".join(f"{gap:+.2f}" for gap in gaps) + " |")
    return "\n".join(rows) + "\n"


def _format_line(each: Line) -> str:
    return (
        f"| {each.run_seed} | {each.number} | {each.sharing.replace('|', '/')} | {format_count(each.macs)} | "
        f"{each.searched:+.2f} | {each.mean:+.2f} ({each.low:+.2f} to {each.high:+.2f}) | "
        f"{each.truth:+.2f} +- {each.error:.2f} | {'yes' if each.holds else 'no'} |"
    )


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--run-seeds", type=int, nargs="+", default=list(RUN_SEEDS), help="of the searches")
    parser.add_argument("--confirm", type=int, default=3, help="fresh seeds of every network")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of the searches")
    parser.add_argument("--landscape", type=Path, default=LANDSCAPE, help="table of ten seeds a pattern")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the table goes")
    given, overrides = parser.parse_known_args(argv)
    chosen = {each.partition("=")[0] for each in overrides}
    usual = [each for each in USUAL if each.partition("=")[0] not in chosen]
    landscape, lines = read_landscape(given.landscape), list[Line]()
    for seed in given.run_seeds:
        name = f"confirmed-{seed}"
        own = [f"run.seed={seed}", f"run.name={name}", f"run.folder={given.runs}", f"confirm.seeds={given.confirm}"]
        if status := search([*usual, *overrides, *own]):
            return status
        lines += compare(load(given.runs / name), seed, landscape)
    text = format_table(lines)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "confirmed.md").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
