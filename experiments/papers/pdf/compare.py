"""Progressive Decoder Fusion beside a searched front: is its tree on the front, and what did it cost to find?

    python -m experiments.papers.pdf.compare
    python -m experiments.papers.pdf.compare --searches 1 --judges 4 data=redkitchen data.root=DIR

Per run seed three searches: the published algorithm, its offline variant, and TPE. What they settle on
is trained again with seeds that none of them has seen, and measured on the test split; those trainings are shared with
`experiments.benchmarks.landscape`. Tables and plot go to `experiments/papers/pdf/`. It can be stopped at any moment;
the same command goes on. Other arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.settings import Settings
from search.config.validation import check_settings
from search.jobs.trial import Trial, load_trial
from search.problem import pareto
from search.problem.objectives import MAXIMISE, MINIMISE, resolve_objectives
from search.problem.reference_point import compute_reference_point
from search.study.replicates import Replicates, compute_mean_and_error, replicate
from spaces.common.formatting import format_duration
from spaces.drawing.one_line import describe_in_line
from spaces.errors import ConfigError
from spaces.pattern.sharing_pattern import SharingPattern

FOLDER = Path(__file__).parent
RUN_SEEDS = (0, 2, 3)  # their trainings have the seeds 0.., 2000.. and 3000..; the judging ones begin at 1000
FIRST_JUDGE = 1000
METHODS = ("progressive", "offline", "tpe")
TRIALS = 18  # that each may train where nothing is said
CLEAR = 2.0  # standard errors
CHOOSING = 0.4  # share of the judges that choose a tree's rival
INTERRUPTED = 130  # exit status of a search
BLUE, GREY, LIGHT, RED, ORANGE = "#1f5fa8", "#9aa3ad", "#d9dee3", "#b3402a", "#e8701a"


@dataclass(frozen=True)
class Found:
    """What a search settled on.

    Args:
        method: name of the sampler.
        seed: of the run.
        trials: all that it trained.
        answer: its tree, or the members of its front.
    """

    method: str
    seed: int
    trials: tuple[Trial, ...]
    answer: tuple[SharingPattern, ...]

    @property
    def own(self) -> tuple[Trial, ...]:
        """What the method itself had to train: PDF has no use for the anchor all fused, unless it ends there."""
        if self.method == "tpe":
            return self.trials
        return tuple(t for t in self.trials if len(t.pattern.decoder[-1].groups) > 1 or t.pattern in self.answer)

    @property
    def seconds(self) -> float:
        """Wall time of these trainings, one after the other, as loaded as the machine was."""
        return sum(trial.seconds for trial in self.own)


def run_search(settings: Settings, overrides: Sequence[str], method: str, seed: int) -> Found:
    """Run or resume a search and read what it found.

    Raises:
        KeyboardInterrupt: the search was stopped.
        ConfigError: it was refused or failed, which it has told, or ended before it had a tree.
    """
    name = f"pdf-{settings.run.name}-{method}-{seed}"
    options = [f"trials={TRIALS}", *overrides, f"sampler={method}", f"run.seed={seed}", f"run.name={name}"]
    command = [sys.executable, "-m", "search.run", *options, "tracking=none"]
    status = subprocess.run(command, check=False).returncode
    if status == INTERRUPTED:
        raise KeyboardInterrupt
    if status:
        raise ConfigError(f"the search {name} ended with status {status}; its own message is above")
    folder = settings.run.folder / name
    trials = tuple(load_trial(path) for path in sorted((folder / "trials").glob("[0-9]*.json")))
    with (folder / "trials.csv").open(newline="") as file:
        marked = {row["key"] for row in csv.DictReader(file) if f"{method} tree" in row["mark"]}
    with (folder / "front.csv").open(newline="") as file:
        front = {row["key"] for row in csv.DictReader(file)}
    wanted = front if method == "tpe" else marked
    answer = tuple(trial.pattern for trial in trials if trial.key in wanted and trial.complete)
    if not answer:
        raise ConfigError(f"{folder} has no {method} tree: it ended before; give a larger trials=N")
    return Found(method, seed, trials, answer)


def make_rows(
    found: Sequence[Found], judged: Replicates, macs: Mapping[str, int], volume: Callable[[Sequence[str]], float]
) -> list[list[str]]:
    """One row a search: cost, answer, judged delta, and the best that the searched front has for the same MACs."""
    fronts = {each.seed: [describe_in_line(p) for p in each.answer] for each in found if each.method == "tpe"}
    table = []
    for each in found:
        names = [describe_in_line(pattern) for pattern in each.answer]
        trained = [describe_in_line(trial.pattern) for trial in each.trials]
        cost = [each.method, str(each.seed), str(len(each.own)), f"{each.seconds:.0f}"]
        volumes = [f"{volume(names):.1f}", f"{volume(trained):.1f}"]
        if each.method == "tpe":
            table.append([*cost, f"front of {len(names)}", "", "", "", *volumes, "", "", "", ""])
            continue
        (tree,) = names
        mean, error = compute_mean_and_error(judged.metrics["delta_mtl"][judged.names.index(tree)])
        rivals = [name for name in fronts[each.seed] if macs[name] <= macs[tree] and name != tree]
        better, gain, spread = _find_rival(judged, tree, rivals)
        verdict = "dominated" if gain > CLEAR * spread else "not dominated"
        compared = [better, f"{gain:.2f}", f"{spread:.2f}", verdict] if better else ["", "", "", "no rival as cheap"]
        table.append([*cost, tree, str(macs[tree]), f"{mean:.2f}", f"{error:.2f}", *volumes, *compared])
    return table


def _find_rival(judged: Replicates, tree: str, rivals: Sequence[str]) -> tuple[str, float, float]:
    """The searched pattern that gains most on the tree for no more MACs: its name, gain and standard error.

    The first judges choose it and the others measure it, so that being chosen is no gain by the luck of a training; it
    may be one by that of the images, which are those of the test split in both.
    """
    split = round(CHOOSING * len(judged.seeds))
    choosing, judging = judged.of(judged.seeds[:split]), judged.of(judged.seeds[split:])
    best = max(rivals, key=lambda name: choosing.difference(name, tree)[0], default="")
    return (best, *judging.difference(best, tree)) if best else ("", 0.0, 0.0)


def draw_judged(
    path: Path,
    title: str,
    found: Sequence[Found],
    judged: Replicates,
    macs: Mapping[str, int],
    extremes: Mapping[str, str],
) -> None:
    """Judged means with standard errors: what the searches found among the extremes."""
    # matplotlib: 1 s, --help does without
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    values = {n: compute_mean_and_error(row) for n, row in zip(judged.names, judged.metrics["delta_mtl"], strict=True)}

    def scatter(names: Sequence[str], colour: str, label: str, marker: str, size: float, fill: str) -> None:
        x = [macs[name] / 1e6 for name in names]
        y, errors = np.array([values[name] for name in names]).T
        axes.errorbar(
            x, y, errors, fmt=marker, color=colour, markersize=size, elinewidth=1, label=label, fillstyle=fill
        )

    answers = {m: sorted({describe_in_line(p) for e in found if e.method == m for p in e.answer}) for m in METHODS}
    scatter(sorted(set(values) - set().union(*answers.values())), GREY, "other trials", "o", 5, "full")
    scatter(answers["tpe"], BLUE, "searched fronts", "o", 5, "full")
    scatter(answers["offline"], ORANGE, "offline trees", "s", 11, "none")  # hollow, for trees may be members too
    scatter(answers["progressive"], RED, "progressive trees", "D", 11, "none")
    for words, name in extremes.items():
        place = (macs[name] / 1e6, values[name][0])
        axes.annotate(words, place, xytext=(6, -14), textcoords="offset points", fontsize=8)
    axes.axhline(0, color="black", linewidth=0.8, linestyle=(0, (4, 3)), label="single-task networks")
    axes.set_xlabel("MACs of one image [M], lower is better")
    axes.set_ylabel("delta_mtl [% vs single-task], higher is better")
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=LIGHT, linewidth=0.6)
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    figure.savefig(path, dpi=150)


HEAD = [
    *("method", "run seed", "trainings", "seconds", "answer", "macs", "delta_mtl mean", "delta_mtl error"),
    *("hypervolume of the answer", "hypervolume of all it trained"),
    *("rival for no more MACs", "by points", "error", "verdict"),
]


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--judges", type=int, default=10, help="trainings a pattern that judge it")
    parser.add_argument("--searches", type=int, choices=range(1, len(RUN_SEEDS) + 1), default=len(RUN_SEEDS))
    given, overrides = parser.parse_known_args()
    if given.judges < 2:
        parser.error(f"--judges {given.judges}: want at least 2, for a standard error")
    settings = compose(overrides)
    check_settings(settings)
    found = [
        run_search(settings, overrides, method, seed) for seed in RUN_SEEDS[: given.searches] for method in METHODS
    ]
    space = state_problem(settings)
    landmarks = settings.space.anchors(space.tasks)
    anchors = [anchor.pattern for anchor in landmarks.values()]
    steps = [trial.pattern for each in found for trial in each.trials]
    patterns = {describe_in_line(pattern): pattern for pattern in [*anchors, *steps]}
    seeds = range(FIRST_JUDGE, FIRST_JUDGE + given.judges)
    judged = replicate(settings, patterns, seeds, say=partial(print, flush=True))
    macs = {name: space.cost(pattern).macs for name, pattern in patterns.items()}
    objectives = resolve_objectives(["delta_mtl", "macs"], settings.data.selected)
    reference = compute_reference_point(objectives, max(space.cost(pattern).macs for pattern in anchors), 0, {})

    def volume(names: Sequence[str]) -> float:
        """Hypervolume [% x MMACs] of the judged means of some patterns."""
        means = judged.metrics["delta_mtl"].mean(1)
        points = np.array([[means[judged.names.index(name)], macs[name]] for name in names])
        return pareto.compute_hypervolume(points, reference, [MAXIMISE, MINIMISE]) / 1e6

    table = make_rows(found, judged, macs, volume)
    for words, anchor in landmarks.items():
        name = describe_in_line(anchor.pattern)
        mean, spread = compute_mean_and_error(judged.metrics["delta_mtl"][judged.names.index(name)])
        known = [name, str(macs[name]), f"{mean:.2f}", f"{spread:.2f}", f"{volume([name]):.1f}"]
        table.append([words, "", "", "", *known, "", "", "", "", ""])
    with (FOLDER / f"{settings.run.name}.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *table])
    title = f"{settings.run.name}: mean and standard error of {given.judges} fresh seeds, test split"
    extremes = {words: describe_in_line(anchor.pattern) for words, anchor in landmarks.items()}
    draw_judged(FOLDER / f"{settings.run.name}.png", title, found, judged, macs, extremes)
    for row in table:
        told = " | ".join(f"{name} {cell}" for name, cell in zip(HEAD[4:], row[4:], strict=True) if cell)
        cost = f", run seed {row[1]}: {row[2]} trainings, {format_duration(float(row[3]))}" if row[1] else ""
        print(f"{row[0]}{cost} | {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
