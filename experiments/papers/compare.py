"""A method beside hard sharing, separate decoders and single-task networks at matched cost, when all have converged.

    python -m experiments.papers.compare etr_nlp
    python -m experiments.papers.compare interrogate --epochs 64 data=redkitchen data.root=DIR

First the epochs: they are doubled until nobody gains by it (`comparison.convergence` has the rule), unless they are
given. Then two rounds. The variants of `experiments/papers/<method>/config.yaml` are tried with the first seeds on the
validation split, and every rival with as many learning rates; with --rates one variant is tried with each of these, and
so are its rivals; of one try alone there is nothing to choose. The first variant, which is the usual one, and the one
that did best are then judged with fresh seeds on the test split, each beside rivals of its own, whose widths were
scaled until they cost as much as it does: multiply-accumulates, and parameters where the method claims to save these.
Where a method starts from trained networks, its rivals may have as many epochs as these took; `comparison.lengths` says
how that is decided. Deltas refer to single-task networks of the unscaled family. Beside the table of means lie the
values seed by seed, and what doublings of the epochs have gained. It can be stopped at any moment; the same command
goes on. With --alone variants are tried beside the usual one and nothing else, which is how defaults are chosen. Other
arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from experiments.papers.comparison.contestants import (
    FOLDER,
    RATES,
    choose_best,
    list_silenced,
    list_variants,
    read_method,
)
from experiments.papers.comparison.convergence import Course, find_course
from experiments.papers.comparison.lengths import choose_lengths, list_lengths
from experiments.papers.comparison.measured import Measured, measure
from experiments.papers.comparison.rivals import MACS, list_rivals, match_rivals
from experiments.papers.comparison.table import describe_gains
from experiments.papers.comparison.tuning import FIRST_TRIED, describe_rates, find_rates, read_rates, tune
from experiments.papers.comparison.written import Round, write_tables
from search.config.command import end_in_one_message, refuse_file_out
from search.config.composition import compose
from search.config.settings import Settings
from search.config.validation import check_settings
from search.study.replicates import Entrant
from trainers.recipe import stretch_recipe

METHODS = ("etr_nlp", "interrogate", "sgw")
MOST = 128  # epochs that doubling ends at
FIRST_JUDGE = 6000  # seed of the second round, apart from those of tries, searches and landscapes
say = partial(print, flush=True)


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Run a comparison."""
    given, overrides = _parse()
    config = read_method(given.method)
    settings = compose([f"space={config['space']}", *overrides])
    check_settings(settings)
    names = [given.only] if given.only else list(config["variants"])[: 1 if given.rates else given.variants]
    variants = {name: list_variants(settings, config["variants"])[name] for name in names}
    own = {name: list_silenced(settings, config.get("rivals", {}), config["variants"][name]) for name in names}
    tries = range(FIRST_TRIED, FIRST_TRIED + given.tries)
    course = None
    if given.epochs is None:
        usual = next(iter(variants))
        rest = {} if given.alone else {**list_rivals(settings), **own[usual]}
        contestants = {usual: variants[usual], **rest}
        course = find_course(settings, contestants, tries, given.most, say)
        say(course.describe())
    settings = replace(settings, trainer=stretch_recipe(settings.trainer, course.epochs if course else given.epochs))
    variants = {name: _stretch(each, settings) for name, each in variants.items()}
    own = {name: {rival: _stretch(each, settings) for rival, each in some.items()} for name, some in own.items()}
    place = given.folder or FOLDER / given.method
    if given.alone:
        return _try_alone(place, settings, variants, tries, course)
    usual, rounds, rates = names[0], list[Round](), dict[str, float]()
    best = usual
    if len(given.rates or names) > 1:  # else there is nothing to choose
        first, rates = _try_all(settings, variants, own[usual], given.rates, tries)
        best = usual if given.rates else choose_best(names, first.average())
        rounds.append(Round(first, "tried on val", dict.fromkeys(set(variants) - {best}, best)))
        if given.rates:
            say(describe_rates(rates, given.rates))
    judged = tune({name: variants[name] for name in dict.fromkeys((best, usual))}, settings, rates)
    judges = range(FIRST_JUDGE, FIRST_JUDGE + given.seeds)
    rivals = {name: tune({**list_rivals(settings), **own[name]}, settings, rates) for name in judged}
    second, beside, lengths = _judge(settings, judged, rivals, config.get("match", [MACS]), tries, judges)
    rounds += [Round(tried, f"epochs beside '{name}' tried on val", {}) for name, tried in lengths.items()]
    rounds.append(Round(second, "judged on test", beside))
    told = (f"-{given.only.replace(' ', '-')}" if given.only else "") + ("-rates" if given.rates else "")
    return _tell(place / f"{settings.data.name}{told}", settings, rounds, course)


def _try_alone(
    place: Path, settings: Settings, variants: Mapping[str, Entrant], seeds: Sequence[int], course: Course | None
) -> int:
    """Variants beside the usual one, on the validation split, and their table."""
    usual, *others = variants
    tried = Round(measure(settings, variants, seeds, say, "val"), "tried on val", dict.fromkeys(others, usual))
    return _tell(place / f"{settings.data.name}-variants", settings, [tried], course)


