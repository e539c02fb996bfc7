"""What a task asks of its head: how many channels, of which kind, a pixel or an image; known without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """What a task's head must give.

    Args:
        channels: values a pixel, or an image.
        kind: of the task, such as "depth"; a family may shape its heads by it, and makes one for any other kind too.
        dense: whether the values are a pixel's; otherwise they are the whole image's.
    """

    channels: int
    kind: str
    dense: bool = True
