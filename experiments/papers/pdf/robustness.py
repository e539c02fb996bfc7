"""What fusing decoders does to generalisation: in and out of distribution, under attack, and in agreement of tasks.

    python -m experiments.papers.pdf.robustness
    python -m experiments.papers.pdf.robustness --seeds 3 trainer.epochs=64
    python -m experiments.papers.pdf.robustness --threshold 0.4 --match --rates 1,2,4

Five tasks of `scenes`: all decoders fused, all separate, and the trees that the published algorithm and its offline
variant settle on, trained with fresh seeds and measured on the test split: clean, under corruptions by family, under
attacks on the joint and on each task's loss by strength, and whether tasks agree. "<condition>.delta_mtl" is against
single-task networks on clean images, what a network is worth under it; "<condition>.delta" is against its own clean
values, of which a worse network has less to lose. Differences to separate decoders are paired by seed, with intervals
of Student's t; costs are told, not matched. The paper claims better generalisation, robustness and consistency.

With --match it is the tree that stands beside its rivals, hard sharing with one decoder and with separate ones and
single-task networks, whose widths were scaled until they cost as much. Where the usual threshold leaves all decoders
apart or fuses them all there is no tree between, so none to match: --threshold is that of the searches. With --rates
each network is first tried with these learning rates on the validation split, and judged with the one that did best.

It can be stopped at any moment; the same command goes on. Other arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from experiments.papers.comparison.rivals import MACS, check_scalable, list_rivals, match_rivals
from experiments.papers.comparison.table import compute_interval
from experiments.papers.comparison.tuning import FIRST_TRIED, describe_rates, find_rates, read_rates, tune
from experiments.papers.pdf.compare import FIRST_JUDGE, run_search
from search.config.command import end_in_one_message, refuse_file_out
from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.settings import Settings
from search.config.validation import check_settings
from search.study.replicates import Entrant, Replicates, replicate
from spaces.errors import ConfigError
from spaces.networks.cost import compute_cost
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.robustness.aims import ALL, ATTACK, CONSISTENCY, list_aims
from trainers.robustness.attacks import JOINT
from trainers.robustness.corruptions.catalogue import FAMILIES

FOLDER = Path(__file__).parent
TASKS = "data.tasks=[segmentation,depth,normals,edges,autoencoder]"
SEPARATE, FUSED = "all separate", "all fused"
METHODS = ("progressive", "offline")
SHARE = "share of the usual learning rate"
say = partial(print, flush=True)


def list_patterns(
    settings: Settings, overrides: Sequence[str], seed: int, threshold: float | None = None
) -> dict[str, SharingPattern]:
    """The two landmarks, and the trees that searches with a run seed settle on; equal ones once, under both names."""
    problem = state_problem(settings)
    if threshold is not None:
        run = replace(settings.run, name=f"{settings.run.name}-threshold-{threshold:g}")
        settings, overrides = replace(settings, run=run), [*overrides, f"sampler.threshold={threshold:g}"]
    landmarks = settings.space.anchors(problem.tasks)
    found = {name: landmarks[name].pattern for name in (SEPARATE, FUSED)}
    for method in METHODS:
        (tree,) = run_search(settings, overrides, method, seed).answer
        known = next((name for name, pattern in found.items() if pattern == tree), None)
        if known:
            found[f"{known}, {method}"] = found.pop(known)
        else:
            found[method] = tree
    return found


def match_trees(
    settings: Settings, patterns: dict[str, SharingPattern], threshold: float | None = None
) -> tuple[str, dict[str, Entrant]]:
    """The first tree that is no landmark, and rivals that cost as much.

    Raises:
        ConfigError: both searches settled on landmarks; or no rival can be made to cost as much.
    """
    trees = {name: pattern for name, pattern in patterns.items() if name.startswith(METHODS)}
    if not trees:
        now = "the sampler's own" if threshold is None else f"{threshold:g}"
        found = " and ".join(name.partition(", ")[0] for name in patterns if name.endswith(METHODS))
        raise ConfigError(
            f"both searches settled on {found} with --threshold {now}, so there is no tree between to match rivals "
            "with; give a lower one, with which more is fused, or a higher one"
        )
    name, tree = next(iter(trees.items()))
    outputs = {task.name: task.output for task in settings.data.selected}
    macs = compute_cost(tree, settings.network, outputs, settings.data.size).macs
    rivals = match_rivals(list_rivals(settings), settings, macs, MACS)
    return name, {name: Entrant(tree), **{f"{rival}, as many macs": each for rival, each in rivals.items()}}


def try_rates(
    settings: Settings, entrants: Mapping[str, SharingPattern | Entrant], rates: Sequence[float], seeds: Sequence[int]
) -> tuple[dict[str, Entrant], dict[str, float]]:
    """Networks with the learning rate that did best for each on the validation split, and its share of the usual."""
    each = {name: found if isinstance(found, Entrant) else Entrant(found) for name, found in entrants.items()}
    _, best = find_rates(settings, each, rates, seeds, say)
    say(describe_rates(best, rates))
    return tune(each, settings, best), best


def list_prefixes(settings: Settings) -> tuple[str, ...]:
    """What is measured: families and all of them, attacks by strength, consistencies."""
    known = {aim.prefix for aim in list_aims(settings.data.selected).values()}
    names = [JOINT, *(task.name for task in settings.data.selected)]
    attacks = [f"{ATTACK}{name}{level}" for name in names for level in (".low", ".high")]
    return (*FAMILIES, ALL, *attacks, *sorted(each for each in known if each.startswith(CONSISTENCY)))


def tabulate(found: Replicates, prefixes: Sequence[str], other: str, rates: Mapping[str, float]) -> list[list[str]]:
    """A row a network and number: mean, standard deviation, difference to another network with its interval.

    The first row of a network has the share of the usual learning rate that it was trained with.
    """
    numbers = ["delta_mtl"]
    for each in prefixes:
        numbers += [each] if each.startswith(CONSISTENCY) else [f"{each}.delta_mtl", f"{each}.delta"]
    base = found.names.index(other)
    table = []
    for row, name in enumerate(found.names):
        macs = f"{found.metrics['macs'][row].mean():.0f}"
        table.append([name, macs, SHARE, f"{rates[name]:g}", *[""] * 4])
        for number in numbers:
            values = found.metrics[number]
            cells = [name, macs, number, f"{values[row].mean():.4g}", f"{values[row].std(ddof=1):.2g}"]
            gain = compute_interval(values[row] - values[base]) if row != base else None
            table.append([*cells, *((f"{each:+.3g}" for each in gain) if gain else [""] * 3)])
    return table


HEAD = ("network", "macs", "number", "mean", "sd", "minus {}", "interval low", "interval high")


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Train, measure, and write the table."""
    given, own = _parse()
    overrides = own if any(each.startswith("data.tasks=") for each in own) else [TASKS, *own]
    settings = compose(overrides)
    check_settings(settings)
    if given.match:  # before hours of searching
        check_scalable(settings.network)
    patterns = list_patterns(settings, overrides, given.search, given.threshold)
    separate = next(name for name in patterns if name.startswith(SEPARATE))
    other, entrants = match_trees(settings, patterns, given.threshold) if given.match else (separate, patterns)
    rates = dict.fromkeys(entrants, 1.0)
    if given.rates:
        entrants, rates = try_rates(settings, entrants, given.rates, range(FIRST_TRIED, FIRST_TRIED + given.tries))
    prefixes = list_prefixes(settings)
    seeds = range(FIRST_JUDGE, FIRST_JUDGE + given.seeds)
    found = replicate(settings, entrants, seeds, aims=prefixes, say=say)
    table = tabulate(found, prefixes, other, rates)
    word = other if given.match else "separate"
    told = "" if given.threshold is None else f"-threshold-{given.threshold:g}"
    told += (f"-search-{given.search}" if given.search else "") + ("-rates" if given.rates else "")
    file_name = f"robustness-{settings.data.name}{told}{'-matched' if given.match else ''}.csv"
    given.folder.mkdir(parents=True, exist_ok=True)
    with (given.folder / file_name).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[each.format(word) for each in HEAD], *table])
    for row in table:
        gain = f"; minus {word} {row[5]} ({row[6]} to {row[7]})" if row[5] else ""
        spread = f" (sd {row[4]})" if row[4] else ""
        print(f"{row[0]}, {row[2]}: {row[3]}{spread}{gain}")
    return 0


def _parse() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5, help="trainings a network")
    parser.add_argument("--search", type=int, default=0, help="run seed of the two searches")
    parser.add_argument("--threshold", type=float, help="of the two searches; that of the sampler if not said")
    parser.add_argument("--match", action="store_true", help="a tree beside rivals that cost as much")
    rates = "shares of the usual learning rate that every network is tried with"
    parser.add_argument("--rates", type=read_rates, default=(), metavar="SHARE,SHARE,...", help=rates)
    parser.add_argument("--tries", type=int, default=2, help="trainings a learning rate")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the table")
    given, own = parser.parse_known_args()
    refuse_file_out(given.folder, "--folder")
    if given.search == 1:
        parser.error("--search 1: its trainings have the seeds of those that judge; want another run seed")
    if given.seeds < 3 or given.tries < 2:
        parser.error(f"--seeds {given.seeds} --tries {given.tries}: want at least 3 and 2, for a spread")
    return given, own


if __name__ == "__main__":
    sys.exit(main())
