"""Numbers, lists and tables of text for people: SI prefixes, time spans, aligned columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any


def format_count(value: float) -> str:
    """A count with three digits and an SI prefix, such as ``12.3 M``."""
    if not math.isfinite(value):
        return "-"
    for size, prefix in ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 0.9995 * size:
            return f"{value / size:#.3g}".rstrip(".") + f" {prefix}"
    return f"{value:.3g}"


def format_number(value: float) -> str:
    """A measured value with four digits, such as ``0.1234``; with a prefix as a count where that would be long."""
    return f"{value:.4g}" if abs(value) < 1e4 else format_count(value)


def format_change(value: float, digits: int = 2) -> str:
    """A difference with its sign, such as ``+1.50``; what rounds to nothing is ``0.00``."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def format_list(things: Iterable[Any], most: int = 12) -> str:
    """The first of them with commas between, and how many more there are."""
    texts = [str(thing) for thing in things]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def format_duration(seconds: float) -> str:
    """A time span such as ``42 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def name_kind(value: Any) -> str:
    """What a value of JSON or YAML is, such as ``a list``."""
    kinds = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "a mapping",
    }
    return "nothing" if value is None else kinds.get(type(value), f"a {type(value).__name__}")


def align_columns(rows: Sequence[Sequence[str]], width: int | None = None) -> list[str]:
    """Lines of a table whose rows all have the same number of texts: two spaces before each column, aligned left.

    Args:
        rows: of texts.
        width: columns of the terminal; the last text of each row is wrapped there, at words, if at least a quarter
            of the line is left to it. None for lines of any length.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    before = sum(each + 2 for each in widths[:-1]) + 2
    room = None if width is None or width - before < width // 4 else width - before
    lines = []
    for row in rows:
        first, *more = (wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) if room else row[-1:]) or [
            ""
        ]
        texts = [*row[:-1], first]
        lines.append("".join(f"  {text:<{size}}" for text, size in zip(texts, widths, strict=True)).rstrip())
        lines += [" " * before + line for line in more]
    return lines
