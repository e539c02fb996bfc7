from __future__ import annotations

from search.tracking.shared_view import find_deltas, make_view


def test_a_view_shows_the_trials_of_one_search_best_first() -> None:
    view = make_view("abc", ["macs", "worst_delta"], ["depth.delta"])
    assert view["searchFilter"] == "tags.`mlflow.parentRunId` = 'abc' AND tags.`kind` != 'confirmation'"
    assert (view["orderByKey"], view["orderByAsc"]) == ("metrics.`worst_delta`", False)
    wanted = ["tags.`on_front`", "tags.`delivered`", "metrics.`macs`", "metrics.`depth.delta`", "metrics.`delta_mtl`"]
    assert set(wanted) <= set(view["selectedColumns"])
    assert len(set(view["selectedColumns"])) == len(view["selectedColumns"])
    assert make_view("abc", ["macs"], [])["orderByAsc"]


def test_where_fresh_seeds_show_something_the_view_is_sorted_by_that() -> None:
    view = make_view("abc", ["macs", "worst_delta"], [], ["delta_mtl.confirmed", "worst_delta.confirmed"])
    assert (view["orderByKey"], view["orderByAsc"]) == ("metrics.`worst_delta.confirmed`", False)
    assert "metrics.`delta_mtl.confirmed`" in view["selectedColumns"]


def test_changes_of_tasks_are_found_by_their_names() -> None:
    assert find_deltas(["depth.delta", "delta_mtl", "noise.delta_mtl"]) == ["depth.delta"]
