"""What is settled before anything heavy is imported, timed or written: a search that can be, and its problem.

Between the settings and whatever is done with them, a search or the plan of one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from search.objectives import resolve
from spaces.errors import ConfigError

if TYPE_CHECKING:
    from search.samplers.sampler import Problem
    from search.settings import Settings


def check(settings: Settings) -> None:
    """See that the parts of a search exist and fit together.

    Raises:
        UserError: the tracking store, the data, the objectives, or an image size that the network cannot halve.
    """
    settings.tracking.check()
    settings.data.check()
    resolve(settings.objectives, settings.data.selected)
    height, width = settings.data.size
    stride = settings.network.stride
    if height % stride or width % stride:
        raise ConfigError(
            f"data={settings.data.name} has images of {height}x{width} pixels, but the network wants "
            f"multiples of {stride}: "
            "crop or pad the images (data=scenes: data.image_size), or take a network of smaller stride "
            "(network=small: fewer network.encoder_widths)"
        )


def problem(settings: Settings) -> Problem:
    """What is searched; torch is imported with the first cost that is asked for."""
    from search.samplers.sampler import Problem
    from trainers.cost import cost

    tasks = settings.data.selected
    outputs = {task.name: task.output for task in tasks}
    price = partial(cost, family=settings.network, outputs=outputs, size=settings.data.size)
    return Problem(settings.space, tuple(sorted(outputs)), resolve(settings.objectives, tasks), price, settings.limits)
