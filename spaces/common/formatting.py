"""Numbers, lists and tables of text for people: SI prefixes, time spans, aligned columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from textwrap import TextWrapper
from typing import Any


def format_count(value: float, unit: str = "") -> str:
    """A count with three digits and an SI prefix, such as ``12.3 M``, or ``12.3 M FLOPs`` where a unit is given."""
    if not math.isfinite(value):
        return "-"
    for size, prefix in ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 0.9995 * size:
            return f"{value / size:#.3g}".rstrip(".") + f" {prefix} {unit}".rstrip()
    return f"{value:.3g} {unit}".rstrip()


def format_macs(value: float) -> str:
    """Multiply-accumulates in a sentence; where a column or a name says what they are, `format_count` does."""
    return format_count(value, "multiply-accumulates")


def format_number(value: float) -> str:
    """A measured value with four digits, such as ``0.1234``; with a prefix as a count where that would be long."""
    return f"{value:.4g}" if abs(value) < 1e4 else format_count(value)


def format_change(value: float, digits: int = 1) -> str:
    """A difference with its sign, such as ``+1.5``; what rounds to nothing is ``0.0``.

    Args:
        value: in percent, of which single trainings scatter by about one: more places would say nothing.
        digits: places behind the point.
    """
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def count_places(error: float, most: int = 9) -> int:
    """Places behind the point that a number with such an error deserves: up to the error's second digit.

    Args:
        error: above 0.
        most: that are shown.
    """
    return min(most, max(0, _find_place(error)))


def _find_place(error: float) -> int:
    """Of the second digit of an error as that is told: 9.96 is told as 10."""
    return 1 - int(f"{error:.1e}".partition("e")[2])


def format_pair(value: float, error: float, most: int = 9, *, signed: bool = False) -> str:
    """A number with its error, both to the same place, such as ``0.026 +- 0.011``.

    Args:
        value: finite.
        error: its standard deviation; 0 or NaN where that is not known, and then it is not told.
        most: places behind the point.
        signed: whether a plus is told.
    """
    if not math.isfinite(error) or error <= 0:
        return format_change(value) if signed else format_number(value)
    if not signed and max(abs(value), error) >= 1e4:
        return f"{format_count(value)} +- {format_count(error)}"
    return f"{format_known(value, error, most, signed=signed)} +- {format_known(error, error, most)}"


def format_known(value: float, error: float, most: int = 9, *, signed: bool = False) -> str:
    """A number to the place of its error's second digit, before the point too, such as ``-160`` with an error of 170.

    Args:
        value: finite.
        error: above 0.
        most: places behind the point.
        signed: whether a plus is told; zero has none.
    """
    place = min(most, _find_place(error))
    rounded, places = round(value, place) + 0.0, max(0, place)  # no minus before a zero
    return format_change(rounded, places) if signed else f"{rounded:.{places}f}"


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
        width: columns of the terminal; the last text of each row is wrapped there, at words. Where less than a quarter
            of the line is left to it, the last column stands below in a table of its own, beside the first one; of two
            columns, each text below its label. None for lines of any length.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    before = sum(each + 2 for each in widths[:-1]) + 2
    room = None if width is None else width - before
    if width is not None and room is not None and room < min(width // 4, widths[-1]):
        if len(widths) > 2:
            last = [[row[0], row[-1]] for row in rows]
            return [*align_columns([row[:-1] for row in rows], width), "", *align_columns(last, width)]
        return [line for row in rows for line in [f"  {row[0]}", *_wrap_words(row[-1], width, " " * 6)]]
    lines = []
    for row in rows:
        first, *more = _wrap_words(row[-1], room) if room else row[-1:]
        texts = [*row[:-1], first]
        lines.append("".join(f"  {text:<{size}}" for text, size in zip(texts, widths, strict=True)).rstrip())
        lines += [" " * before + line for line in more]
    return lines


def hang(text: str, width: int | None, indent: int = 2) -> str:
    """A text wrapped at words, line by line, whose further lines are indented.

    Args:
        text: words that are longer than a line, such as paths, stay whole.
        width: columns of the terminal; None for lines of any length.
        indent: spaces before each line that was wrapped, below where the text of a labelled line begins.
    """
    if width is None:
        return text
    return "\n".join(
        line if len(line) <= width else "\n".join(_hang_line(line, width, indent)) for line in text.split("\n")
    )


def _hang_line(line: str, width: int, indent: int) -> list[str]:
    """A label's spaces are kept, for it is wrapped from where its text begins."""
    label, rest = (line[:indent], line[indent:]) if line[:indent].endswith(" ") else ("", line)
    first, *more = _wrap_words(rest, width, label, " " * indent)
    return [first, *more]


def _wrap_words(text: str, width: int, before: str = "", after: str | None = None) -> list[str]:
    """Lines of whole words, at least one."""
    after = before if after is None else after
    rules = TextWrapper(
        width, initial_indent=before, subsequent_indent=after, break_long_words=False, break_on_hyphens=False
    )
    return rules.wrap(text) or [before]
