"""What a budget of epochs delivers: hypervolume, on the test split, of the networks that a user is handed.

    python -m experiments.benchmarks.delivered
    python -m experiments.benchmarks.delivered --problems scenes5 --budgets 88 --contestants stratified:3 supernet:3

Every contestant gets the same epochs for all it trains: searching, a supernet, final trainings; single-task networks
are told apart. Delivered networks are judged by delta_mtl on the test split against single-task networks of the usual
8 epochs, and their exact multiply-accumulates; selection never sees more than the validation split. It can be stopped
at any moment; the same command goes on, and several may work into one folder.

Contestants, K members each where a number stands behind them:
  stratified:K    K patterns chosen by cost alone: the ends, then the middle of the widest gap, ties at random
  frontier, tpe   as a search without more: trainings of 8 epochs, the returned front
  frontier+K      half of the epochs for such a search, the other half to train K of its front on, on their weights
  tpe+K           likewise
  supernet:K      a supernet for a share of the epochs, then K of the best estimates on its weights
  supernet:K/S    likewise, with a share of S %
  supernet:K~WAY  likewise, its supernet trained in another way, see `contestants.ways`, for as many
                  multiply-accumulates
  ranked:K        the same patterns, trained from nothing
  ...-chained     of stratified:K, frontier+K and supernet:K/S: the long trainings are done one after the other, the
                  costliest first, each on what those before have made of the blocks that both have
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from experiments.benchmarks.contestants.stratified import Stratified
from experiments.benchmarks.contestants.ways import WAYS
from experiments.benchmarks.delivery.cells import DeliveredCells
from experiments.benchmarks.delivery.chain import ask, train_chain
from experiments.benchmarks.delivery.lab import Foretold, Lab, hand_on
from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.epoch_split import SEARCHED, SHARED
from search.jobs.job import Job
from search.jobs.members import Inherited
from search.problem.estimates import Estimates
from search.problem.pareto import mark_front
from search.problem.subset import choose_subset
from search.samplers.oneshot import APART, Oneshot
from search.samplers.sampler import Sampler
from search.study.study import Candidate
from spaces.pattern.sharing_pattern import SharingPattern
from trainers.recipe import INHERITED_LR, stretch_recipe
from trainers.trainer import Trainer

FOLDER = Path(__file__).with_suffix("")
PROBLEMS = {"scenes3": "[segmentation,depth,normals]", "scenes5": "[segmentation,depth,normals,edges,autoencoder]"}
BUDGETS = (40, 88, 120, 200, 400)
CONTESTANTS = (
    *("stratified:2", "stratified:2-chained", "frontier", "frontier+2", "tpe+2", "supernet:2"),
    "supernet:2/25-chained",  # what a search does where nothing is said
)
SEEDS = (1, 2, 3, 4, 5)  # seed 0, judged on the test split, chose how epochs are split, so it is no evidence
CHAINED = "-chained"
NAME = re.compile(
    rf"ranked:[1-9]\d*|tpe(\+[1-9]\d*)?|frontier|(stratified:|frontier\+)[1-9]\d*({CHAINED})?"
    rf"|supernet:[1-9]\d*(/[1-9]\d?)?(~({'|'.join(WAYS)})|{CHAINED})?"
)


def train_stratified(lab: Lab, budget: int, seed: int, members: int, *, chained: bool = False) -> Iterator[Job]:
    """Few patterns by cost alone, trained for long."""
    if chained:
        patterns = ask(lab, Stratified(), members, seed)
        yield from train_chain(lab, patterns, budget, seed, [None] * len(patterns))
        return
    recipe = stretch_recipe(lab.settings.trainer, budget // members)
    yield from (job for job, _ in search(lab, Stratified(), members, recipe, seed))


def search(
    lab: Lab,
    sampler: Sampler,
    trials: int,
    recipe: Trainer,
    seed: int,
    foretold: Foretold | None = None,
    inherits: Inherited | None = None,
) -> list[tuple[Job, float]]:
    """A search's trainings in turn, as its study asks for them, each with its delta_mtl on the validation split."""
    done: list[tuple[Job, float]] = []

    def train(candidate: Candidate) -> float:
        label = f"trial {len(done)}, seed {seed}"
        job = lab.plan(label, candidate.pattern, recipe, 1000 * seed, inherits=inherits)
        done.append((job, lab.delta(lab.train(job).metrics)))
        return done[-1][1]

    ask(lab, sampler, trials, seed, foretold, train)
    return done


def _points(lab: Lab, patterns: Sequence[SharingPattern], deltas: Sequence[float]) -> np.ndarray:
    return np.array([(d, lab.problem.cost(p).macs) for p, d in zip(patterns, deltas, strict=True)], dtype=float)


