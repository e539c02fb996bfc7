"""The benchmark of confirmations, at tiny size: a landscape of a few patterns, real searches, real confirmations."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from experiments.benchmarks.confirmed import LANDSCAPE, Line, format_table, main, read_landscape
from search.load import load
from spaces.choices import enumerate_patterns
from spaces.drawing.one_line import describe_in_line
from spaces.fusion import Fusion
from tests.tiny import arguments, write_tiny

NAMES = ("brightness", "colour", "depth")


def test_the_committed_landscape_has_every_pattern_with_ten_seeds() -> None:
    assert len(read_landscape(LANDSCAPE)) == 35
    with LANDSCAPE.open(newline="") as file:
        assert {row["seeds"] for row in csv.DictReader(file)} == {"10"}


def test_searches_are_confirmed_and_held_against_the_landscape(capsys: pytest.CaptureFixture[str]) -> None:
    words = [describe_in_line(each.pattern) for each in enumerate_patterns(Fusion(2, 2), NAMES)]
    with Path("landscape.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["pattern", "delta_mtl.mean", "delta_mtl.error"])
        table.writerows([each, -5.0, 0.5] for each in words)
    given = ["--run-seeds", "3", "4", "--confirm", "2", "--landscape", "landscape.csv", "--folder", "out"]
    overrides = arguments(write_tiny(Path("data")), "trials=2")
    assert main([*given, *overrides]) == 0
    text = Path("out/confirmed.md").read_text()
    first = capsys.readouterr().out
    networks = sum(len(load(f"runs/confirmed-{seed}").confirmed) for seed in (3, 4))
    assert f" of {networks} networks (" in text
    assert "| 4 | " in text
    assert main([*given, *overrides]) == 0
    assert Path("out/confirmed.md").read_text() == text
    assert "seed 3500: " in first
    assert "seed 3500: " not in capsys.readouterr().out


def test_a_pattern_that_the_landscape_lacks_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--run-seeds", "3", "--confirm", "1", "--folder", "out"]
    assert main([*given, *arguments(write_tiny(Path("data")), "trials=1")]) == 2
    assert "the landscape has no 2 x all; give one with --landscape" in capsys.readouterr().err


def test_coverage_and_curse_are_counted() -> None:
    lines = [
        Line(3, 0, "4 x all", 1e6, 2.0, 1.0, -1.0, 3.0, 0.5, 0.8),
        Line(3, 1, "3 x all > 1 x a | b", 2e6, 4.0, 1.0, -1.0, 3.0, 3.5, 0.8),
    ]
    text = format_table(lines)
    assert "Intervals hold the ten-seed mean of 1 of 2 networks (50 %); they are 4.0 points wide on average." in text
    assert "| 3 | 2 | +2.00 | +1.00 | -1.00 |" in text
    assert "3 x all > 1 x a / b" in text
