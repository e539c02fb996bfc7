"""What a search tells of images that the network pads."""

from __future__ import annotations

from search.config.settings import Settings
from spaces.networks.modules.padding import pad_size


def describe_padding(settings: Settings) -> str:
    """By how much, and what becomes of it; empty where the images suit the network's stride."""
    size, stride = settings.data.size, settings.network.stride
    padded = pad_size(size, stride)
    if padded == tuple(size):
        return ""
    more = 100 * (padded[0] * padded[1] / (size[0] * size[1]) - 1)
    return (
        f"Images of {_by(size)} pixels are padded to {_by(padded)} inside the network, which wants multiples of "
        f"{stride}: {more:.1f} % more pixels, counted in MACs; what the padding answers is cropped, and counts in no "
        "loss and no metric."
    )


def _by(size: tuple[int, int]) -> str:
    return "x".join(map(str, size))
