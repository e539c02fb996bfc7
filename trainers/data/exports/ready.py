"""Specifications written for exports, ready to be saved: as text, for a message has to show them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.headers import LIKELY
from trainers.data.exports.shapes import BACKGROUNDS
from trainers.data.folders.names import list_spellings


class UnfitError(DataError):
    """Files of a tool are there that no specification reads, perhaps; of other folders that is no problem."""


@dataclass(frozen=True)
class Export:
    """What a folder was recognised as.

    Args:
        tool: whose form it has.
        text: of a specification that reads it.
        reader: that the specification names, or "".
    """

    tool: str
    text: str
    reader: str = ""


@dataclass(frozen=True)
class Places:
    """Where the images of an export are, and which splits it has.

    Args:
        image: pattern, or several.
        lists: pattern of the list files, or None.
        splits: the export's own names by ours; empty if ours are not to be said.
    """

    image: Sequence[str]
    lists: str | None
    splits: Mapping[str, str]


def write_spec(places: Places, tasks: Mapping[str, Mapping[str, object]]) -> str:
    """A specification of these tasks, and a second one where there is one alone."""
    image = [write_value(pattern) for pattern in places.image]
    lines = [f"image: {image[0] if len(image) == 1 else '[' + ', '.join(image) + ']'}"]
    if places.lists is not None:
        lines.append(f"lists: {write_value(places.lists)}")
    if places.splits:
        said = ", ".join(f"{ours}: {write_value(own)}" for ours, own in places.splits.items())
        held = [split for split in LIKELY if split not in places.splits]
        lines.append(f"splits: {{{said}}}" + (f"   # {' and '.join(held)}: held out of train" if held else ""))
    lines.append("tasks:")
    for name, options in tasks.items():
        lines += [f"  {name}:", *(f"    {key}: {write_value(value)}" for key, value in options.items())]
    if len(tasks) == 1:
        lines.append("  again: {kind: autoencoder, role: auxiliary}   # a search wants two tasks: put yours here")
    return "\n".join(lines) + "\n"


def add_background(labels: Sequence[str]) -> list[str]:
    """Labels as classes, the background among them."""
    return list(labels) if any(label.lower() in BACKGROUNDS for label in labels) else ["background", *labels]


def find_folder(root: Path, names: Sequence[str], folders: Sequence[str]) -> str | None:
    """The first of some folders, "" or with a slash at its end, in which files of these names are."""
    return next((each for each in folders if names and all(_is_file(root, f"{each}{name}") for name in names)), None)


def _is_file(root: Path, name: str) -> bool:
    return any((root / each).is_file() for each in (name, *list_spellings(name)))


def write_value(value: object) -> str:
    """A plain value as YAML, which takes JSON; small words stay without quotes."""
    if isinstance(value, str) and value.replace("_", "").isalpha() and value.isascii() and value.islower():
        return value if value not in ("yes", "no", "on", "off", "true", "false", "null", "y", "n") else f'"{value}"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {write_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
