r"""How many trainings samplers need, and how many epochs schedulers do, until the front is found.

    python -m experiments.benchmarks.samplers
    python -m experiments.benchmarks.samplers --arenas table tree51 --contestants frontier tpe --folder runs/samplers
    python -m experiments.benchmarks.samplers --arenas routing --contestants frontier unseeing level stratified \
        random --folder runs/routing

Nothing is trained: see `experiments.benchmarks.arenas`. Counted is the hypervolume of the patterns visited, by their
true means, not by what was observed. Every sampler is asked through the real study, which tells no pattern twice and
starts with the landmarks. A run ends at 99 % of the hypervolume, or when its budget is spent. It can be stopped at any
moment; the same command goes on, and several may work into one folder, whose tables show all that is there. `botorch`
and `moasha` want the optional extra "peers".
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from experiments.benchmarks.arenas import TREES, Arena, arena, foretell
from experiments.benchmarks.contestants.informed import train_informed
from experiments.benchmarks.contestants.other_weights import Level, Unseeing
from experiments.benchmarks.contestants.stratified import Stratified
from experiments.benchmarks.volumes import Volumes, write_report
from search.config.command import end_in_one_message
from search.config.composition import compose
from search.jobs.trial import COMPLETE, Trial
from search.problem.objectives import DELTA_MTL, MACS
from search.samplers.frontier import Frontier
from search.samplers.sampler import Sampler
from search.schedulers.pareto_asha import ParetoAsha
from search.study.rungs import Rungs
from search.study.study import Candidate, Study

FOLDER = Path(__file__).with_suffix("")
SAMPLERS = ("frontier", "tpe", "tpe:3", "nsga2", "random", "gp", "gp:3", "botorch", "botorch:3")  # ":3" is its startup
STOPPING = ("frontier+asha", "random+asha", "moasha")  # trainings that may stop early
FLOOR = "informed"  # knows the family of problems; for the arenas that it can be held against
INFORMED = ("tree51", "tree561")
TRIVIAL = "stratified"  # knows the cost alone
OTHER_WEIGHTS = {"unseeing": Unseeing, "level": Level}  # on demand: frontier by features with other weights
PRIORS = ("frontier~0", "frontier~0.5", "frontier~0.9")  # on demand: with estimates of such a correlation; 0 is noise
EVERY = [FLOOR, TRIVIAL, *SAMPLERS, *STOPPING]
BUDGETS = {"table": 35, "tree51": 51, "tree561": 120, "tree7556": 150}  # whole trainings
OTHERS = {"routing": 48} | {name: 120 for name in TREES if name not in BUDGETS}  # on demand
SLOW = {"gp": 30, "botorch": 50}  # trainings at most, for about a second a proposal
EARLY = 40  # trainings' worth of epochs at most, where trainings may stop early and proposals are many
ENOUGH = 0.99
ASHA = {"table": ParetoAsha(rung=3, eta=2), **dict.fromkeys(TREES, ParetoAsha(rung=3, eta=3))}


def train_whole(place: Arena, sampler: Sampler, seed: int, budget: int) -> Iterator[tuple[str, int, bool]]:
    """Patterns in the order in which a study trains them to the end: key, epochs, and that it is complete."""
    rng = np.random.default_rng(seed)
    with _open_study(place, sampler, seed) as study:
        for _ in range(min(budget, len(place.keys))):
            candidate = study.ask()
            if not isinstance(candidate, Candidate):
                return
            curve = place.trained(place.row(candidate.pattern.key), rng)
            study.tell(make_trial(candidate, float(curve[-1]), len(curve)))
            yield candidate.pattern.key, len(curve), True


def train_in_legs(
    place: Arena, sampler: Sampler, scheduler: ParetoAsha, seed: int, budget: int
) -> Iterator[tuple[str, int, bool]]:
    """The same from rung to rung, as a search's trial queue does: key, epochs of the leg, whether it is complete."""
    rng = np.random.default_rng(seed)
    curves: dict[int, np.ndarray] = {}
    candidates: dict[int, Candidate] = {}
    epochs = len(place.trained(0, np.random.default_rng(0)))
    rungs = Rungs(scheduler, epochs, place.problem.objectives)
    with _open_study(place, sampler, seed) as study:
        while budget > 0:
            number = rungs.next(over=len(candidates) == len(place.keys))
            if number is None:
                candidate = study.ask()
                if not isinstance(candidate, Candidate):
                    return
                number = candidate.number
                candidates[number] = candidate
                curves[number] = place.trained(place.row(candidate.pattern.key), rng)
            candidate, until = candidates[number], rungs.until(number)
            before = max([0, *map(int, study.rungs(number))])
            rungs.climb(number)
            shown = float(curves[number][(until or epochs) - 1])
            if until:
                values = {DELTA_MTL.name: shown, MACS.name: float(candidate.cost.macs)}
                rungs.reach(number, until, values)
                study.record_pause(number, until, values)
            else:
                rungs.end(number)
                study.tell(make_trial(candidate, shown, epochs))
            leg = (until or epochs) - before
            budget -= leg
            yield candidate.pattern.key, leg, until is None


