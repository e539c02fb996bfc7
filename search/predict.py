"""What an exported network says about photos: pictures to look at and the values themselves; no run folder is needed.

MODEL, IMAGE... -> every photo turned, resized, answered -> DIR/<photo>.<task>.png and .npy. Without torch for ONNX.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.config.command import EXIT_FAILED, end_in_one_message, explain_unwritable_out, refuse_file_out
from search.config.command_parser import CommandParser
from spaces.common.cores import count_cores
from spaces.common.home import expand_home
from spaces.common.interruption import sigterm_interrupts
from spaces.common.permissions import is_allowed
from spaces.common.terminal import say
from spaces.errors import ConfigError, DataError

if TYPE_CHECKING:
    import numpy as np

    from search.deploy.format import Run
    from search.deploy.photos import Photo
    from trainers.tasks import Task

SQUEEZE = 4 / 3  # change of a photo's proportions from which on it is told: our choice


@end_in_one_message("What was written stays; the same command begins again.")
def main(argv: Sequence[str] | None = None) -> int:
    """Predict from the command line; photos that cannot be read are named and skipped, with exit status 1 then."""
    given = _make_parser().parse_args(argv)
    if not 1 <= given.threads <= count_cores():
        raise ConfigError(f"--threads {given.threads}: want a whole number from 1 to {count_cores()}, the cores here")
    # Pillow and the kinds of tasks: 0.1 s, --help does without
    from search.deploy.formats import find_format
    from search.deploy.photos import list_photos, read_photo
    from search.deploy.told import read_tasks

    model, folder = expand_home(given.model, "model"), expand_home(given.out, "--out")
    if not model.is_file():
        raise ConfigError(f"{model} is no file; want one that python -m search.export has written")
    form, photos = find_format(model), list_photos(given.images)
    if form.trusting and not is_allowed(form.trusting):
        raise ConfigError(
            f"{model}: {form.trusting} may run code that such a file holds, as soon as it is opened; if you have "
            f"written it, or know who has, say --allow {form.trusting}; an .onnx file needs no such word"
        )
    refuse_file_out(folder)
    _refuse_among(photos, folder)
    told = form.read(model)
    tasks, run = read_tasks(told, model), form.open(model, given.threads)
    height, width = told["input"]["size"]
    skipped = 0
    squeezed: list[tuple[Photo, Path]] = []
    with sigterm_interrupts():
        for index, (path, stem) in enumerate(zip(photos, _name_files(photos), strict=True), start=1):
            try:
                photo = read_photo(path, (height, width))
            except DataError as error:
                print(f"skipped: {error}", file=sys.stderr)
                skipped += 1
                continue
            _answer(run, tasks, told, model, photo.pixels, folder / stem)
            squeezed += [(photo, path)] * (photo.squeeze > SQUEEZE)
            print(f"{index} of {len(photos)}  {path} -> {folder / stem}.*", flush=True)
    if squeezed:
        say(_describe_squeezed(squeezed, height, width))
    many = f"{len(photos) - skipped} of {len(photos)} photos"
    say(f"{many} answered for {', '.join(told['tasks'])}, {height}x{width} pixels each, in {folder}")
    return EXIT_FAILED if skipped else 0


def _describe_squeezed(squeezed: list[tuple[Photo, Path]], height: int, width: int) -> str:
    """What to know of photos whose proportions are not the network's."""
    worst, path = max(squeezed, key=lambda each: each[0].squeeze)
    several = len(squeezed) > 1
    many = f"{len(squeezed)} photo{'s have' if several else ' has'}"
    return (
        f"Note: {many} other proportions than {height}x{width} and {'were' if several else 'was'} squeezed to "
        f"them, {path} ({worst.size[0]}x{worst.size[1]}) the most; answers may be worse than for photos cut to them."
    )


def _refuse_among(photos: Sequence[Path], folder: Path) -> None:
    """Refuse a folder that holds photos: answers have their names, and labels beside them may have, too.

    Raises:
        ConfigError: it does.
    """
    inside = [path for path in photos if path.resolve().parent == folder.resolve()]
    if inside:
        raise ConfigError(
            f"--out {folder}: the photo {inside[0]} lies there, so answers could replace files of yours; choose a "
            "folder of its own"
        )


def _answer(run: Run, tasks: Sequence[Task], told: dict[str, Any], model: Path, photo: np.ndarray, place: Path) -> None:
    """Answer one photo and write what every task says."""
    import numpy as np  # as above

    from search.deploy.answers import answer_scores, draw_answer
    from search.deploy.checked import ask_network

    scores = ask_network(run, photo, tasks, told, model)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for task in tasks:
            answer = answer_scores(told["tasks"][task.name], scores[task.name])[0]
            np.save(place.with_name(f"{place.name}.{task.name}.npy"), answer)
            picture = draw_answer(task, told["tasks"][task.name], answer, photo)
            picture.savefig(place.with_name(f"{place.name}.{task.name}.png"))
    except OSError as error:
        raise ConfigError(explain_unwritable_out(place.parent, error)) from error


def _name_files(photos: Sequence[Path]) -> list[str]:
    """Stems of what is written for each photo; with a number where two photos have one name."""
    names: dict[str, str] = {}  # by what file systems that ignore capitals take them for
    for photo in photos:
        name, number = photo.stem, 1
        while name.casefold() in names:
            number += 1
            name = f"{photo.stem}-{number}"
        names[name.casefold()] = name
    return list(names.values())


def _make_parser() -> ArgumentParser:
    parser = CommandParser(
        prog="python -m search.predict",
        description="What an exported network says about photos of any size: a picture a task, and the values as .npy.",
        example="python -m search.predict runs/fusion-scenes/exports/1-onnx/model.onnx photos/ --out answers",
    )
    parser.add_argument("model", metavar="MODEL", help="file that search.export has written, .onnx, .pt2 or .xml")
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="image files, folders of them, or globs in quotes")
    parser.add_argument("--out", metavar="DIR", default="predictions", help="where answers go; predictions if not said")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of the CPU; 1 if not said")
    return parser


if __name__ == "__main__":
    sys.exit(main())
