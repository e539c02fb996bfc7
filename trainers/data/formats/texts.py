"""Text files as people's programs leave them: byte-order marks, UTF-16, separators of any spreadsheet, quoted cells."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

from spaces.errors import DataError
from trainers.data.formats.files import readable

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DELIMITERS = ";\t|,"
SAYS = re.compile(r"sep=(.)\s*", re.IGNORECASE)
"""How a spreadsheet is told the separator, in a line of its own at the top."""
LOOKED = 100
"""Lines above a table that may be comments: our choice."""
END = re.compile("\x1a\\s*$")
"""Ctrl-Z, which ended texts under DOS and still does where programs of that time write them."""
WORD = re.compile(r'"([^"]*)"(?=\s|$)|(\S+)')


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 or UTF-32, without its byte-order mark.

    Raises:
        DataError: the file is missing, or in no such encoding.
    """
    with readable(path):
        content = path.read_bytes()
    return decode_text(content, path)


def decode_text(content: bytes, path: Path) -> str:
    """The same of the bytes of a file.

    Raises:
        DataError: they are in no such encoding.
    """
    encoding, start = next(((name, len(mark)) for mark, name in MARKS if content.startswith(mark)), ("", 0))
    if not encoding:
        # Without a mark, UTF-16 shows by its zeros, of which texts have none.
        zeros = content[:1024].count(0) > len(content[:1024]) // 4
        encoding = ("utf-16-be" if content[:1] == b"\0" else "utf-16-le") if zeros else "utf-8"
    try:
        text = content[start:].decode(encoding)
    except UnicodeDecodeError as error:
        place = error.start + start
        raise DataError(
            f"{path}: not a text in {encoding.upper()} (byte {place + 1} is 0x{content[place]:02x}); "
            "save it as UTF-8 in the editor or spreadsheet that wrote it"
        ) from error
    text = text.replace("\ufeff", "")  # files that were put together have marks inside, too
    return END.sub("", text)


def read_table(path: Path) -> list[list[str]]:
    """The rows of a table as `read_cells` has them, without empty cells at the end of a row.

    Raises:
        DataError: as `read_text`.
    """
    return [trim_cells(row) for row in read_cells(path)]


def read_cells(path: Path) -> list[list[str]]:
    """The rows of a table whose cells are separated by semicolons, tabulators, strokes or commas; cells may be quoted.

    Cells are without blanks around them; rows without content are left out.

    Raises:
        DataError: as `read_text`.
    """
    lines = split_lines(read_text(path))
    told = SAYS.fullmatch(lines[0]) if lines else None
    if told:
        lines = lines[1:]
    delimiter = told[1] if told else find_delimiter(lines)
    with readable(path):
        rows = [[cell.strip() for cell in row] for row in _parse(lines, delimiter, path)]
    return [row for row in rows if any(row)]


def split_lines(text: str) -> list[str]:
    """The lines of a text, which end as under Linux, Windows or old macOS and with no other sign."""
    return re.split(r"\r\n|\r|\n", text)


def _parse(lines: list[str], delimiter: str, path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as error:
        if "end of data" in str(error) or "field larger" in str(error):
            raise DataError(
                f"{path}: a double quote at the start of a cell is never closed, so all lines below would be one cell; "
                "close it, or take it out"
            ) from error
    return list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))  # quotes inside of cells


def find_delimiter(lines: list[str]) -> str:
    """What separates the cells: of what stands in the first line outside quotes, the most frequent; else a comma.

    Lines that start with # are comments, where there are others.

    >>> find_delimiter(['name;"height, m"', "a;1,5"])
    ';'
    """
    said = [line for line in lines[:LOOKED] if line.strip()]
    first = next((line for line in said if not line.startswith("#")), said[0] if said else "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=lambda one: (bare.count(one), one == ","))


def read_words(path: Path) -> list[list[str]]:
    """The words of every line that has some; what is in double quotes is one word.

    Raises:
        DataError: as `read_text`.
    """
    lines = split_lines(read_text(path))
    return [words for line in lines if (words := [match[1] or match[2] for match in WORD.finditer(line)])]


def trim_cells(row: list[str]) -> list[str]:
    """A row up to its last cell that says something."""
    return row[: max((place + 1 for place, cell in enumerate(row) if cell), default=0)]
