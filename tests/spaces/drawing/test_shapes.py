from __future__ import annotations

from xml.etree import ElementTree

import pytest

from spaces.drawing.shapes import write_legend
from spaces.drawing.svg import draw_svg
from spaces.pattern.exchange import Necks, NoExchange, Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import SharingPattern
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import any_mixture

SVG = "{http://www.w3.org/2000/svg}"


def test_a_routed_block_is_as_wide_as_ever_and_parted_by_its_ratio() -> None:
    pair = (("a", "b"),)
    pattern = SharingPattern((Stage(pair, Routed(0.5)),), (NoExchange(),), (Stage(pair),))
    root = ElementTree.fromstring(draw_svg(pattern))
    boxes = [shape for shape in root.iter(f"{SVG}rect") if shape.attrib.get("stroke") and "rx" in shape.attrib]
    widths = sorted(float(box.attrib["width"]) for box in boxes)
    # Two task branches, the shared one, the decoder block and the image.
    assert widths == [14.0, 14.0, 17.0, 34.0, 46.0]


def words_of(pattern: SharingPattern) -> list[str | None]:
    return [words.text for words in ElementTree.fromstring(draw_svg(pattern)).iter(f"{SVG}text")]


@pytest.mark.parametrize("seed", range(20))
def test_a_drawing_says_how_to_read_what_it_shows_and_no_more(seed: int) -> None:
    pattern = any_mixture(seed)
    shown = [*(stage.mixing for stage in pattern.encoder), *pattern.exchange]
    (said,) = [each for each in words_of(pattern) if each == write_legend(shown)]
    assert "taller" in said
    assert ("routed" in said) == any(isinstance(each, Routed) for each in shown)
    assert ("gated" in said) == any(isinstance(each, Gated) for each in shown)
    assert ("workspace" in said) == any(isinstance(each, Workspace) for each in shown)


def test_a_workspace_crosses_all_lines_and_counts_its_slots() -> None:
    together = (Stage((("a", "b", "c"),)),) * 2
    pattern = SharingPattern(together, (Workspace(slots=2), Workspace(slots=300)), together)
    root = ElementTree.fromstring(draw_svg(pattern))
    bars = root.findall(f"{SVG}rect[@rx='6']")
    heads = [float(head.attrib["cy"]) for head in root.findall(f"{SVG}circle[@stroke-width]")]
    spans = [(float(bar.attrib["y"]), float(bar.attrib["y"]) + float(bar.attrib["height"])) for bar in bars]
    assert [above < min(heads) and max(heads) < below for above, below in spans] == [True, True]
    assert {"2 slots", "300 slots"} <= set(words_of(pattern))


def test_necks_are_a_square_a_task_with_a_workspace_and_without() -> None:
    together = (Stage((("a", "b", "c"),)),) * 3
    pattern = SharingPattern(together, (NoExchange(), Necks("conv"), Workspace(neck="conv")), together)
    squares = ElementTree.fromstring(draw_svg(pattern)).findall(f"{SVG}rect[@width='9']")
    assert len(squares) == 6
    assert len({square.attrib["y"] for square in squares}) == 3
    assert "small square: a neck of a task's own" in write_legend(pattern.exchange)


@pytest.mark.parametrize("tasks", ["ab", "abcde", "abcdefgh"])
def test_gauges_stay_within_their_bands_and_fill_by_target_rate(tasks: str) -> None:
    rates = {task: number / 10 for number, task in enumerate(tasks, start=1)}
    group = (tuple(tasks),)
    pattern = SharingPattern((Stage(group, Gated(tuple(rates.items()))),), (NoExchange(),), (Stage(group),))
    boxes = list(ElementTree.fromstring(draw_svg(pattern)).iter(f"{SVG}rect"))
    (outline,) = [number for number, box in enumerate(boxes) if "stroke-dasharray" in box.attrib]
    bands, gauges = boxes[outline - len(tasks) : outline], boxes[outline + 1 : outline + 1 + 2 * len(tasks)]
    for band, empty, full, rate in zip(bands, gauges[::2], gauges[1::2], rates.values(), strict=True):
        top, height = float(band.attrib["y"]), float(band.attrib["height"])
        assert top < float(empty.attrib["y"])
        assert float(empty.attrib["y"]) + float(empty.attrib["height"]) < top + height
        assert float(full.attrib["width"]) == pytest.approx(rate * float(empty.attrib["width"]))
