from __future__ import annotations

import hashlib
import random
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces.choices import draw
from spaces.drawing.captions import write_captions
from spaces.drawing.shapes import legend
from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.pattern.exchange import Workspace
from spaces.pattern.mixing import Gated, Routed
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern, hard_sharing, uniform
from spaces.pattern.stage import Stage
from tests.spaces.networks.mixes import any_mixture

SVG = "{http://www.w3.org/2000/svg}"
TASKS = ("depth", "normals", "segmentation")
MORE_TASKS = (*TASKS, "edges", "autoencoder")
quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


def pattern_of(encoder: list[list[str]], decoder: list[list[str]]) -> SharingPattern:
    """Groups as strings of one-letter tasks."""
    return SharingPattern(
        encoder=tuple(Stage(tuple(map(tuple, groups))) for groups in encoder),
        exchange=(NoExchange(),) * len(encoder),
        decoder=tuple(Stage(tuple(map(tuple, groups))) for groups in decoder),
    )


def test_text_of_a_fused_decoder() -> None:
    pair = (("depth", "normals"), ("segmentation",))
    apart = (("depth",), ("normals",), ("segmentation",))
    assert draw_text(uniform(TASKS, 2, [(TASKS,), pair, apart])).splitlines() == [
        "      encoder 1   2 decoder 1   2   3",
        "image ─────────■───■─────────■─┬─■─┬─■─── depth",
        "                               │   └─■─── normals",
        "                               └─■───■─── segmentation",
    ]


def test_text_of_a_split_encoder_goes_on_where_the_decoder_keeps_its_groups() -> None:
    pattern = pattern_of([["ac", "b"]], [["ac", "b"], ["a", "b", "c"]])
    assert draw_text(pattern).splitlines() == [
        "      encoder 1 decoder 1   2",
        "image ───────┬─■─────────■─┬─■─── a",
        "             │             └─■─── c",
        "             └─■─────────■───■─── b",
    ]


def test_text_draws_apart_what_meets_again() -> None:
    pattern = pattern_of([["abc"], ["ab", "c"]], [["ac", "b"]])
    assert draw_text(pattern).splitlines() == [
        "      encoder 1   2",
        "image ─────────■─┬─■─── e1: a, b",
        "                 └─■─── e2: c",
        "",
        "             decoder 1",
        "mean(e1, e2) ─────────■─┬─ a",
        "                        └─ c",
        "e1           ─────────■─── b",
    ]


@quick
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_text_shows_each_block_and_each_task_once(two_trees: Any, seed: int, tasks: int) -> None:
    pattern = draw(two_trees, MORE_TASKS[:tasks], random.Random(seed)).pattern
    drawn = draw_text(pattern)
    assert drawn.count("■") == sum(len(stage.groups) for stage in (*pattern.encoder, *pattern.decoder))
    ends = [line.split("─ ")[-1] for line in drawn.splitlines()]
    assert all(ends.count(task) == 1 for task in pattern.tasks)
    assert all(line == line.rstrip() and len(line) < 100 for line in drawn.splitlines())


@quick
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_svg_shows_each_block_and_each_task_once_and_a_line_per_task_between_stages(
    two_trees: Any, seed: int, tasks: int
) -> None:
    pattern = draw(two_trees, MORE_TASKS[:tasks], random.Random(seed)).pattern
    root = ElementTree.fromstring(draw_svg(pattern))
    stages = (*pattern.encoder, *pattern.decoder)
    assert len(root.findall(f"{SVG}rect[@rx='3']")) == sum(len(stage.groups) for stage in stages)
    assert len(root.findall(f"{SVG}path[@stroke-width='3']")) == tasks * (len(stages) + 1)
    words = [label.text for label in root.iter(f"{SVG}text")]
    assert all(words.count(task) == 1 for task in pattern.tasks)


@quick
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_svg_blocks_lie_inside_the_drawing_and_apart(two_trees: Any, seed: int, tasks: int) -> None:
    root = ElementTree.fromstring(draw_svg(draw(two_trees, tuple("abcdef"[:tasks]), random.Random(seed)).pattern))
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    columns: dict[float, list[tuple[float, float]]] = {}
    for block in root.findall(f"{SVG}rect[@rx='3']"):
        x, y, w, h = (float(block.attrib[name]) for name in ("x", "y", "width", "height"))
        assert left <= x and x + w <= left + width and top <= y and y + h <= top + height
        columns.setdefault(x, []).append((y, y + h))
    assert len(columns) == 5
    for spans in columns.values():
        spans.sort()
        assert all(above[1] < below[0] for above, below in pairwise(spans))


def test_svg_blocks_stand_between_the_heads_of_their_tasks() -> None:
    root = ElementTree.fromstring(draw_svg(pattern_of([["abc"]], [["ab", "c"]])))
    a, b, c = (float(head.attrib["cy"]) for head in root.findall(f"{SVG}circle[@stroke-width]"))
    blocks = root.findall(f"{SVG}rect[@rx='3']")
    middles = [float(block.attrib["y"]) + float(block.attrib["height"]) / 2 for block in blocks]
    assert middles == [(a + b + c) / 3, (a + b) / 2, c]


