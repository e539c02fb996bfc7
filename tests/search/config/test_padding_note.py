"""What a search tells of images that the network pads."""

from __future__ import annotations

from pathlib import Path

from search.config.composition import compose
from search.config.padding_note import describe_padding
from tests.tiny import arguments, write_tiny


def test_sizes_and_the_share_of_the_padding_are_told_where_there_is_any(tmp_path: Path) -> None:
    data = write_tiny(tmp_path / "data")
    assert describe_padding(compose(arguments(data))) == ""
    assert describe_padding(compose(arguments(data, "network.encoder_widths=[4,4,4,4,4]"))) == (
        "Images of 16x16 pixels are padded to 32x32 inside the network, which wants multiples of 32: 300.0 % more "
        "pixels, counted in MACs; what the padding answers is cropped, and counts in no loss and no metric."
    )
