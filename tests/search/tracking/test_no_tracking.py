from __future__ import annotations

import os
from pathlib import Path

from search.components.component_names import COMPONENTS
from search.components.components import build_component
from search.tracking.no_tracking import NoTracking
from search.tracking.tracker import Training
from tests.search.trials import complete


def test_no_tracking_writes_nothing(tmp_path: Path) -> None:
    NoTracking().check()
    tracker = NoTracking().tracker(tmp_path)
    tracker.open("a search", "id", {"trials": 4}, "")
    tracker.log(complete(0, 1.0, 10))
    tracker.log_training(Training("supernet", "a", {}, {}))
    tracker.log_hypervolume(1, 1.0)
    tracker.log_confirmed({0: {"delta_mtl.confirmed": 1.0}})
    tracker.close("FINISHED", [], {})
    assert tracker.view_command() == ""
    assert tracker.view_links() == ()
    assert not os.listdir(tmp_path)


def test_it_is_found_by_its_name_and_wherever_it_has_been() -> None:
    for named in ("tracking/none", *COMPONENTS.paths["tracking/none"]):
        assert build_component({"_target_": named}, "tracking") == NoTracking()