def test_svg_escapes_names_and_title() -> None:
    root = ElementTree.fromstring(draw_svg(hard_sharing(("a<b>&\"'", "c"), 1, 1), title="<front> & 'more'"))
    words = [label.text for label in root.iter(f"{SVG}text")]
    assert "a<b>&\"'" in words
    assert "<front> & 'more'" in words
    assert root.findtext(f"{SVG}title") == "<front> & 'more'"


def test_svg_without_a_title_is_named_by_its_tasks() -> None:
    root = ElementTree.fromstring(draw_svg(hard_sharing(TASKS, 1, 1)))
    assert root.findtext(f"{SVG}title") == "sharing pattern of depth, normals, segmentation"


def test_equal_patterns_give_equal_drawings() -> None:
    one = pattern_of([["abc"]], [["ab", "c"]])
    other = pattern_of([["cab"]], [["c", "ba"]])
    assert draw_text(one) == draw_text(other)
    assert draw_svg(one, "x") == draw_svg(other, "x")
    assert draw_svg(one) != draw_svg(pattern_of([["abc"]], [["a", "bc"]]))


def test_a_task_keeps_its_colour_and_no_two_tasks_have_one() -> None:
    def colours(pattern: SharingPattern) -> dict[str, str]:
        found = re.findall(r'<circle [^>]*fill="([^"]+)"[^>]*/>\n<text [^>]*>([^<]+)<', draw_svg(pattern))
        return {task: colour for colour, task in found}

    tasks = tuple("abcdefghijkl")
    together = colours(hard_sharing(tasks, 1, 1))
    assert set(together) == set(tasks)
    assert len(set(together.values())) == len(tasks)
    apart = pattern_of([["abcdefghijkl"], ["lka", "bcdefghij"]], [["lka", "bcdefghij"]])
    assert colours(apart) == together


def test_svg_needs_nothing_from_outside() -> None:
    drawn = draw_svg(hard_sharing(TASKS, 4, 4), title="front")
    assert not re.search(r"href|url\(|<style|<script|@import", drawn)


@pytest.mark.parametrize("seed", range(40))
def test_mixtures_are_drawn_inside_the_picture_with_their_notes(seed: int) -> None:
    pattern = any_mixture(seed)
    root = ElementTree.fromstring(draw_svg(pattern, "a title"))
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    for shape in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(shape.attrib[name]) for name in ("x", "y", "width", "height"))
        assert w >= 0 and h > 0
        assert left <= x and x + w <= left + width and top <= y and y + h <= top + height
    said = [words.text for words in root.iter(f"{SVG}text")]
    assert all(note in said for note in write_captions(pattern))
    assert draw_text(pattern).splitlines()[-len(write_captions(pattern)) :] == write_captions(
        pattern
    ) or not write_captions(pattern)


def test_a_routed_block_is_as_wide_as_ever_and_parted_by_its_ratio() -> None:
    pair = (("a", "b"),)
    pattern = SharingPattern((Stage(pair, Routed(0.5)),), (NoExchange(),), (Stage(pair),))
    root = ElementTree.fromstring(draw_svg(pattern))
    boxes = [shape for shape in root.iter(f"{SVG}rect") if shape.attrib.get("stroke") and "rx" in shape.attrib]
    widths = sorted(float(box.attrib["width"]) for box in boxes)
    # Two task branches, the shared one, the decoder block and the image.
    assert widths == [14.0, 14.0, 17.0, 34.0, 46.0]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (
            SharingPattern(
                (Stage((("a", "b"),), Routed(0.75)), Stage((("a", "b"),), Gated({"a": 0.1, "b": 0.5}))),  # type: ignore[arg-type]
                (NoExchange(), Workspace(slots=4, top_k=0.25, etf=16, state="identity")),
                (Stage((("a", "b"),)),) * 2,
            ),
            [
                "encoder 1: routed, 75 % shared; average+identity+max+shift, grouped 1x1, reads shared features; "
                "3x3 task branches; a norm a task",
                "encoder 2: gated; target rates a 10 %, b 50 %",
                "scale 2: workspace of 4 slots, width 32, top 25 % of the tokens, identity slots, frame of 16",
            ],
        ),
        (hard_sharing("ab", 2, 2), []),
    ],
)
def test_notes_say_what_a_drawing_cannot_show(pattern: SharingPattern, wanted: list[str]) -> None:
    assert write_captions(pattern) == wanted


def test_drawings_of_shared_blocks_stay_as_they_were() -> None:
    """By what they were before there were other kinds: pages keep them, and reports are compared."""
    pattern = pattern_of([["abc"], ["ab", "c"]], [["ac", "b"], ["a", "b", "c"]])
    drawn = draw_svg(pattern, "as ever") + draw_text(pattern)
    assert hashlib.sha256(drawn.encode()).hexdigest()[:16] == "b675220238887110"


def words_of(pattern: SharingPattern) -> list[str | None]:
    return [words.text for words in ElementTree.fromstring(draw_svg(pattern)).iter(f"{SVG}text")]


@pytest.mark.parametrize("seed", range(20))
def test_a_drawing_says_how_to_read_what_it_shows_and_no_more(seed: int) -> None:
    pattern = any_mixture(seed)
    shown = [*(stage.mixing for stage in pattern.encoder), *pattern.exchange]
    (said,) = [each for each in words_of(pattern) if each == legend(shown)] or [""]
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
