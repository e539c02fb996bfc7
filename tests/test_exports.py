"""The table of exported networks: its rows, and families that cannot build a space."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from experiments.benchmarks import exports


def test_a_row_says_how_nearly_and_how_fast(tmp_path: Path) -> None:
    asked = ["--spaces", "fusion", "--families", "classifier", "--formats", "pt2"]  # which is written fastest
    assert exports.main(["--folder", str(tmp_path), *asked]) == 0
    with open(tmp_path / "exports.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["space"], row["family"], row["format"], row["size"]) == ("fusion", "classifier", "pt2", "32x32")
    assert float(row["difference"]) <= 1e-4
    assert float(row["ratio"]) == pytest.approx(float(row["exported_p50_ms"]) / float(row["eager_p50_ms"]), rel=0.1)


def test_what_a_family_cannot_build_is_told_with_the_reason() -> None:
    pattern, why = exports.draw_pattern("routing", "vit")
    assert pattern is None
    assert "can only be " in why