def _tell(place: Path, settings: Settings, rounds: Sequence[Round], course: Course | None) -> int:
    """Write the tables and say what they come to; of earlier rounds without differences, which were to choose by."""
    write_tables(place, settings, rounds, course)
    for each in rounds:
        say("\n".join(describe_gains(each.measured.found, each.phase, each.beside if each is rounds[-1] else {})))
    return 0


def _parse() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--epochs", type=int, help="of every training; found by doubling if not said")
    parser.add_argument("--most", type=int, default=MOST, help=f"epochs that doubling ends at; {MOST} if not said")
    parser.add_argument("--folder", type=Path, help="of the table; that of the method if not said")
    parser.add_argument("--tries", type=int, default=2, help="trainings a variant on the validation split")
    parser.add_argument("--seeds", type=int, default=5, help="trainings that judge, on the test split")
    parser.add_argument("--variants", type=int, help=f"how many of the first variants are tried; {len(RATES)} at most")
    parser.add_argument("--only", metavar="VARIANT", help="judge this variant alone, untried but for --rates")
    parser.add_argument("--alone", action="store_true", help="variants without rivals, on the validation split")
    rates = "shares of the usual learning rate that one variant and every rival are tried with, in place of variants"
    parser.add_argument("--rates", type=read_rates, default=(), metavar="SHARE,SHARE,...", help=rates)
    given, overrides = parser.parse_known_args()
    if given.rates and given.variants:
        parser.error(
            "--rates and --variants: rates are tried with one variant, the first or that of --only; leave one out"
        )
    if given.alone and (given.rates or given.only):
        parser.error(
            "--alone beside --rates or --only: it tries variants against each other, as they are; leave one out"
        )
    if given.folder is not None:
        refuse_file_out(given.folder, "--folder")
    given.variants = len(RATES) if given.variants is None else given.variants
    if given.tries < 2 or given.seeds < 3 or not 1 <= given.variants <= len(RATES):
        parser.error(
            f"--tries {given.tries} --seeds {given.seeds} --variants {given.variants}: want at least 2 and 3, for a "
            f"spread, and 1 to {len(RATES)}, as many as there are learning rates for rivals"
        )
    known = read_method(given.method)["variants"]
    if given.only and given.only not in known:
        parser.error(f"--only {given.only!r}: want one of {', '.join(map(repr, known))}")
    return given, overrides


def _stretch(each: Entrant, settings: Settings) -> Entrant:
    return replace(each, recipe=stretch_recipe(each.recipe or settings.trainer, settings.trainer.epochs))


def _try_all(
    settings: Settings,
    variants: Mapping[str, Entrant],
    own: Mapping[str, Entrant],
    rates: Sequence[float],
    seeds: Sequence[int],
) -> tuple[Measured, dict[str, float]]:
    """Tries on the validation split: what was found, and by name the share of the learning rate that did best.

    Variants are tried once each, and rivals with as many of `RATES`; with rates given, all are tried with these. Rivals
    are tried at the multiply-accumulates of the usual variant; those of the method's own with their own widths.
    """
    usual = next(iter(variants))
    spent = measure(settings, {usual: variants[usual]}, seeds, say, "val").found.metrics["macs"][0].mean()
    matched = {**match_rivals(list_rivals(settings), settings, float(spent), MACS), **own}
    contestants = {**variants, **matched} if rates else matched
    return find_rates(settings, contestants, rates or RATES[: len(variants)], seeds, say, {} if rates else variants)


def _judge(
    settings: Settings,
    judged: Mapping[str, Entrant],
    rivals: Mapping[str, Mapping[str, Entrant]],
    measures: Sequence[str],
    tries: Sequence[int],
    seeds: Sequence[int],
) -> tuple[Measured, dict[str, str], dict[str, Measured]]:
    """Judged variants and rivals of each at its cost, on the test split.

    Returns:
        what was found, beside which variant a rival stands, and by variant the lengths that its rivals were tried with.
    """
    found = measure(settings, judged, seeds, say).found
    everything, beside, tried = dict(judged), dict[str, str](), dict[str, Measured]()
    for row, name in enumerate(found.names):
        wanted = {cost: float(found.metrics[cost][row].mean()) for cost in measures}
        lengths = list_lengths(
            match_rivals(dict(rivals[name]), settings, wanted[measures[0]], measures[0]),
            float(found.epochs[row].mean()),
            settings,
        )
        chosen, some = choose_lengths(lengths, settings, tries, say)
        if some:
            tried[name] = some
        for cost in measures:
            for rival, each in match_rivals(chosen, settings, wanted[cost], cost).items():
                told = f"{rival}, as many {cost} as '{name}'"
                everything[told], beside[told] = each, name
    return measure(settings, everything, seeds, say), beside, tried


if __name__ == "__main__":
    sys.exit(main())
