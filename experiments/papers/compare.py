"""A method beside hard sharing, separate decoders and single-task networks at matched multiply-accumulates.

    python -m experiments.papers.compare etr_nlp
    python -m experiments.papers.compare interrogate --seeds 3 data=redkitchen data.root=DIR

Two rounds. The variants of `experiments/papers/<method>/config.yaml` are tried with the first seeds on the validation
split. The first variant, which is the usual one, and the one that did best are then judged with fresh seeds on the test
split, beside rivals whose widths were scaled until they cost as much as the judged variant does. Where that starts
from trained single-task networks, its rivals are also judged with twice the epochs. Deltas refer to the single-task
networks of the unscaled family. Tables go to the method's folder. It can be stopped at any moment; the same
command goes on. Other arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from search.config.command import end_in_one_message
from search.config.composition import compose
from search.config.settings import Settings
from search.config.validation import check_settings
from search.study.replicates import Entrant, Replicates, compute_mean_and_error, replicate
from spaces.choices import replay
from spaces.common.formatting import format_count
from spaces.errors import ConfigError
from spaces.networks.cost import compute_cost
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing, separate_decoders
from spaces.pattern.stage import Stage

FOLDER = Path(__file__).parent
METHODS = ("etr_nlp", "interrogate", "sgw")
FIRST_TRIED, FIRST_JUDGE = 5000, 6000  # seeds of the two rounds, apart from those of searches and landscapes
BISECTIONS = 12  # steps towards a cost
CLOSE = 0.03  # a rival may cost so much more or less, as a share: widths are whole numbers


def list_variants(settings: Settings, config: Mapping[str, Any]) -> dict[str, Entrant]:
    """The method's variants: choices of the space, with fields of the space or of the gates where they say so."""
    tasks = tuple(sorted(task.name for task in settings.data.selected))
    found = {}
    for name, told in config["variants"].items():
        choices = dict(told)
        space = replace(settings.space, **choices.pop("space", {}))  # type: ignore[type-var]  # a dataclass
        gates = choices.pop("gates", {})
        if "rate" in choices:
            rate = choices.pop("rate")
            choices |= {f"rate.{task}": rate for task in tasks}
        recipe = replace(settings.trainer, gates=replace(settings.trainer.gates, **gates))
        found[name] = Entrant(replay(space, tasks, choices).pattern, recipe=recipe)
    return found


def make_rivals(settings: Settings, macs: float) -> dict[str, Entrant]:
    """Hard sharing, separate decoders and single-task networks, scaled to so many multiply-accumulates."""
    tasks = [task.name for task in settings.data.selected]
    stages = settings.network.encoder_stages, settings.network.decoder_stages
    apart = Stage(tuple((task,) for task in tasks))
    alone = SharingPattern((apart,) * stages[0], (NoExchange(),) * stages[0], (apart,) * stages[1])
    patterns = {
        "hard sharing, one decoder": hard_sharing(tasks, *stages),
        "hard sharing, separate decoders": separate_decoders(tasks, *stages),
        "single-task networks": alone,
    }
    return {name: Entrant(pattern, scale_widths(settings, pattern, macs)) for name, pattern in patterns.items()}


def lengthen(settings: Settings, others: Mapping[str, Entrant]) -> dict[str, Entrant]:
    """The rivals with twice the epochs, beside a method whose branches have been trained before."""
    recipe = replace(settings.trainer, epochs=2 * settings.trainer.epochs)
    return {f"{name}, twice the epochs": replace(each, recipe=recipe) for name, each in others.items()}


def scale_widths(settings: Settings, pattern: SharingPattern, macs: float) -> Small:
    """The family with all widths times one factor, the one that comes closest to the wanted cost.

    Raises:
        ConfigError: another family than the small one, or none close enough.
    """
    family = settings.network
    if not isinstance(family, Small):
        raise ConfigError("widths are scaled for network=small only")
    outputs = {task.name: task.output for task in settings.data.selected}

    def measure_excess(other: Small) -> float:
        return compute_cost(pattern, other, outputs, settings.data.size).macs / macs - 1

    def bisect(make: Callable[[float], Small]) -> None:
        low, high = 0.2, 5.0
        for _ in range(BISECTIONS):
            factor = (low * high) ** 0.5
            other = make(factor)
            tried[other] = measure_excess(other)
            low, high = (factor, high) if tried[other] < 0 else (low, factor)

    def widen(factor: float, decoder: int) -> Small:
        return Small(tuple(max(1, round(factor * each)) for each in family.encoder_widths), decoder)

    tried: dict[Small, float] = {}
    bisect(lambda factor: widen(factor, max(1, round(factor * family.decoder_width))))
    near = min(tried, key=lambda each: abs(tried[each]))
    # The decoder's width has few steps: the encoder's evens out what is left.
    bisect(lambda factor: widen(factor, near.decoder_width))
    best = min(tried, key=lambda each: abs(tried[each]))
    if abs(tried[best]) > CLOSE:
        raise ConfigError(f"no widths come closer to {format_count(macs)}MACs than {100 * abs(tried[best]):.1f} %")
    return best


