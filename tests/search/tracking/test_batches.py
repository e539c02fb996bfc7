from __future__ import annotations

from typing import Any

import pytest

from search.tracking.batches import log_batch
from search.tracking.mlflow_values import Point

pytest.importorskip("mlflow")


class Client:
    def __init__(self) -> None:
        self.calls: list[tuple[int, int, int]] = []

    def log_batch(self, run: str, metrics: Any, params: Any, tags: Any) -> None:
        assert run == "r"
        self.calls.append((len(metrics), len(params), len(tags)))


def test_as_few_calls_as_mlflow_takes_and_none_for_nothing() -> None:
    client: Any = Client()
    log_batch(client, "r")
    assert client.calls == []
    log_batch(client, "r", [Point("loss", 1.0, 5, step) for step in range(1000)], {str(n): "" for n in range(101)})
    assert client.calls == [(800, 100, 0), (200, 1, 0)]
