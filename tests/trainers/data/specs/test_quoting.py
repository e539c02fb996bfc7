from __future__ import annotations

import pytest

from trainers.data.specs.parsing import NAMES
from trainers.data.specs.yaml_loader import load_named


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "tasks: {a: {classes: [background, yes, No]}}",
            "tasks.a.classes: YAML takes yes, No for a value that is no text; quote them: classes: [background, 'yes', "
            "'No']",
        ),
        (
            "tasks: {a: {attributes: ['x', ~, 1.0, on]}}",
            "tasks.a.attributes: YAML takes ~, 1.0, on for a value that is no text; quote them: attributes: ['x', '~', "
            "'1.0', 'on']",
        ),
        (
            "tasks: {a: {classes: [0, 1, 2]}}",
            "tasks.a.classes=[0, 1, 2]: numbers are no names; say how many there are, classes: 3, or their names "
            "(quote those that are numbers, classes: ['0', '1', '2'])",
        ),
        (
            "tasks: {a: {classes: [0, 7, 24]}}",
            "tasks.a.classes=[0, 7, 24]: numbers are no names; say how many there are, classes: 3 and map: {0: 0, "
            "7: 1, 24: 2}, or their names (quote those that are numbers, classes: ['0', '7', '24'])",
        ),
        ("tasks: {off: {kind: depth}}", "tasks: YAML takes off for a value that is no text; quote it: 'off'"),
        ("default: [null]", "default: YAML takes null for a value that is no text; quote it: default: ['null']"),
        (
            "splits: {train: [2018, 01], test: t}",
            "splits.train: YAML takes 2018, 01 for a value that is no text; quote them: train: ['2018', '01']",
        ),
        (
            "splits: {train: 2019-01-02}",
            "splits.train: YAML takes 2019-01-02 for a value that is no text; quote it: train: '2019-01-02'",
        ),
    ],
)
def test_names_are_told_as_they_should_be_typed(text: str, told: str) -> None:
    _, problems = load_named(text, NAMES, (("tasks",),))

    assert problems == [told]


def test_they_are_read_as_they_were_typed() -> None:
    content, problems = load_named("tasks: {no: {classes: [yes, 01], weight: 1e-3}}", NAMES, (("tasks",),))

    assert content == {"tasks": {"no": {"classes": ["yes", "01"], "weight": 0.001}}}
    assert len(problems) == 2


@pytest.mark.parametrize(
    "text", ["", "tasks: {a: {classes: [x, 'yes'], own: [yes, 1]}}\nsplits: {train: a}\ndefault: [a]", "tasks: [1]"]
)
def test_right_names_are_not(text: str) -> None:
    assert load_named(text, NAMES, (("tasks",),))[1] == []
