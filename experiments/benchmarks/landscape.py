"""The landscape of the default problem: what every way of sharing gains and costs, with paired seeds.

    python -m experiments.benchmarks.landscape
    python -m experiments.benchmarks.landscape --seeds 8 data=redkitchen data.root=../shared/data/redkitchen_rgbd5

Trains every pattern of the fusion space and every task alone with each seed, measures them on the test split, and
leaves a table and a plot in `experiments/benchmarks/landscape/`. It can be stopped at any moment; the same command goes
on. No default was tuned on the seeds; a search with run.seed=1 would train with them. Other arguments are those of
`search.run`.

The ladder: three patterns of rising cost, chosen on the first seeds and judged on the others, so that it is not the
choice that makes them differ.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.validation import check_settings
from search.problem import pareto
from search.problem.objectives import MAXIMISE, MINIMISE
from search.study.replicates import Replicates, compute_mean_and_error, replicate
from spaces.choices import enumerate_patterns
from spaces.common.formatting import format_macs
from spaces.drawing.one_line import describe_in_line

FOLDER = Path(__file__).with_suffix("")
FIRST_SEED = 1000  # searches begin at 0, with run.seed=0
CHOOSING = 0.4  # share of the seeds, the first ones, that choose the ladder
FEWEST = 4  # seeds, two of them to judge with a standard error
BLUE, GREY, LIGHT, RED = "#1f5fa8", "#9aa3ad", "#d9dee3", "#b3402a"


def choose_ladder(means: np.ndarray, macs: np.ndarray) -> tuple[int, ...]:
    """Three members of the front, cheapest first, whose smaller step in delta is the largest."""
    front = pareto.mark_front(np.stack([means, macs], axis=1), [MAXIMISE, MINIMISE])
    ordered = sorted(front, key=lambda row: macs[row])
    if len(ordered) < 3:
        return tuple(ordered)
    return max(combinations(ordered, 3), key=lambda rungs: min(means[b] - means[a] for a, b in pairwise(rungs)))


def compare_rungs(replicates: Replicates, rungs: Sequence[str]) -> list[tuple[str, str, float, float]]:
    """Paired difference of each rung to the one below, with its standard error, in points of delta_mtl."""
    return [(a, b, *replicates.difference(b, a)) for a, b in pairwise(rungs)]


def write_table(path: Path, replicates: Replicates, macs: np.ndarray, params: np.ndarray, front: set[int]) -> None:
    """One row a pattern, cheapest first."""
    tasks = sorted(name.removesuffix(".delta") for name in replicates.metrics if name.endswith(".delta"))
    named = ["delta_mtl", "worst_delta", *(f"{task}.delta" for task in tasks)]
    with path.open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            [
                "pattern",
                "macs",
                "params",
                "seeds",
                *(f"{n}.{part}" for n in named for part in ("mean", "error")),
                "front",
            ]
        )
        for row in np.lexsort((-replicates.metrics["delta_mtl"].mean(1), macs)):
            numbers = [f"{v:.3f}" for name in named for v in compute_mean_and_error(replicates.metrics[name][row])]
            seeds = len(replicates.seeds)
            table.writerow(
                [replicates.names[row], macs[row], params[row], seeds, *numbers, "yes" if row in front else ""]
            )


def draw_landscape(
    path: Path, title: str, replicates: Replicates, macs: np.ndarray, rungs: Sequence[int], front: set[int]
) -> None:
    """Mean delta with its standard error against MACs; the front and the ladder marked."""
    # matplotlib: 1 s, --help does without
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    # What a seed does to all patterns alike says nothing of their differences, so it is taken out of the errors.
    deltas = replicates.metrics["delta_mtl"]
    means = deltas.mean(1)
    errors = np.array([compute_mean_and_error(row)[1] for row in deltas - deltas.mean(0)])
    for rows, colour, label in (
        (sorted(set(range(len(macs))) - front), GREY, "dominated"),
        (sorted(front, key=lambda row: macs[row]), BLUE, "front of the means"),
    ):
        axes.errorbar(
            macs[rows] / 1e6, means[rows], errors[rows], fmt="o", color=colour, markersize=5, elinewidth=1, label=label
        )
    ring = list(rungs)
    axes.scatter(
        macs[ring] / 1e6, means[ring], s=170, facecolors="none", edgecolors=RED, linewidths=1.6, label="ladder"
    )
    for row in ring:
        axes.annotate(
            replicates.names[row],
            (macs[row] / 1e6, means[row]),
            xytext=(0, 14),
            textcoords="offset points",
            ha="left" if row == ring[0] else "right",
            fontsize=8,
            color=RED,
            bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1},
        )
    axes.axhline(0, color="black", linewidth=0.8, linestyle=(0, (4, 3)), label="single-task networks")
    axes.set_xlabel("MACs of one image [M], lower is better")
    axes.set_ylabel("delta_mtl [% vs single-task], higher is better")
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=LIGHT, linewidth=0.6)
    axes.margins(y=0.12)
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    figure.savefig(path, dpi=150)


def write_report(replicates: Replicates, macs: np.ndarray, params: np.ndarray, name: str) -> str:
    """Write table and plot; the ladder in words."""
    FOLDER.mkdir(exist_ok=True)
    split = round(CHOOSING * len(replicates.seeds))
    choosing, judging = replicates.seeds[:split], replicates.seeds[split:]
    means = replicates.metrics["delta_mtl"].mean(1)
    front = set(pareto.mark_front(np.stack([means, macs], axis=1), [MAXIMISE, MINIMISE]))
    rungs = choose_ladder(replicates.of(choosing).metrics["delta_mtl"].mean(1), macs)
    write_table(FOLDER / f"{name}.csv", replicates, macs, params, front)
    title = f"{name}: all {len(macs)} patterns, {len(replicates.seeds)} seeds, test split; paired standard errors"
    draw_landscape(FOLDER / f"{name}.png", title, replicates, macs, rungs, front)
    lines = [
        f"{len(macs)} patterns, {len(replicates.seeds)} seeds ({replicates.seeds[0]} to {replicates.seeds[-1]}), "
        f"measured on the test split; {len(front)} patterns on the front of the means.",
        f"Ladder chosen on seeds {choosing[0]} to {choosing[-1]}, judged on {judging[0]} to {judging[-1]}:",
    ]
    judged = replicates.of(judging)
    for row in rungs:
        mean, error = compute_mean_and_error(judged.metrics["delta_mtl"][row])
        on = "on the front of all means" if row in front else "not on the front of all means"
        lines.append(f"  {format_macs(macs[row])}  {mean:+6.2f} +- {error:.2f} %  {replicates.names[row]}  ({on})")
    for below, above, mean, error in compare_rungs(judged, [replicates.names[row] for row in rungs]):
        clear = f"{mean / error:.1f} standard errors" if error else ""
        lines.append(f"  {above}  over  {below}: {mean:+.2f} +- {error:.2f} points ({clear})")
    if len(rungs) < 3:
        lines.append("  fewer than three rungs: the front of the choosing seeds is that short")
    return "\n".join(lines) + "\n"


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10, help="trainings a pattern")
    given, overrides = parser.parse_known_args()
    if given.seeds < FEWEST:
        parser.error(f"--seeds {given.seeds}: want at least {FEWEST}: some choose the ladder, the others judge it")
    settings = compose(overrides)
    check_settings(settings)
    searched = state_problem(settings)
    patterns = [proposal.pattern for proposal in enumerate_patterns(settings.space, searched.tasks)]
    costs = [searched.cost(pattern) for pattern in patterns]
    named = {describe_in_line(pattern): pattern for pattern in patterns}
    seeds = range(FIRST_SEED, FIRST_SEED + given.seeds)
    replicates = replicate(settings, named, seeds, say=partial(print, flush=True))
    macs, params = np.array([c.macs for c in costs]), np.array([c.params for c in costs])
    text = write_report(replicates, macs, params, settings.run.name)
    (FOLDER / f"{settings.run.name}.txt").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