@contextmanager
def _open_study(place: Arena, sampler: Sampler, seed: int) -> Iterator[Study]:
    anchors = place.problem.space.anchors(place.problem.tasks)
    with tempfile.TemporaryDirectory() as folder:
        yield Study(Path(folder) / "study.journal", place.problem, sampler, anchors=anchors, seed=seed)


def run(place: Arena, contestant: str, seed: int, name: str) -> Iterator[tuple[str, int, bool]]:
    """The legs that a contestant trains in an arena."""
    epochs = len(place.trained(0, np.random.default_rng(0)))
    budget = {**BUDGETS, **OTHERS}[name]
    legs = min(budget, EARLY) * epochs
    if contestant == "oracle":
        yield from ((key, epochs, True) for key in place.oracle())
    elif contestant == FLOOR:
        yield from train_informed(place, name, seed, min(budget, len(place.keys)))
    elif contestant == "moasha":
        from experiments.benchmarks.contestants.moasha import run_moasha  # syne_tune: of an optional extra

        asha = ASHA[name]
        yield from run_moasha(place, asha.rung, asha.eta, legs, seed)
    elif contestant.endswith("+asha"):
        yield from train_in_legs(place, _make_sampler(contestant.removesuffix("+asha")), ASHA[name], seed, legs)
    else:
        yield from train_whole(
            place, _make_sampler(contestant), seed, min(budget, SLOW.get(contestant.partition(":")[0], budget))
        )


def _make_sampler(name: str) -> Sampler:
    if name in PRIORS:
        return Frontier(prior="supernet")
    name, _, startup = name.partition(":")
    if name == TRIVIAL:
        return Stratified()
    if name in OTHER_WEIGHTS:
        return OTHER_WEIGHTS[name]()
    if name == "botorch":
        from experiments.benchmarks.contestants.peers import QNehvi  # torch: 2 s, for this sampler alone

        return QNehvi(int(startup or QNehvi.startup))
    return compose([f"sampler={name}", *([f"sampler.startup={startup}"] if startup else [])]).sampler


def make_trial(candidate: Candidate, delta: float, epochs: int) -> Trial:
    """A complete trial of a candidate, as a study is told of it."""
    values = {DELTA_MTL.name: delta, MACS.name: float(candidate.cost.macs)}
    cost = candidate.cost
    identity = candidate.number, COMPLETE, candidate.pattern.key, candidate.choices, candidate.pattern
    return Trial(*identity, cost.macs, cost.params, objectives=values, metrics={DELTA_MTL.name: delta}, epochs=epochs)


def _check(parser: argparse.ArgumentParser, told: argparse.Namespace) -> None:
    """Refuse what cannot be run, before anything is."""
    if told.seeds < 1:
        parser.error(f"--seeds {told.seeds}: want at least 1")
    part = set(told.contestants) != set(EVERY) or set(told.arenas) != set(BUDGETS)
    if part and told.folder == FOLDER:
        parser.error(f"--folder: a part of the benchmark would replace the tables in {FOLDER}; give another folder")
    wanted = {"botorch": "botorch", "moasha": "syne_tune"}
    for contestant in told.contestants:
        package = wanted.get(contestant.partition(":")[0])
        if package and find_spec(package) is None:
            parser.error(
                f"--contestants {contestant}: wants {package}; pip install -e '.[peers]', or leave it out and give a "
                "--folder"
            )


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Run what is not there yet, then print and plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contestants", nargs="+", default=EVERY, choices=[*EVERY, *PRIORS, *OTHER_WEIGHTS])
    parser.add_argument("--arenas", nargs="+", default=list(BUDGETS), choices=[*BUDGETS, *OTHERS])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the results")
    told = parser.parse_args()
    _check(parser, told)
    warnings.filterwarnings("ignore")
    volumes = Volumes(told.folder)
    for name in told.arenas:
        for contestant in ("oracle", *told.contestants):
            for seed in range(told.seeds):
                if volumes.has(name, contestant, seed) or (contestant == FLOOR and name not in INFORMED):
                    continue
                place = arena(name, seed)
                if contestant in PRIORS:
                    place = foretell(place, float(contestant.partition("~")[2]), seed)
                legs = []
                for leg in run(place, contestant, seed, name):
                    legs.append(leg)
                    done = [key for key, _, complete in legs if complete]
                    if done and leg[2] and place.volumes(done)[-1] >= ENOUGH:
                        break
                volumes.add(name, contestant, seed, place, legs)
                print(f"{name}, {contestant}, seed {seed}: {sum(leg[1] for leg in legs)} epochs", flush=True)
    volumes.read()
    present = [name for name in (*BUDGETS, *OTHERS) if volumes.seeds(name, "oracle")]
    write_report(told.folder, volumes, ("oracle", *EVERY, *PRIORS, *OTHER_WEIGHTS), present)
    return 0


if __name__ == "__main__":
    sys.exit(main())
