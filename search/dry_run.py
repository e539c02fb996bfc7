"""The dry run of a search: its networks built and counted, what training would cost; no data are needed.

argv -> settings -> checks that read no data -> networks at the ends of the space -> one timed step -> text.
A plan (`search.plan`) counts all patterns and times trainings on the data; this is for the time before they are there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from search.config.command import run_command
from search.config.settings import Settings
from search.config.validation import check_parts
from search.preview.dry_run import count_images, run_dry
from search.preview.dry_run_text import format_dry_run


def main(argv: Sequence[str] | None = None) -> int:
    """Do a dry run from the command line; every user mistake ends in one message and exit status 2."""
    return run_command(argv, "search.dry_run", _run)


def _run(settings: Settings, given: str) -> int:
    count_images(settings)  # first, for data that are not there may not tell the size of their images either
    check_parts(settings)
    print(format_dry_run(settings, run_dry(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
