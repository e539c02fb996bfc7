"""Whose fault it is: the machine's, which says nothing of a pattern, or the training's own.

A full disk, a quota, a lost network drive or missing permissions befall whatever is trained at that moment. Libraries
hide them behind errors of their own, so causes and the words of messages count, too. Everything that catches errors of
a search asks here.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator

from spaces.errors import PatternError, UserError

ROOM = "make room there"
DRIVE = "bring the drive or the network back"
RIGHTS = "mend the permissions"
COPY = "copy the run to a folder that can be written"
"""What helps where files belong beside the run that they tell of."""
FILES = "raise the number of open files (ulimit -n)"
MENDS = {
    "ENOSPC": ROOM,
    "EDQUOT": f"{ROOM}, or raise the quota",
    "EFBIG": "raise the limit of file sizes (ulimit -f)",
    "EACCES": RIGHTS,
    "EPERM": RIGHTS,
    "EROFS": RIGHTS,
    "EMFILE": FILES,
    "ENFILE": FILES,
    **dict.fromkeys(("EIO", "EREMOTEIO", "ENXIO", "ENODEV", "ENOMEDIUM", "EBADFD", "EUCLEAN"), "mend the disk"),
    **dict.fromkeys(
        (
            *("ESTALE", "ETIMEDOUT", "ENETDOWN", "ENETUNREACH", "ENETRESET", "EHOSTDOWN", "EHOSTUNREACH", "ENOTCONN"),
            *("ESHUTDOWN", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "ECOMM", "ENOLINK", "ENONET", "ENOLCK"),
        ),
        DRIVE,
    ),
    # A file where a folder should be, or the other way round: nobody's pattern has made it.
    **dict.fromkeys(("ENOTDIR", "EISDIR", "ELOOP"), "move away what lies there"),
}
NUMBERS = {getattr(errno, name): mend for name, mend in MENDS.items() if hasattr(errno, name)}
# The words of errors that come without a number; permissions are left out, for GPUs speak of these as well.
SPOKEN = ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "ESTALE", "EROFS", "EMFILE", "ENFILE", "EHOSTDOWN", "ENETDOWN")
WORDS = {os.strerror(getattr(errno, name)): MENDS[name] for name in SPOKEN if hasattr(errno, name)}
# What libraries say where a file could not be written, without telling why.
WRITERS = re.compile(
    r"PytorchStreamWriter failed|file write failed|iostream error|inline_container\.cc:\d+\] \. unexpected pos|"
    r"open file failed with strerror|Parent directory .+ does not exist|requested and \d+ written|"
    r"error when writing image file|disk I/O error|database or disk is full|readonly database"
)
WRITING = "a file could not be written, as on a full disk or beyond a quota or a limit of file sizes: make room"
DEVICES = re.compile(
    r"uncorrectable (NVLink|ECC)|no CUDA-capable device|CUDA-capable device\(s\) is/are busy|fallen off the bus|"
    r"CUDA driver version is insufficient"
)
DEVICE = "the GPU is not there, or broken: mend or change it"


class MachineError(UserError):
    """What went wrong is the machine's fault: told by those who know it from something else than an error."""


def explain_fault(error: BaseException) -> str:
    """Why an error says nothing of what was being trained, and how to mend it; empty where it does.

    Beside the machine that is a mistake of the user, such as data that cannot be read, for it is the same for all
    patterns; a pattern that is refused is at fault itself.
    """
    if told := find_machine_fault(error):
        return told
    if isinstance(error, UserError) and not isinstance(error, PatternError):
        return "; ".join(error.problems)
    return ""


def find_machine_fault(error: BaseException) -> str:
    """What of the machine made an error, and how to mend it; empty where nothing of it did."""
    chain = list(_list_causes(error))
    for each in chain:
        if isinstance(each, MachineError):
            return "; ".join(each.problems)
        if isinstance(each, OSError) and each.errno in NUMBERS:
            return f"{_tell(each)}: {NUMBERS[each.errno]}"
    for each in chain:
        if told := _read_words(each):
            return f"{told} ({_tell(each)})"
    # Other numbers count where nothing was made of them, for programs often ask whether a file is there; memory that
    # runs out does not, for patterns differ in what they take.
    if isinstance(error, OSError) and error.errno != errno.ENOMEM:
        return f"{_tell(error)}: bring back what is missing, or mend the machine"
    return ""


def find_mend(error: OSError) -> str:
    """How to mend what kept a file from being read or written."""
    return NUMBERS.get(error.errno or 0, "see what lies there, and its permissions")


def _read_words(error: BaseException) -> str:
    """The same from the words of an error."""
    text = str(error)
    for words, mend in WORDS.items():
        if words in text:
            return mend
    if WRITERS.search(text):
        return WRITING
    return DEVICE if DEVICES.search(text) else ""


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what it was raised from, and what was being handled then, also where that is not shown."""
    left: list[BaseException | None] = [error]
    seen: set[int] = set()
    while left:
        each = left.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        left += [each.__cause__, each.__context__]
        left += each.exceptions if isinstance(each, BaseExceptionGroup) else []


def _tell(error: BaseException) -> str:
    """An error in one line."""
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename is not None else ""
        return f"{error.strerror}{place}"
    return " ".join(str(error).split())[:200] or type(error).__name__
