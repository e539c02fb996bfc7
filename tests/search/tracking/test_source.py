from __future__ import annotations

from search.tracking.source import COMMIT, find_source, list_parts, list_shared
from search.tracking.tracker import Origin


def test_parts_are_named_as_they_are_chosen() -> None:
    params = {"space": {"_target_": "space/fusion"}, "data": {"_target_": "data/scenes"}, "trials": 3, "network": None}
    assert list_parts(params) == {"space": "fusion", "data": "scenes"}


def test_a_run_has_a_source() -> None:
    found = find_source()
    assert found["mlflow.source.name"] == "search.run"
    assert all(found.values())


def test_whoever_records_a_search_of_another_place_is_not_its_user_nor_its_code() -> None:
    elsewhere = {"mlflow.source.name": "search.run", "mlflow.source.type": "LOCAL"}
    assert find_source(Origin(on=False)) == elsewhere
    assert find_source(Origin(on=False, commit="abc123")) == {**elsewhere, COMMIT: "abc123"}


def test_children_are_their_parent_s_user_s_and_tell_what_they_are_filtered_by() -> None:
    parent = {"mlflow.user": "ada", "mlflow.source.name": "search.run", "resume_command": "go on"}
    shared = list_shared(parent, {"space": {"_target_": "space/fusion"}})
    assert shared == {"mlflow.user": "ada", "mlflow.source.name": "search.run", "space": "fusion"}
