"""The Python that runs, as a shell takes it, so that printed commands run as they are printed."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

NAMES = ("python", "python3")


def spell_anew(command: str) -> str:
    """A command that was kept, `PYTHON -m ...`, for the Python that runs now; any other text as it is."""
    _, module, rest = command.partition(" -m ")
    return f"{spell_python(anywhere=True)}{module}{rest}" if module else command


def spell_python(*, anywhere: bool = False) -> str:
    """The name `python` or `python3` where that is this interpreter; else its path, from here where it lies below.

    Args:
        anywhere: whether the command is kept, or may be read by somebody who stands in another folder, as whoever has
            a page or a notebook open: then the path is whole.
    """
    running = Path(sys.executable)
    for name in NAMES:
        if (found := shutil.which(name)) and Path(found).absolute() == running:
            return name
    here = Path.cwd()
    below = running.is_relative_to(here) and not anywhere
    return shlex.quote(str(running.relative_to(here) if below else running))