def make_rows(found: Replicates, settings: Settings, phase: str, against: str) -> list[list[str]]:
    """One row an entrant: cost, deltas and headline metrics, mean and standard deviation, and paired differences."""
    headlines = [f"{task.name}.{task.headline}" for task in settings.data.selected]
    table = []
    for row, name in enumerate(found.names):
        macs = found.metrics["macs"][row]
        cells = [phase, name, f"{macs.mean():.0f}", f"{found.metrics['params'][row].mean():.0f}"]
        cells += [f"{found.metrics['fixed'][row].mean():.0f}", str(len(found.seeds))]
        for metric in ("delta_mtl", "worst_delta", *headlines):
            values = found.metrics[metric][row]
            cells += [f"{values.mean():.4g}", f"{values.std(ddof=1):.2g}"]
        gain, error = found.difference(against, name) if name != against else (0.0, 0.0)
        cells += [f"{gain:+.2f}", f"{error:.2f}", f"{found.seconds[row].mean():.0f}"]
        table.append(cells)
    return table


def name_columns(settings: Settings, against: str) -> list[str]:
    """Names of the columns."""
    headlines = [f"{task.name}.{task.headline}" for task in settings.data.selected]
    measured = [f"{name} {what}" for name in ("delta_mtl", "worst_delta", *headlines) for what in ("mean", "sd")]
    first = ["round", "network", "macs", "params", "fixed", "seeds"]
    return [*first, *measured, f"delta_mtl of '{against}' minus this", "standard error", "seconds a training"]


@end_in_one_message("Nothing finished is lost; the same command goes on.")
def main() -> int:
    """Run a comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--tries", type=int, default=2, help="trainings a variant on the validation split")
    parser.add_argument("--seeds", type=int, default=5, help="trainings that judge, on the test split")
    parser.add_argument("--variants", type=int, default=99, help="how many of the first variants are tried")
    given, overrides = parser.parse_known_args()
    if given.tries < 2 or given.seeds < 3 or given.variants < 1:
        parser.error(
            f"--tries {given.tries} --seeds {given.seeds} --variants {given.variants}: want at least 2, 3 and 1, for a "
            "spread"
        )
    config = yaml.safe_load((FOLDER / given.method / "config.yaml").read_text())
    settings = compose([f"space={config['space']}", *overrides])
    check_settings(settings)
    say = partial(print, flush=True)
    tried = dict(list(list_variants(settings, config).items())[: given.variants])
    usual = next(iter(tried))
    seeds = range(FIRST_TRIED, FIRST_TRIED + given.tries)
    first = replicate(settings, tried, seeds, judged="val", say=say)
    best = max(tried, key=lambda name: float(first.metrics["delta_mtl"][first.names.index(name)].mean()))
    judged = {name: tried[name] for name in dict.fromkeys((best, usual))}
    seeds = range(FIRST_JUDGE, FIRST_JUDGE + given.seeds)
    own = replicate(settings, judged, seeds, say=say)
    macs = float(own.metrics["macs"][0].mean())
    others = make_rivals(settings, macs)
    recipe = tried[best].recipe or settings.trainer
    if recipe.gates.initial == "single_task":
        others |= lengthen(settings, others)
    second = replicate(settings, {**judged, **others}, seeds, say=say)
    table = [*make_rows(first, settings, "tried on val", best), *make_rows(second, settings, "judged on test", best)]
    path = FOLDER / given.method / f"{settings.data.name}.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([name_columns(settings, best), *table])
    print_gains(first, "tried on the validation split", best)
    print_gains(second, "judged on the test split", best)
    return 0


def print_gains(found: Replicates, what: str, best: str) -> None:
    """Print means and spreads, and what the chosen variant gains on each."""
    print(f"\n{what}, {len(found.seeds)} seeds")
    for row, name in enumerate(found.names):
        deltas, macs = found.metrics["delta_mtl"][row], found.metrics["macs"][row]
        mean, _ = compute_mean_and_error(deltas)
        gain, error = found.difference(best, name) if name != best else (0.0, 0.0)
        gained = f"; '{best}' gains {gain:+.2f} +- {error:.2f} on it" if name != best else ""
        print(
            f"  {name}: delta_mtl {mean:+.2f} (sd {deltas.std(ddof=1):.2f}) %, {format_count(macs.mean())}MACs{gained}"
        )


if __name__ == "__main__":
    sys.exit(main())
