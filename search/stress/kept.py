"""Numbers that were measured before, kept in a run folder: a file a network, so that nothing is measured twice."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spaces.common.atomic_files import read_json, write_json
from spaces.common.machine_faults import COPY, find_mend
from spaces.errors import ConfigError, DataError

FOLDER = "robustness"
VERSION = 1
"""Raised whenever the same condition gives other numbers, so that none of before are read."""


@dataclass(frozen=True)
class Kept:
    """What is known of one network under one set of circumstances.

    Args:
        folder: of the run.
        number: of the trial.
        circumstances: values of JSON that decide all numbers: weights, data, split, images, device.
    """

    folder: Path
    number: int
    circumstances: Mapping[str, Any]

    @property
    def file(self) -> Path:
        """One a network and circumstances, so that neither split nor device replaces what another has."""
        text = json.dumps([VERSION, self.circumstances], sort_keys=True)
        named = hashlib.sha256(text.encode()).hexdigest()[:12]
        return self.folder / FOLDER / f"{self.number:04d}-{named}.json"

    def load(self) -> dict[str, dict[str, float]]:
        """Values by name, by key of the condition; empty where nothing is known.

        Raises:
            DataError: the file is damaged.
        """
        if not self.file.exists():
            return {}
        try:
            found = read_json(self.file)["conditions"]
            return {key: {name: _number(value) for name, value in values.items()} for key, values in found.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{self.file} cannot be read as measurements ({error}); remove it, and the same command measures again"
            ) from error

    def add(self, key: str, values: Mapping[str, float]) -> None:
        """Keep what a condition came to.

        Raises:
            ConfigError: the run folder cannot be written.
        """
        conditions = {**self.load(), key: values}
        contents = {"version": VERSION, "circumstances": self.circumstances, "conditions": conditions}
        try:
            write_json(self.file, contents)
        except OSError as error:
            raise ConfigError(
                f"{self.file} cannot be written ({error.strerror or error}); measurements are kept in the run folder: "
                f"{find_mend(error)}, or {COPY}"
            ) from error


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
