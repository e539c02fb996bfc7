from __future__ import annotations

from spaces.pattern.block import Block


def test_names_of_blocks_count_from_1() -> None:
    assert Block("decoder", 1, ("depth", "normals")).name == "decoder2/depth+normals"
