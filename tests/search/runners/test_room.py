from __future__ import annotations

import pytest

from search.runners import room
from search.runners.room import Room, Share


@pytest.mark.parametrize(
    ("share", "node", "count"),
    [
        (Share(1, 0), {"CPU": 4.0}, 4),
        (Share(0.5, 0), {"CPU": 2.0, "GPU": 1.0}, 4),
        (Share(1, 0.25), {"CPU": 8.0, "GPU": 1.0}, 4),
        (Share(4, 0.25), {"CPU": 8.0, "GPU": 1.0}, 2),
        (Share(1, 1), {"CPU": 8.0}, 0),
        (Share(3, 0), {"CPU": 2.0}, 0),
        (Share(1, 0), {}, 0),
    ],
)
def test_a_node_holds_as_many_trainings_as_its_scarcest_resource(
    share: Share, node: dict[str, float], count: int
) -> None:
    assert share.count(node) == count


def test_nodes_that_join_and_go_away_change_the_places_and_a_change_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "PAUSE", 0.0)
    nodes: list[dict[str, float]] = [{"CPU": 1.0}]
    told: list[int] = []
    kept = Room(Share(1, 0), None, lambda: nodes, told.append)
    assert kept.holds(0) and not kept.holds(1)
    nodes.append({"CPU": 2.0})
    assert kept.holds(2) and not kept.holds(3)
    nodes.clear()
    assert not kept.holds(0)
    nodes.append({"CPU": 1.0})
    assert kept.holds(0) and not kept.holds(1)
    assert told == [1, 3, 1]
    silent = iter([[{"CPU": 2.0}], None, [{"CPU": 1.0}]])
    unsure = Room(Share(1, 0), None, lambda: next(silent), told.append)
    assert unsure.holds(1) and unsure.holds(1) and not unsure.holds(1)  # what was known last counts meanwhile
    few = Room(Share(1, 0), 2, lambda: [{"CPU": 8.0}], told.append)
    assert few.holds(1) and not few.holds(2) and told[-1] == 2


def test_the_cluster_is_asked_now_and_then_and_not_for_every_training() -> None:
    asked: list[int] = []

    def ask() -> list[dict[str, float]]:
        asked.append(1)
        return [{"CPU": 1.0}]

    kept = Room(Share(1, 0), None, ask, lambda places: None)
    assert kept.places == 0
    assert [kept.holds(0) for _ in range(50)] == [True] * 50
    assert len(asked) == 1
