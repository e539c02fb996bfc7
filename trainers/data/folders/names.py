"""Names of files as they are met: other spellings, what machines leave beside people's files, odd digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

LEFT_BY_MACHINES = re.compile(
    r"\..*|__macosx|__pycache__|@eadir|@tmp|@recycle|#recycle|\$recycle\.bin|lost\+found|system volume information"
    r"|_?thumbnails?|_?thumbs?|thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r|.*~(\.\w+)?|~\$.*|.+-checkpoint\.\w+",
    re.IGNORECASE,
)
"""Names of folders and files that programs make beside those of people: hidden ones, previews, copies, rubbish.

So are ``a~.jpg``, as editors keep what was before, and ``a-checkpoint.jpg``, as Jupyter does."""


def is_left_by_machines(found: str, before: str, after: str) -> bool:
    """Whether a file is none of a person's, by what stands where a pattern leaves the name open.

    What the pattern itself says is meant as it stands, a hidden folder too.

    Args:
        found: what stands there, which may hold folders.
        before: what the pattern says before it, in the same name.
        after: what the pattern says after it.

    >>> is_left_by_machines(".ipynb_checkpoints/a-checkpoint", "", ".png"), is_left_by_machines(".5", "im", ".png")
    (True, False)
    """
    parts = found.split("/")
    parts[-1] += after.partition("/")[0]
    return any(LEFT_BY_MACHINES.fullmatch(part) for part in (parts[1:] if before else parts))


def list_spellings(path: str) -> Iterator[str]:
    """Other ways in which a path may stand on a disk: another case of its suffix, composed letters, other strokes.

    Suffixes that mix small and capital letters otherwise are found in the folder alone.

    >>> list(list_spellings("a/1.jpg"))
    ['a/1.JPG', 'a/1.Jpg']
    """
    yield from _cases(path)
    if "\\" in path:  # lists that were written on Windows
        path = path.replace("\\", "/")
        yield path
        yield from _cases(path)
    for other in list_compositions(path):
        yield other
        yield from _cases(other)


def list_compositions(path: str) -> Iterator[str]:
    """The path with letters and accents together or apart, in all of it and in its last part alone."""
    if path.isascii():
        return
    folder, stroke, name = path.rpartition("/")
    known = {path}
    folders, names = (
        (unicodedata.normalize("NFC", part), unicodedata.normalize("NFD", part)) for part in (folder, name)
    )
    for one, other in product(folders, names):
        found = one + stroke + other
        if found not in known:
            known.add(found)
            yield found


def same_name(name: str) -> str:
    """What names have in common that differ in how their letters are composed alone, as macOS does."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def suffix_in_any_case(text: str) -> str:
    """An expression for the end of a pattern, whose suffix may be in small or capital letters."""
    stem, dot, suffix = text.rpartition(".")
    return f"{re.escape(stem + dot)}(?i:{re.escape(suffix)})" if dot and "/" not in suffix else re.escape(text)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts numbers in names by value; of digits, those that have one: not circled or raised ones."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name))


def is_text(name: str) -> bool:
    """Whether the bytes of a name on the disk are text."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def show_bytes(name: str) -> str:
    r"""A name that may be printed anywhere: bytes that are no text as \xd6."""
    return name.encode("utf-8", "surrogateescape" if _from_disk(name) else "backslashreplace").decode(
        "utf-8", "backslashreplace"
    )


def _from_disk(name: str) -> bool:
    """Whether what is no text stands for bytes, as in names that the system gave."""
    return all("\udc80" <= letter <= "\udcff" for letter in name if not is_text(letter))


def _cases(path: str) -> Iterator[str]:
    stem, dot, suffix = path.rpartition(".")
    if dot and "/" not in suffix:
        usual = dict.fromkeys((suffix.lower(), suffix.upper(), suffix.capitalize()))
        yield from (f"{stem}.{other}" for other in usual if other != suffix)
