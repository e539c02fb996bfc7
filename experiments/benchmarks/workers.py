"""How much sooner two workers end a search than one: the same patterns, trained one at a time and two at a time.

    python -m experiments.benchmarks.workers --repeats 3

Real searches under Ray, taking turns, on a thread a training; other arguments are those of `search.run`. Timed is from
when the first training begins, which is after Ray's start, to the end of the last: single-task networks and trials,
what is between them, and the first imports of the second worker. A shorter search than the default one, for the share
hardly depends on its length. Bar: 0.6 of one worker's time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from search.jobs.trial import load_trial

BAR = 0.6
SHORT = ("trials=6", "trainer.epochs=4", "baselines.seeds=2", "sampler=frontier", "tracking=none")


def time_search(folder: Path, concurrency: int, given: Sequence[str]) -> float:
    """Seconds from the begin of a search's first training to the end of its last one.

    Args:
        folder: for its run and its trainings, which must not be there.
        concurrency: trainings at a time.
        given: further arguments of the search.
    """
    own = [*SHORT, *given, f"run.folder={folder}", "run.name=timed", f"runner.concurrency={concurrency}"]
    subprocess.run([sys.executable, "-m", "search.run", *own], check=True, stdout=subprocess.DEVNULL)
    trials = [load_trial(file) for file in (folder / "timed" / "trials").glob("[0-9]*.json")]
    baselines = [json.loads(file.read_text())["outcome"] for file in (folder / "baselines").glob("*.json")]
    ended = [(each.ended, each.seconds) for each in trials]
    ended += [(each["ended"], each["seconds"]) for each in baselines]
    return max(end for end, _ in ended) - min(end - seconds for end, seconds in ended)


def main() -> None:
    """Time both in turns and print their ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3, help="searches of each")
    told, given = parser.parse_known_args()
    ratios = []
    for repeat in range(told.repeats):
        with tempfile.TemporaryDirectory() as place:
            one, two = (time_search(Path(place) / str(each), each, given) for each in (1, 2))
        ratios.append(two / one)
        print(f"{repeat}: one worker {one:.1f} s, two {two:.1f} s, ratio {two / one:.3f}", flush=True)
    print(json.dumps({"median_ratio": round(median(ratios), 3), "met": median(ratios) <= BAR}))


if __name__ == "__main__":
    main()
