"""The plan of a search in words, for the terminal: patterns, trainings, time and memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from search.problem.census import LARGEST
from spaces.common.formatting import align_columns, format_count, format_duration
from spaces.drawing.text import draw_text

if TYPE_CHECKING:
    from search.config.settings import Settings
    from search.preview.forecast import Forecast
    from search.preview.remaining import Remaining
    from search.problem.census import Census, Priced, Span


def format_patterns(settings: Settings, census: Census) -> str:
    """How many patterns there are, what they cost, and the extremes drawn."""
    limits = [f"limits.{name}={value:g}" for name, value in settings.plain["limits"].items() if value is not None]
    names, size = ", ".join(task.name for task in settings.data.selected), "x".join(map(str, settings.data.size))
    lines = [f"Space {settings.space.name}: tasks {names}, images of {size} pixels"]
    if census.exact:
        lines.append(f"{census.seen.patterns} patterns, all looked at")
    else:
        lines.append(
            f"More than {LARGEST} patterns; the numbers are of {census.seen.patterns}: "
            f"the anchors and draws with seed {settings.run.seed}"
        )
    rows = [["", "patterns", "MACs", "FLOPs", "parameters"], _row("all" if census.exact else "looked at", census.seen)]
    if limits:
        lines[-1] += f", {census.allowed.patterns} within {', '.join(limits)}"
        rows.append(_row("within limits", census.allowed))
    lines += align_columns(rows)
    for word, extreme in (("Cheapest", census.cheapest), ("Costliest", census.costliest)):
        lines += ["", _priced(word + " within limits" * bool(limits), extreme), draw_text(extreme.pattern)]
    return "\n".join(lines)


def format_trainings(settings: Settings, left: Remaining) -> str:
    """What is left to train."""
    trials = f"{left.trials} to train" + f", {left.finished} are finished" * bool(left.finished)
    if left.finished + left.trials < settings.trials:
        trials += "; there are no other patterns within the limits"
    tasks, seeds = len(settings.data.selected), settings.baselines.seeds
    baselines = f"{len(left.untrained)} to train, {left.cached} are there already; tasks x seeds: {tasks} x {seeds}"
    return "\n".join(["To train", *align_columns([["trials", trials], ["baselines", baselines]])])


def format_time(expected: Forecast | None) -> str:
    """How long it takes, and how much memory."""
    if expected is None:
        return "Nothing is left to train: the search would write its report again."
    step, measuring = (_between(*each, _seconds) for each in (expected.step, expected.measuring))
    training = f"{expected.epochs} epochs of {expected.steps} steps ({step} each) and a validation ({measuring})"
    baseline = "none to train" if expected.baseline is None else _seconds(expected.baseline)
    search = (
        f"{_between(*expected.search, format_duration)}, of which {format_duration(expected.start)} to start and end"
    )
    memory = (
        f"{_size(expected.memory)} in all: {_size(expected.worker)} a worker, {_size(expected.training)} of it for the "
        "training; driver, Ray and MLflow"
    )
    early = "" if expected.share == 1 else f"; the scheduler ends most earlier, after {expected.share:.0%} on average"
    rows = [
        ["a trial", f"{_between(*expected.trial, _seconds)}: {training}{early}"],
        ["a baseline", baseline],
        ["the search", search],
        ["memory", memory],
    ]
    if expected.gpu:
        rows.append(["GPU", f"{_size(expected.gpu)} of tensors a training; CUDA itself takes some more"])
    if expected.quiet and _between(*expected.quiet, format_duration) != _between(*expected.search, format_duration):
        rows.insert(
            3,
            [
                "",
                f"{_between(*expected.quiet, format_duration)} on a quiet machine; now something else uses the CPUs, "
                "too",
            ],
        )
    at_once = "one training" if expected.concurrency == 1 else f"{expected.concurrency} trainings"
    processes = "one process" if expected.concurrency == 1 else f"{expected.concurrency} processes at once"
    steps = f"{expected.timed} step{'s' * (expected.timed > 1)}"
    timed = "the extremes" + " and of a baseline" * (expected.baseline is not None)
    return "\n".join(
        [
            f"Expected on the {_DEVICES[expected.device]} of this machine, {at_once} at a time",
            *align_columns(rows),
            f"An estimate from {steps} or more of {timed}, timed in {processes} on the machine as",
            "it is now. Other load, a cluster, or a sampler that waits for results or ends by itself changes it.",
        ]
    )


_DEVICES = {"cpu": "CPUs", "cuda": "GPUs"}


def _priced(word: str, extreme: Priced) -> str:
    name, cost = f" ({extreme.name})" * bool(extreme.name), extreme.cost
    macs, flops, params = map(format_count, (cost.macs, cost.flops, cost.params))
    return f"{word}{name}: {macs}MACs, {flops}FLOPs, {params} parameters"


def _row(word: str, span: Span) -> list[str]:
    return [word, str(span.patterns), *(_between(*pair, format_count) for pair in (span.macs, span.flops, span.params))]


def _between(low: float, high: float, show: Callable[[float], str]) -> str:
    return show(low) if show(low) == show(high) else f"{show(low)} to {show(high)}"


def _seconds(seconds: float) -> str:
    """A time span, short ones with two digits or more."""
    if seconds < 1:
        return f"{1000 * seconds:.{int(seconds < 0.01)}f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else format_duration(seconds)


def _size(size: float) -> str:
    """Bytes with a binary prefix."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
