from __future__ import annotations

import pytest

from spaces.drawing.proportions import find_proportion


@pytest.mark.parametrize(
    ("height", "width", "proportion"), [(48, 64, 0.75), (64, 64, 1.0), (2500, 4, 4.0), (1, 64, 0.25)]
)
def test_the_room_for_an_image_has_its_proportions_within_what_screens_show(
    height: int, width: int, proportion: float
) -> None:
    assert find_proportion(height, width) == proportion
