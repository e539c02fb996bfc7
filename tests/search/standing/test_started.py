from __future__ import annotations

import time
from pathlib import Path

import pytest

from search.standing.started import FILE, Started, read_started, write_started

ODD = [  # of the right names and another kind, as a fuzz of run folders has found them
    '{"trainings": "../../x"}',
    '{"trainings": {"trial": []}}',
    '{"epochs": [1]}',
    '{"began": 1e400}',
    '{"forecast": "soon"}',
    '{"links": 1}',
    '{"baselines": 3}',
    '{"commits": 3}',
    '{"folder": "a\\u0000b", "arguments": "a \'b"}',
]


def test_what_a_start_leaves_is_read_again(tmp_path: Path) -> None:
    told = Started(
        "space=fusion",
        5.0,
        {"trial": 3},
        {"trial": 2.0},
        2,
        60.0,
        "mlflow ui",
        ("http://a", "b"),
        "/home",
        3,
        ("a.json",),
        ("0123abc", "4567def+"),
        chained=True,
        folder=str(tmp_path),
    )
    write_started(tmp_path, told)
    assert read_started(tmp_path) == told


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"links": [], "later": 1}', *ODD])
def test_one_that_cannot_be_read_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_started(tmp_path) == Started()
    write_started(tmp_path / FILE / "no folder", Started())  # nor is it a matter where it cannot be written


def test_a_forecast_runs_from_the_start() -> None:
    assert Started().foretell() is None
    assert Started(began=time.time() - 10, forecast=60.0).foretell() == pytest.approx(50.0, abs=1)
