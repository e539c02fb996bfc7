"""A picture of one pattern of every space, for `spaces/README.md`.

python -m experiments.pictures.draw --folder experiments/pictures

Of some draws it takes the first with most kinds of blocks, so that what the space varies is there to see.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from search.components.components import build_component
from search.config.command import end_in_one_message
from search.config.composition import compose
from spaces.choices import draw
from spaces.common.atomic_files import write_text
from spaces.drawing.svg import draw_svg
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.walk import list_blocks

SPACES = ("fusion", "branching", "routing", "gates", "workspace", "joint")
DRAWS = 40  # our choice
TASKS = ("depth", "normals", "segmentation")


@end_in_one_message("The same command begins again.")
def main(argv: list[str] | None = None) -> int:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args(argv)
    family = compose([]).network
    stages = {"encoder_stages": family.encoder_stages, "decoder_stages": family.decoder_stages}
    for name in SPACES:
        space = build_component({"_target_": f"space/{name}", **stages}, "space")
        drawn = [draw(space, TASKS, random.Random(seed)).pattern for seed in range(1, 1 + DRAWS)]
        write_text(given.folder / f"{name}.svg", draw_svg(max(drawn, key=count_kinds), title=f"space={name}"))
    return 0


def count_kinds(pattern: SharingPattern) -> tuple[int, int]:
    """Kinds of blocks and groups of tasks, that a pattern has."""
    blocks = list_blocks(pattern)
    return len({(block.part, type(block.role)) for block in blocks}), len({block.group for block in blocks})


if __name__ == "__main__":
    sys.exit(main())
