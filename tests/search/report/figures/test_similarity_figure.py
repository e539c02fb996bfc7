from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from search.report.figures.similarity_figure import draw_similarity, make_figure
from spaces.pattern.stage import Partition

TASKS = ("autoencoder", "depth", "edges", "normals", "segmentation", "surface_orientation")
TITLE = "progressive on fusion-scenes"


def apart(tasks: tuple[str, ...]) -> Partition:
    return tuple((task,) for task in tasks)


def matrices(tasks: int, stages: int) -> list[list[list[float]]]:
    random = np.random.default_rng(0)
    found = []
    for _ in range(stages):
        values = random.uniform(-0.2, 1, (tasks, tasks))
        values = (values + values.T) / 2
        np.fill_diagonal(values, 1)
        found.append(values.tolist())
    return found


def texts(drawn: Figure) -> list[Text]:
    return [text for text in drawn.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize("stages", [1, 3, 4, 5])
@pytest.mark.parametrize("count", [2, 3, 6])
def test_everything_is_readable(count: int, stages: int) -> None:
    tasks = TASKS[-count:]
    drawn = make_figure(TITLE, tasks, matrices(count, stages), [(tasks,), *[apart(tasks)] * (stages - 1)])
    drawn.draw_without_rendering()

    boxes = [(text, text.get_window_extent()) for text in texts(drawn)]
    assert sum(text.get_text() == "1.00" for text, _ in boxes) == stages * count
    for text, box in boxes:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= drawn.bbox.x1 and box.y1 <= drawn.bbox.y1
        assert inside, text.get_text()
    for (one, its), (other, others) in combinations(boxes, 2):
        if {one.get_rotation(), other.get_rotation()} != {40.0}:  # slanted neighbours lie side by side
            assert not its.overlaps(others), (one.get_text(), other.get_text())


def test_numbers_are_those_of_the_matrix_and_colours_have_one_range() -> None:
    values = [[1.0, 0.256, -0.001], [0.256, 1.0, -0.17], [-0.001, -0.17, 1.0]]
    drawn = make_figure(TITLE, TASKS[:3], [values], [apart(TASKS[:3])])

    panel = drawn.axes[0]
    assert [text.get_text() for text in panel.texts] == [
        *("1.00", "0.26", "0.00"),
        *("0.26", "1.00", "-0.17"),
        *("0.00", "-0.17", "1.00"),
    ]
    assert panel.images[0].get_clim() == (0, 1)


def test_fused_tasks_stand_together_in_a_box() -> None:
    a, b, c, d = "abcd"
    values = matrices(4, 3)
    groups: list[Partition] = [((a, d), (b, c)), ((a,), (b, c), (d,)), ()]
    drawn = make_figure(TITLE, [a, b, c, d], values, groups)

    boxed = []
    for panel in drawn.axes[:3]:
        names = [label.get_text() for label in panel.get_xticklabels()]
        assert names == [a, d, b, c]
        boxed.append([])
        for box in (patch for patch in panel.patches if isinstance(patch, Rectangle)):
            first, side = round(box.get_x() + 0.5), round(box.get_width())
            assert (box.get_y(), box.get_height()) == (box.get_x(), box.get_width())
            boxed[-1].append(names[first : first + side])
    assert [label.get_text() for label in drawn.axes[0].get_yticklabels()] == [a, d, b, c]
    assert boxed == [[[a, d], [b, c]], [[b, c]], []]
    shown = drawn.axes[1].images[0].get_array()
    order = [0, 3, 1, 2]
    assert np.array_equal(shown, np.array(values[1])[np.ix_(order, order)])


def test_the_file_is_a_picture_and_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "new" / "similarity.png"
    for title in (TITLE, "a title that has to go on for so long that no figure is wide enough for it in one line"):
        draw_similarity(path, title, TASKS[:2], matrices(2, 1), [apart(TASKS[:2])])

        assert path.read_bytes().startswith(b"\x89PNG")
        assert [file.name for file in path.parent.iterdir()] == [path.name]
