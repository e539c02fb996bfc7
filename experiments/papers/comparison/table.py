"""Tables of a comparison: a row a network, differences paired by seed with intervals of Student's t."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.papers.comparison.measured import Measured
from search.config.settings import Settings
from search.study.replicates import Replicates, compute_mean_and_error
from spaces.common.formatting import format_macs

LEVEL = 0.95
EFFECTS = ("workspace.retrieval_entropy", "workspace.read_entropy", "workspace.worth")
"""By which a workspace acts or not."""


def compute_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean of values and the ends of its interval at `LEVEL`, by Student's t."""
    from scipy.stats import t  # scipy.stats: 0.5 s, once a table

    mean, error = compute_mean_and_error(values)
    reach = float(t.ppf(0.5 + LEVEL / 2, len(values) - 1)) * error
    return mean, mean - reach, mean + reach


def compute_gain(found: Replicates, name: str, other: str) -> tuple[float, float, float]:
    """What a network's delta_mtl is above another's, paired by seed: mean and interval."""
    rows = found.metrics["delta_mtl"]
    return compute_interval(rows[found.names.index(name)] - rows[found.names.index(other)])


def name_columns(settings: Settings) -> list[str]:
    """Names of the columns."""
    headlines = [f"{task.name}.{task.headline}" for task in settings.data.selected]
    measured = [f"{name} {what}" for name in ("delta_mtl", "worst_delta", *headlines) for what in ("mean", "sd")]
    first = ["round", "network", "beside", "epochs", "lr", "macs", "params", "fixed", "seeds"]
    gain = ["delta_mtl of 'beside' minus this", "interval low", "interval high"]
    return [*first, *measured, *gain, "retrieval entropy", "read entropy", "worth", "seconds a training"]


def make_rows(measured: Measured, settings: Settings, phase: str, beside: Mapping[str, str]) -> list[list[str]]:
    """A row a network: cost, deltas and headline metrics, mean and standard deviation, and what another is above it.

    Args:
        measured: networks, and what was found.
        settings: of the comparison.
        phase: of it, in words.
        beside: by name of a network that which it is compared with.
    """
    headlines = [f"{task.name}.{task.headline}" for task in settings.data.selected]
    table, found = [], measured.found
    for row, name in enumerate(found.names):
        against = beside.get(name, "")
        rate: float = (measured.entrants[name].recipe or settings.trainer).lr  # type: ignore[attr-defined]  # adamw's
        epochs, *costs = _list_costs(found, row)
        cells = [phase, name, against, epochs, f"{rate:.4g}", *costs, str(len(found.seeds))]
        for metric in ("delta_mtl", "worst_delta", *headlines):
            values = found.metrics[metric][row]
            cells += [f"{values.mean():.4g}", f"{values.std(ddof=1):.2g}"]
        cells += [f"{each:+.2f}" for each in compute_gain(found, against, name)] if against else [""] * 3
        table.append([*cells, *_list_effects(found, row), f"{found.seconds[row].mean():.0f}"])
    return table


def describe_gains(found: Replicates, what: str, beside: Mapping[str, str]) -> list[str]:
    """Means and spreads in lines, and what a network gains on those that stand beside it."""
    lines = [f"{what}, {len(found.seeds)} seeds"]
    for row, name in enumerate(found.names):
        deltas, macs = found.metrics["delta_mtl"][row], found.metrics["macs"][row]
        against, gained = beside.get(name, ""), ""
        if against:
            gain, low, high = compute_gain(found, against, name)
            gained = f"; '{against}' gains {gain:+.2f} ({low:+.2f} to {high:+.2f}) on it"
        cost = f"{format_macs(macs.mean())}{gained}{_tell_acting(found, row)}"
        lines.append(f"  {name}: delta_mtl {deltas.mean():+.2f} (sd {deltas.std(ddof=1):.2f}) %, {cost}")
    return lines


def _tell_acting(found: Replicates, row: int) -> str:
    """By which a workspace acts or not, with intervals; empty where there is none."""
    told = {"retrieval entropy": "workspace.retrieval_entropy", "worth": "workspace.worth"}
    values = {what: found.metrics[name][row] for what, name in told.items() if name in found.metrics}
    intervals = {what: compute_interval(each) for what, each in values.items() if np.isfinite(each).all()}
    return "".join(f"; {what} {mean:.3g} ({low:.3g} to {high:.3g})" for what, (mean, low, high) in intervals.items())


def _list_costs(found: Replicates, row: int) -> Sequence[str]:
    costs = [found.epochs[row], *(found.metrics[name][row] for name in ("macs", "params", "fixed"))]
    return [f"{each.mean():.0f}" for each in costs]


def _list_effects(found: Replicates, row: int) -> Sequence[str]:
    """Whether a workspace acts; empty where there is none."""
    values = [found.metrics[name][row].mean() if name in found.metrics else np.nan for name in EFFECTS]
    return [f"{value:.3g}" if np.isfinite(value) else "" for value in values]
