from __future__ import annotations

from search.tracking.shared_view import make_view


def test_a_view_shows_the_trials_of_one_search_best_first() -> None:
    view = make_view("abc", ["macs", "worst_delta"], ["depth.delta"])
    assert view["searchFilter"] == "tags.`mlflow.parentRunId` = 'abc' AND tags.`kind` != 'confirmation'"
    assert (view["orderByKey"], view["orderByAsc"]) == ("metrics.`worst_delta`", False)
    wanted = ["tags.`on_front`", "tags.`delivered`", "metrics.`macs`", "metrics.`depth.delta`", "metrics.`delta_mtl`"]
    assert set(wanted) <= set(view["selectedColumns"])
    assert len(set(view["selectedColumns"])) == len(view["selectedColumns"])
    assert make_view("abc", ["macs"], [])["orderByAsc"]
