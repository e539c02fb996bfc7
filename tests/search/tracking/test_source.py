from __future__ import annotations

from search.tracking.source import find_source, list_parts


def test_parts_are_named_as_they_are_chosen() -> None:
    params = {"space": {"_target_": "space/fusion"}, "data": {"_target_": "data/scenes"}, "trials": 3, "network": None}
    assert list_parts(params) == {"space": "fusion", "data": "scenes"}


def test_a_run_has_a_source() -> None:
    found = find_source()
    assert found["mlflow.source.name"] == "search.run"
    assert all(found.values())
