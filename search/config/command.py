"""What every command does first and last: help, settings, and an end that people understand.

What of the settings is checked, and when, is the command's own matter.
"""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from functools import wraps
from pathlib import Path

from search.config.composition import answer, compose
from search.config.settings import Settings
from spaces.common.interpreter import spell_python
from spaces.common.interruption import CAME, sigterm_interrupts
from spaces.common.lasting_output import lasting_output
from spaces.common.machine_faults import find_machine_fault
from spaces.common.rare_collections import rare_collections
from spaces.errors import ConfigError, UserError

EXIT_REFUSED, EXIT_FAILED, EXIT_INTERRUPTED = 2, 1, 130  # exit statuses
SWEPT = "SEARCH_SWEPT"  # set in the environment of a search that a sweep has begun, which itself says how to go on


def run_command(
    argv: Sequence[str] | None,
    program: str,
    body: Callable[[Settings, str], int],
    onward: Callable[[str], str] = lambda command: "",
) -> int:
    """Run a command from the command line, a program or a notebook.

    Args:
        argv: the arguments after the program's name; None for those of this process.
        program: such as "search.run".
        body: does the work on composed settings and returns the exit status; it is also given the arguments as a
            shell takes them.
        onward: what to do after an interruption, told in its message, of the command as it was given.

    Returns:
        The exit status: that of the body, 0 when a question was answered, 2 after a user's mistake, which is told in
        one message, 1 where the machine fails, 130 after an interruption.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    given = shlex.join(words)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)

    @end_in_one_message(onward(spell_command(program, given)))
    def run() -> int:
        with sigterm_interrupts():
            text = answer(words, program)
            if text is not None:
                print(text)
                return 0
            return body(compose(words), given)

    return run()


def end_in_one_message(onward: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A decorator of functions that are commands and return their exit status.

    Args:
        onward: what to do after an interruption, told in its message.
    """

    def around(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def run(*args: object, **options: object) -> int:
            came = len(CAME)
            with lasting_output(), rare_collections():
                try:
                    return command(*args, **options)
                except UserError as error:
                    print("\n".join(error.problems), file=sys.stderr)
                    return EXIT_REFUSED
                except KeyboardInterrupt:
                    print(f"\nInterrupted. {onward}".rstrip(), file=sys.stderr)
                    return EXIT_INTERRUPTED
                except Exception as error:  # the machine's fault may come as any; all others are raised on
                    if len(CAME) > came:  # what a signal has torn
                        print(f"\nInterrupted. {onward}".rstrip(), file=sys.stderr)
                        return EXIT_INTERRUPTED
                    if not (fault := find_machine_fault(error)):
                        raise
                    print(f"{fault}. {onward}".rstrip(), file=sys.stderr)
                    return EXIT_FAILED

        return run

    return around


def spell_command(program: str, given: str, *, anywhere: bool = False) -> str:
    """A command as a shell takes it, with the Python that runs now; see `spell_python`."""
    return f"{spell_python(anywhere=anywhere)} -m {program} {given}".strip()


def explain_unwritable(place: Path, error: OSError) -> str:
    """The message where a file or folder beside the runs cannot be written."""
    return f"{place} cannot be written ({error.strerror or error}); choose a folder that can with run.folder=DIR"


def refuse_file_out(folder: Path, option: str = "--out") -> None:
    """See that ``--out``, or another option, names no file, nor lies below one, before any work is done for it.

    Raises:
        ConfigError: it does.
    """
    there = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
    if not there.is_dir():
        raise ConfigError(
            f"{option} {folder}: {there} is no folder, and files go into one; choose another with {option} DIR"
        )


def refuse_run_out(folder: Path, ours: Sequence[str] = ("*",)) -> None:
    """See that ``--out`` is no folder of a search, nor one inside it with other files than ours.

    Args:
        folder: where files are to go.
        ours: what they may be called there, as globs.

    Raises:
        ConfigError: it is; a search's pages and tables have names that others' have too, and what lies beside its
            trials is read as one.
    """
    whole = folder.absolute()
    run = next((each for each in (whole, *whole.parents) if _is_run(each)), None)
    if run is None:
        return
    if run == whole:
        raise ConfigError(
            f"--out {folder}: a search lies there, whose own front.html and trials.csv would be replaced; choose "
            "another folder with --out DIR"
        )
    inside = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    if strange := [name for name in inside if not any(fnmatch(name, each) for each in ours)]:
        raise ConfigError(
            f"--out {folder}: the search of {run} keeps files of its own there, {strange[0]} among them; choose "
            "another folder with --out DIR"
        )


def _is_run(folder: Path) -> bool:
    return (folder / "config.yaml").is_file() and ((folder / "study.journal").exists() or (folder / "trials").is_dir())


def explain_unwritable_out(folder: Path, error: OSError) -> str:
    """The message where a command cannot write what ``--out`` names, a full disk with its remedy."""
    fault = find_machine_fault(error) or str(error.strerror or error)
    return f"{folder} cannot be written: {fault}; or choose another with --out DIR"
