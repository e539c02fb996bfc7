"""What estimating every pattern of a space takes: seconds and memory, each computation once and each pattern alone.

    python -m experiments.benchmarks.estimates
    python -m experiments.benchmarks.estimates --threads 1 "data.tasks=[segmentation,depth,normals]"

By default 7,556 patterns: five tasks at five stages. The supernet is not trained, which changes nothing of the time.
Other arguments are those of `search.run`.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

from search.config.command import end_in_one_message
from search.config.composition import compose

LARGE = ("data.tasks=[segmentation,depth,normals,edges,autoencoder]", "network.encoder_widths=[16,24,48,64,64]")
ALONE = 20  # patterns that are estimated alone, for the pace


@end_in_one_message("Nothing is kept.")
def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    given, overrides = parser.parse_known_args()
    # torch: 2 s, --help does without
    import torch

    from spaces.draws import plan_draws
    from spaces.networks.supernet import build_supernet
    from trainers.batches.memory import load_split
    from trainers.estimate import estimate, estimate_alone

    torch.set_num_threads(given.threads)
    settings = compose([*LARGE, *overrides])
    tasks = settings.data.selected
    names, outputs = [task.name for task in tasks], {task.name: task.output for task in tasks}
    draws = plan_draws(settings.space, names, 0, lambda pattern: True)
    shown = draws.patterns[0]
    network = build_supernet(shown, draws, settings.network, outputs, 0)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs
    training, judged = (load_split(settings.data, name, "cpu") for name in ("train", "val"))
    before, start = _peak(), time.perf_counter()
    table = estimate(network, draws.patterns, training, judged, tasks)
    seconds = time.perf_counter() - start
    many = sum(map(len, table.values()))
    print(f"{len(draws.patterns)} patterns, {len(judged)} images, {given.threads} threads: {many} readings of heads")
    print(f"walking once: {seconds:.0f} s; memory {_peak():.2f} GiB at most, {before:.2f} GiB before")
    start = time.perf_counter()
    for pattern in draws.patterns[:: max(1, len(draws.patterns) // ALONE)][:ALONE]:
        estimate_alone(network, pattern, training, judged, tasks)
    each = (time.perf_counter() - start) / min(ALONE, len(draws.patterns))
    print(f"one by one: {each:.2f} s a pattern, {each * len(draws.patterns):.0f} s for all")
    return 0


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    sys.exit(main())
