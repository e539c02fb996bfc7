"""A trial's network on images of a split, beside the labels of these."""

from __future__ import annotations

from search.deploy.side_by_side import SideBySide, draw_side_by_side
from search.deploy.told import tell_task
from search.results.labels import arrange_labels
from search.results.results import Results
from spaces.errors import ConfigError
from trainers.data.splits.arrays import Arrays


def show_trial(run: Results, number: int, n: int, split: str) -> SideBySide:
    """The first images of a split with predictions and labels.

    Args:
        run: the search.
        number: of a trial whose weights are kept.
        n: images, at least 1; fewer where the split has no more.
        split: "train", "val" or "test".

    Raises:
        ConfigError: n is no whole number of at least 1.
        DataError: no such trial, no weights, or the data are not where they were.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ConfigError(f"n={n!r}: want how many images are shown, a whole number of at least 1")
    network, every = run.network(number), run.data.load(split)
    some = Arrays(every.images[:n], {name: targets[:n] for name, targets in every.targets.items()})
    specs = zip(run.tasks, run.config["tasks"], strict=True)
    tasks = [(task, tell_task(task, spec)) for task, spec in specs]
    answers, labels = run.predict(network, some.images), arrange_labels(some, run.tasks)
    return draw_side_by_side(f"trial {number}, {split}", tasks, some.images, answers, labels)