def train_search(
    lab: Lab, budget: int, seed: int, sampler: str, members: int, *, chained: bool = False
) -> Iterator[Job]:
    """A search, and where members are wanted those of its front trained on; the whole front otherwise."""
    directions = [objective.direction for objective in lab.problem.objectives]
    share = SEARCHED if members else 1.0
    trials = int(share * budget) // lab.settings.trainer.epochs
    trained = search(lab, compose([f"sampler={sampler}"]).sampler, trials, lab.settings.trainer, seed)
    points = _points(lab, [job.pattern for job, _ in trained], [delta for _, delta in trained])
    if not members:
        yield from (trained[row][0] for row in mark_front(points, directions))
        return
    spent = len(trained) * lab.settings.trainer.epochs
    rows = choose_subset(points, lab.problem.point or (), directions, members)
    if chained:
        patterns, starts = [trained[row][0].pattern for row in rows], [hand_on(trained[row][0]) for row in rows]
        yield from train_chain(lab, patterns, budget - spent, seed, starts)
        return
    recipe = stretch_recipe(lab.settings.trainer, (budget - spent) // len(rows), INHERITED_LR)
    for row in rows:
        start = trained[row][0]
        yield lab.plan(f"final of {start.label}", start.pattern, recipe, 1000 * seed, inherits=hand_on(start))


def train_supernet(
    lab: Lab,
    budget: int,
    seed: int,
    members: int,
    *,
    inherit: bool = True,
    shared: float = SHARED,
    way: str = "",
    chained: bool = False,
) -> Iterator[Job]:
    """A supernet, then the patterns that `sampler=oneshot` names, which is asked as a search asks it."""
    epochs = round(shared * budget)
    weights, estimates = (
        _train_in_a_way(lab, way, epochs, 1000 * seed) if way else lab.train_supernet(epochs, 1000 * seed)
    )
    foretold, inherits, sampler = lab.foretell(estimates), weights if inherit else None, Oneshot(order=APART)
    if chained:
        patterns = ask(lab, sampler, members, seed, foretold)
        yield from train_chain(lab, patterns, budget - epochs, seed, [inherits] * len(patterns))
        return
    recipe = stretch_recipe(lab.settings.trainer, (budget - epochs) // members, INHERITED_LR if inherit else 1.0)
    yield from (job for job, _ in search(lab, sampler, members, recipe, seed, foretold, inherits))


def _train_in_a_way(lab: Lab, way: str, epochs: int, seed: int) -> tuple[Inherited, Estimates]:
    # torch: 2 s, --help does without
    from experiments.benchmarks.delivery.other_supernets import train_other_supernet

    return train_other_supernet(lab, way, epochs, seed)


def deliver(lab: Lab, contestant: str, budget: int, seed: int) -> list[Job]:
    """The trainings whose networks a contestant hands over."""
    chained = contestant.endswith(CHAINED)
    contestant, _, way = contestant.removesuffix(CHAINED).partition("~")
    name, _, number = contestant.replace("+", ":").partition(":")
    first, _, share = number.partition("/")
    count = int(first or 0)
    if name == "stratified":
        return list(train_stratified(lab, budget, seed, count, chained=chained))
    if name in ("supernet", "ranked"):
        shared = float(share) / 100 if share else SHARED
        inherit = name == "supernet"
        found = train_supernet(lab, budget, seed, count, inherit=inherit, shared=shared, way=way, chained=chained)
        return list(found)
    return list(train_search(lab, budget, seed, name, count, chained=chained))


def _check(parser: argparse.ArgumentParser, told: argparse.Namespace) -> None:
    """Refuse what cannot be run, before anything is."""
    for contestant in told.contestants:
        if not NAME.fullmatch(contestant):
            parser.error(
                f"--contestants {contestant}: want stratified:K, frontier, tpe, frontier+K, tpe+K, ranked:K, "
                f"supernet:K, supernet:K/SHARE, or one of these two with ~{', ~'.join(WAYS)}; {CHAINED} behind "
                "stratified:K, frontier+K, supernet:K and supernet:K/SHARE; give overrides of the search before the "
                "options"
            )
    if told.folder == FOLDER and (set(told.contestants), set(told.problems)) != (set(CONTESTANTS), set(PROBLEMS)):
        parser.error(f"--folder: a part of the benchmark would replace the tables in {FOLDER}; give another folder")


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Run what is not there yet, then print and plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", nargs="+", default=list(PROBLEMS), choices=list(PROBLEMS))
    parser.add_argument("--contestants", nargs="+", default=list(CONTESTANTS))
    parser.add_argument("--budgets", nargs="+", type=int, default=list(BUDGETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    told, overrides = parser.parse_known_args()
    _check(parser, told)
    say = partial(print, flush=True)
    cells = DeliveredCells(told.folder)
    for problem in told.problems:
        lab = Lab(compose([f"data.tasks={PROBLEMS[problem]}", *overrides]), say)
        for seed in told.seeds:
            for budget in told.budgets:
                for contestant in told.contestants:
                    jobs = deliver(lab, contestant, budget, seed)
                    points = sorted((lab.judge(job) for job in jobs), key=lambda point: point[1])
                    cells.add((problem, contestant, budget, seed), lab.volume(points), points)
                    say(cells.describe((problem, contestant, budget, seed)))
    cells.read()
    print(cells.summarise())
    cells.draw()
    return 0


if __name__ == "__main__":
    sys.exit(main())
