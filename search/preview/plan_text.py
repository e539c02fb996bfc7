"""The plan of a search in words, for the terminal: patterns, trainings, time and memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from search.config.padding_note import describe_padding
from search.preview.card_share import describe_share
from search.problem.census import LARGEST
from spaces.common.formatting import align_columns, format_count, format_duration, format_macs
from spaces.common.terminal import find_room, lay_out
from spaces.drawing.text import draw_text

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.preview.confirming_left import ConfirmingLeft
    from search.preview.forecast import Forecast
    from search.preview.remaining import Remaining
    from search.problem.census import Census, Priced, Span


def format_patterns(settings: Settings, census: Census) -> str:
    """How many patterns there are, what they cost, and the extremes drawn."""
    limits = [f"limits.{name}={value:g}" for name, value in settings.plain["limits"].items() if value is not None]
    names, size = ", ".join(task.name for task in settings.data.selected), "x".join(map(str, settings.data.size))
    lines = [f"Space {settings.space.name}: tasks {names}, images of {size} pixels"]
    lines += [note] if (note := describe_padding(settings)) else []
    if census.exact:
        lines.append(f"{census.seen.patterns} patterns, all looked at")
    else:
        lines.append(
            f"More than {LARGEST} patterns; the numbers are of {census.seen.patterns}: "
            f"the anchors and draws with seed {settings.run.seed}"
        )
    rows = [
        ["", "patterns", "MACs", "FLOPs", "parameters"],
        _describe_span("all" if census.exact else "looked at", census.seen),
    ]
    if limits:
        lines[-1] += f", {census.allowed.patterns} within {', '.join(limits)}"
        rows.append(_describe_span("within limits", census.allowed))
    lines = [*map(lay_out, lines), *align_columns(rows, find_room())]
    for word, extreme in (("Cheapest", census.cheapest), ("Costliest", census.costliest)):
        lines += [
            "",
            lay_out(_describe_extreme(f"{word} within limits" if limits else word, extreme)),
            draw_text(extreme.pattern),
        ]
    return "\n".join(lines)


def format_trainings(settings: Settings, left: Remaining) -> str:
    """What is left to train."""
    trials = f"{left.trials} to train"
    if left.finished:
        trials += f", {left.finished} are finished"
    split, known = settings.split, left.finished + left.trials
    missing = max(0, split.trials - known)
    if missing:
        trials += "; there are no other patterns within the limits"
    tasks, seeds = len(settings.data.selected), settings.baselines.seeds
    baselines = f"{len(left.untrained)} to train, {left.cached} are there already; tasks x seeds: {tasks} x {seeds}"
    rows = [["trials", trials], ["baselines", baselines]]
    if split.supernet:
        there = (
            f"{left.supernet} epochs, on which all patterns are estimated" if left.supernet else "it is there already"
        )
        rows.insert(0, ["supernet", there])
    if split.members:
        ends = left.final // split.final
        many = f"{ends} network{'s' * (ends != 1)} of the front, {split.final} epoch{'s' * (split.final != 1)} each"
        rows.append(["final", many if ends else "all networks of the front are trained to the end already"])
    if left.confirming.seeds:
        rows.append(["confirming", _describe_confirming(left.confirming)])
    epochs = replace(split, trials=split.trials - missing).describe()
    if missing and settings.plain["budget"]:
        epochs += f"; {missing * split.trial} of the budget stay unspent, for want of patterns"
    rows.append(["epochs", epochs])
    return "\n".join(["To train", *align_columns(rows, find_room())])


def _describe_confirming(left: ConfirmingLeft) -> str:
    """What is trained with fresh seeds."""
    alone = f"{left.alone} of single tasks"
    if left.trainings is None:
        seeds = f"{left.seeds} fresh seed{'s' * (left.seeds != 1)}"
        return f"{seeds} of all networks of a front not known yet, {left.epochs} epochs each, and {alone}"
    if not left.trainings and not left.alone:
        return "all networks are confirmed already"
    return f"{left.trainings} trainings with fresh seeds, {left.epochs} epochs each, and {alone}"


def format_time(expected: Forecast | None) -> str:
    """How long it takes, and how much memory."""
    if expected is None:
        return "Nothing is left to train: the search would write its report again."
    at_once = "one training" if expected.concurrency == 1 else f"{expected.concurrency} trainings"
    processes = "one process" if expected.concurrency == 1 else f"{expected.concurrency} processes at once"
    steps = "1 step" if expected.timed == 1 else f"{expected.timed} steps"
    timed = "the extremes" if expected.baseline is None else "the extremes and of a baseline"
    return "\n".join(
        [
            f"Expected on the {_DEVICES[expected.device]} of this machine, {at_once} at a time",
            *align_columns(_list_expectations(expected), find_room()),
            lay_out(
                f"An estimate from {steps} or more of {timed}, timed in {processes} on the machine as it is now. "
                "Other load, a cluster, or a sampler that waits for results or ends by itself changes it.",
                0,
            ),
        ]
    )


_DEVICES = {"cpu": "CPUs", "cuda": "GPUs"}


def _list_expectations(expected: Forecast) -> list[list[str]]:
    """Rows of what is expected: what, and how much of it."""
    step, measuring = (_format_range(*each, _format_seconds) for each in (expected.step, expected.measuring))
    training = f"{expected.epochs} epochs of {expected.steps} steps ({step} each) and a validation ({measuring})"
    early = "" if expected.share == 1 else f"; the scheduler ends most earlier, after {expected.share:.0%} on average"
    search = _format_range(*expected.search, format_duration)
    whole, worker, own = map(_format_size, (expected.memory, expected.worker, expected.training))
    rows = [
        ["a trial", f"{_format_range(*expected.trial, _format_seconds)}: {training}{early}"],
        ["a baseline", "none to train" if expected.baseline is None else _format_seconds(expected.baseline)],
        *([["the supernet", _format_range(*expected.supernet, format_duration)]] if expected.supernet else []),
        *([["final trainings", _format_range(*expected.final, format_duration)]] if expected.final else []),
        *([["confirming", _format_range(*expected.confirming, format_duration)]] if expected.confirming else []),
        ["the search", f"{search}, of which {format_duration(expected.start)} to start and end"],
    ]
    quiet = _format_range(*expected.quiet, format_duration) if expected.quiet else search
    if quiet != search:
        rows.append(["", f"{quiet} on a quiet machine; now something else uses the CPUs, too"])
    memory = f"{whole} in all: {worker} a worker, {own} of it for the training; driver, Ray and MLflow"
    rows.append(["memory", memory])
    if expected.gpu:
        share = f"; {describe_share(expected.gpu, expected.card)}" if expected.card else ""
        rows.append(["GPU", f"{_format_size(expected.gpu)} of tensors a training; CUDA itself takes some more{share}"])
    return rows


def _describe_extreme(word: str, extreme: Priced) -> str:
    name = f" ({extreme.name})" if extreme.name else ""
    macs, flops = format_macs(extreme.cost.macs), format_count(extreme.cost.flops, "FLOPs")
    return f"{word}{name}: {macs}, {flops}, {format_count(extreme.cost.params)} parameters"


def _describe_span(word: str, span: Span) -> list[str]:
    ranges = (_format_range(*pair, format_count) for pair in (span.macs, span.flops, span.params))
    return [word, str(span.patterns), *ranges]


def _format_range(low: float, high: float, show: Callable[[float], str]) -> str:
    return show(low) if show(low) == show(high) else f"{show(low)} to {show(high)}"


def _format_seconds(seconds: float) -> str:
    """A time span, short ones with two digits or more."""
    if seconds < 1:
        return f"{1000 * seconds:.{int(seconds < 0.01)}f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else format_duration(seconds)


def _format_size(size: float) -> str:
    """Bytes with a binary prefix."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
