"""A finished trial: what was tried, how it ended and all that was measured.

The runner makes it, one JSON file a trial keeps it (`trials/<number>.json` in the run folder), and study,
tracker, report and progress read it. Those files are the truth of a run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from spaces.common.atomic_files import read_json, strict, write_json
from spaces.common.formatting import format_list
from spaces.errors import DataError
from spaces.pattern.key import network_key
from spaces.pattern.sharing_pattern import SharingPattern

COMPLETE = "complete"
FAILED = "failed"
PRUNED = "pruned"
KEY = re.compile("[0-9a-f]{16}")
WHOLE = ("number", "macs", "params", "epochs", "seed", "fixed", "threads", "memory")
WORDS = ("status", "key", "reason", "node", "device")
OTHERS = ("retry_of", "follows")
NAMED = ("choices", "findings", "masks", "curves", "rungs", "estimates")


@dataclass(frozen=True)
class Trial:
    """One evaluated sharing pattern.

    Args:
        number: position in the study, from 0.
        status: "complete"; "failed", with a reason and no objectives; or "pruned", given up by the scheduler, with a
            reason and what it showed at rungs.
        key: the pattern's key.
        choices: decisions that led to the pattern, by name.
        pattern: what was trained.
        macs: multiply-accumulates of one image; of the pruned network, where there were gates.
        params: learnable parameters of that network.
        fixed: weights of it that are not learned, such as those of primitives.
        rungs: objectives by name that it showed at pauses of its training, by the epochs until then.
        device: kind that it ran on, "cpu" or "cuda"; empty if not known.
        threads: of the CPU that it was trained with, the usual ones of its search where that is 0.
        estimates: objectives by name as a supernet told them before; empty where there was none.
        masks: hard gates that it was pruned by, for rebuilding; empty where nothing was gated.
        objectives: value by objective name.
        metrics: final validation value by name: "<task>.<metric>", "delta_mtl", "worst_delta", "delta_all",
            "<task>.delta".
        curves: one value an epoch, by name: "loss", "<task>.loss", "<task>.<metric>".
        findings: what probes found out about the trained network, values of JSON by name of the probe.
        seconds: wall time of the trial.
        reason: why it failed; empty if it did not.
        node: host that ran it.
        epochs: epochs trained, those of single-task networks that it started from among them.
        seed: seed of weights and batches.
        ended: Unix time in seconds when it ended; 0 if not known.
        retry_of: number of the failed trial that it trained again, or None.
        memory: bytes that its training held at most, as `Outcome.memory`; 0 if not known.
        follows: number of the trial whose weights it went on from, where these have its blocks; None for none.
    """

    number: int
    status: str
    key: str
    choices: Mapping[str, Any]
    pattern: SharingPattern
    macs: int
    params: int
    objectives: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, list[float]] = field(default_factory=dict)
    findings: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str = ""
    node: str = ""
    epochs: int = 0
    seed: int = 0
    ended: float = 0.0
    fixed: int = 0
    masks: Mapping[str, Any] = field(default_factory=dict)
    rungs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    device: str = ""
    estimates: Mapping[str, float] = field(default_factory=dict)
    retry_of: int | None = None
    follows: int | None = None
    threads: int = 0
    memory: int = 0

    def __post_init__(self) -> None:
        if self.status not in (COMPLETE, FAILED, PRUNED):
            raise DataError(
                f"trial {self.number} has status '{self.status}': want '{COMPLETE}', '{FAILED}' or '{PRUNED}'"
            )

    @property
    def complete(self) -> bool:
        """Whether it ended with numbers that count."""
        return self.status == COMPLETE

    @property
    def failed(self) -> bool:
        """Whether its training went wrong."""
        return self.status == FAILED

    @property
    def network_key(self) -> str:
        """16 hex characters that name the static network: the pattern's key, and the masks where there are any."""
        return network_key(self.pattern, self.masks) if self.masks else self.pattern.key

    def to_json(self) -> dict[str, Any]:
        """Values of strict JSON, for `from_json`: numbers that are not finite become null."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return strict({**values, "pattern": self.pattern.to_json()})

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Trial:
        """Rebuild a trial; null where a number belongs comes back as NaN.

        Raises:
            DataError: fields are missing, unknown or of the wrong kind.
            PatternError: the pattern is not valid.
        """
        try:
            _check_forms(data)
            if newer := sorted(set(data) - {each.name for each in fields(Trial)}):
                raise DataError(f"not the JSON of a trial here, unless a newer version's: {', '.join(newer)[:80]}")
            return Trial(
                **{
                    **data,
                    "choices": dict(data["choices"]),
                    "pattern": SharingPattern.from_json(data["pattern"]),
                    "objectives": _numbers(data["objectives"]),
                    "metrics": _numbers(data["metrics"]),
                    "curves": {name: [_number(v) for v in values] for name, values in data["curves"].items()},
                    "seconds": _number(data["seconds"]),
                    "estimates": _numbers(data.get("estimates", {})),
                    "rungs": {epochs: _numbers(values) for epochs, values in data.get("rungs", {}).items()},
                }
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise DataError(f"not the JSON of a trial ({type(error).__name__}: {error})") from error


def save_trial(path: Path, trial: Trial) -> None:
    """Write or replace the trial's file at one stroke."""
    write_json(path, trial.to_json())


def load_trial(path: Path) -> Trial:
    """Read a trial's file.

    Raises:
        DataError: the file is missing, damaged or holds something else; the message names it.
    """
    data = read_json(path)
    try:
        return Trial.from_json(data)
    except ValueError as error:
        raise DataError(
            f"{path}: {error}; it was damaged from outside: restore it from a copy, or use another run.name"
        ) from error


def _check_forms(data: Mapping[str, Any]) -> None:
    """Refuse what only looks like a trial; the key and the number name its folder and its files.

    Raises:
        TypeError: a field is of another kind.
    """
    for names, kind, want in (WHOLE, int, "a whole number"), (WORDS, str, "a text"), (NAMED, Mapping, "a mapping"):
        for name in names:
            if name in data and (not isinstance(data[name], kind) or isinstance(data[name], bool)):
                raise TypeError(f"{name}={str(data[name])[:80]}, want {want}")
    for name in OTHERS:
        if (other := data.get(name)) is not None and (type(other) is not int or not 0 <= other < data.get("number", 0)):
            raise TypeError(f"{name}={str(other)[:80]}, want the number of an earlier trial, or null")
    # What is missing is told where the trial is made.
    if data.get("number", 0) < 0 or ("key" in data and not KEY.fullmatch(data["key"])):
        raise TypeError(
            f"number={data.get('number')}, key={data.get('key', '')[:80]}: want 0 or more, and 16 hex characters"
        )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _numbers(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: _number(value) for name, value in values.items()}


def explain_unknown_trial(path: Path, number: int, numbers: Sequence[int]) -> str:
    """That there is no such trial, and which there are."""
    if not numbers:
        return f"{path} has no finished trial {number}: none has finished yet"
    nearest = min(numbers, key=lambda each: (abs(each - number), each))
    return f"{path} has no finished trial {number}: it has {format_list(numbers)}, and {nearest} is the nearest"
