"""A trial's trained network as a file that runs in production: ONNX, OpenVINO's form of it, or torch's own program.

RUN, TRIAL -> the network rebuilt from kept weights, batch-norms folded, photos' bytes in, scores in the tasks' units
out -> the file, seen to answer as the trained network does -> export.json beside it: tasks, sizes, parity, latency.
"""

from __future__ import annotations

import logging
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search.config.command import end_in_one_message, explain_unwritable_out, refuse_file_out, spell_command
from search.config.command_parser import CommandParser
from search.deploy.format import LARGEST, SIDECAR
from search.deploy.formats import FORMATS, choose_format
from search.load import load
from spaces.common.formatting import align_columns
from spaces.common.home import expand_home
from spaces.common.interruption import sigterm_interrupts
from spaces.common.terminal import find_room
from spaces.errors import ConfigError

BUSY = 5.0  # times the latency of one thread, from which on that of all is told as a busy machine's: our choice


@end_in_one_message("Nothing was written; the same command begins again.")
def main(argv: Sequence[str] | None = None) -> int:
    """Export from the command line; every mistake ends in one message and exit status 2, as in a search."""
    told = _make_parser().parse_args(argv)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    form = choose_format(told.format)
    if told.size and not (min(told.size) >= 1 and max(told.size) <= LARGEST):
        raise ConfigError(f"--size {' '.join(map(str, told.size))}: want two whole numbers from 1 to {LARGEST}")
    run = load(told.run)
    if told.out:
        refuse_file_out(expand_home(told.out, "--out"))
    with sigterm_interrupts():
        size = (told.size[0], told.size[1]) if told.size else None
        try:
            exported = run.export(told.trial, form.name, size, told.out)
        except OSError as error:
            raise ConfigError(explain_unwritable_out(Path(told.out or run.path / "exports"), error)) from error
    print(_describe(exported.file, exported.told))
    return 0


def _describe(file: Path, told: dict[str, Any]) -> str:
    height, width = told["input"]["size"]
    parity = told["parity"]
    worst = max(parity["largest difference relative to the range"].values())
    rows = [["one image [ms]", "exported p50", "p95", "trained network p50", "p95"]]
    cuda = told["latency of one image on CUDA"]
    for threads, each in {**told["latency of one image"], **({} if "skipped" in cuda else {"CUDA": cuda})}.items():
        pair = (each["exported"], each["trained network"])
        rows.append([threads, *(f"{one[key]:.2f}" for one in pair for key in ("p50_ms", "p95_ms"))])
    opset = f", opset {told['opset']}" if "opset" in told else ""
    return "\n".join(
        [
            f"{file}: {_weigh(told) / 1e6:.2f} MB{opset}; takes any number of {height}x{width} RGB images, "
            f"uint8; gives {', '.join(told['tasks'])}",
            f"Answers as the trained network does on images {parity['images']}: differences of at most {worst:.1e} of "
            "an output's range",
            _describe_numbers(told),
            "",
            *align_columns(rows, find_room()),
            *note_busy(told["latency of one image"]),
            "",
            f"Next: {spell_command('search.predict', shlex.quote(str(file)))} IMAGE... --out DIR{_allow(told)}",
        ]
    )


def note_busy(timed: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """A line where all threads were so slow that others must have held the cores."""
    one, every = (timed[threads]["trained network"]["p50_ms"] for threads in ("one thread", "all threads"))
    if every < BUSY * one:
        return []
    return [
        f"Note: all threads took {every / one:.0f} times as long as one, so other processes held the cores; the same "
        "command measures again."
    ]


def _describe_numbers(told: dict[str, Any]) -> str:
    """Whose numbers lie beside the file."""
    found = told["confirmed"]
    if found is None:
        return f"Numbers in {SIDECAR} are of the search, on its validation split; nothing of this trial is confirmed"
    many = "1 fresh seed" if found["seeds"] == 1 else f"{found['seeds']} fresh seeds"
    both = f"of the search on its validation split, and confirmed ones of {many} on the test split"
    return f"Numbers in {SIDECAR} are {both}"


def _allow(told: dict[str, Any]) -> str:
    """The word that opening the file wants."""
    trusting = choose_format(told["format"]).trusting
    return f" --allow {trusting}" if trusting else ""


def _weigh(told: dict[str, Any]) -> int:
    """Bytes of all files."""
    return sum(each["bytes"] for each in (told["file"], *told.get("beside", ())))


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.export",
        description="Writes the trained network of a trial to a file that runs without this project, and export.json "
        "beside it: tasks, sizes, how nearly it answers as the trained network does, and how fast.",
        example="python -m search.export runs/fusion-scenes 1",
    )
    parser.add_argument("run", metavar="RUN", help="run folder of a search, such as runs/fusion-scenes")
    parser.add_argument("trial", metavar="TRIAL", type=int, help="number of a trial whose weights are kept")
    parser.add_argument("--format", default="onnx", help=f"{' or '.join(FORMATS)}; onnx if not said")
    parser.add_argument(
        "--size", nargs=2, type=int, metavar=("HEIGHT", "WIDTH"), help="of images; those of the data if not said"
    )
    parser.add_argument("--out", metavar="DIR", help="where the files go; RUN/exports/TRIAL-FORMAT if not said")
    return parser


if __name__ == "__main__":
    sys.exit(main())
