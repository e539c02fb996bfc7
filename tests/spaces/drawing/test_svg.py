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
from spaces.drawing.svg import draw_svg
from spaces.drawing.text import draw_text
from spaces.pattern.sharing_pattern import SharingPattern, hard_sharing
from tests.spaces.drawing.letters import pattern_of
from tests.spaces.networks.mixes import any_mixture

SVG = "{http://www.w3.org/2000/svg}"
TASKS = ("depth", "normals", "segmentation")
MORE_TASKS = (*TASKS, "edges", "autoencoder")
quick = settings(max_examples=50, deadline=None)  # on busy cores a deadline measures the neighbours


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


def test_a_drawing_of_shared_blocks_says_what_height_means() -> None:
    root = ElementTree.fromstring(draw_svg(pattern_of([["abc"]], [["ab", "c"]])))
    assert "taller block: higher resolution" in [words.text for words in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("seed", range(8))
def test_words_can_be_read_where_the_drawing_has_half_its_size(seed: int) -> None:
    root = ElementTree.fromstring(draw_svg(any_mixture(seed)))
    assert min(float(words.attrib["font-size"]) for words in root.iter(f"{SVG}text")) >= 15


def test_drawings_of_shared_blocks_stay_as_they_were() -> None:
    """Pages keep them, and reports are compared: what changes here changes all of them."""
    pattern = pattern_of([["abc"], ["ab", "c"]], [["ac", "b"], ["a", "b", "c"]])
    drawn = draw_svg(pattern, "as ever") + draw_text(pattern)
    assert hashlib.sha256(drawn.encode()).hexdigest()[:16] == "08ce59c8769e6d5a"
