from __future__ import annotations

import pytest

from spaces.errors import ConfigError, DataError
from spaces.fields import Fields
from trainers.data.specs.selection import check_names, select_tasks
from trainers.tasks.depth import Depth

AVAILABLE = {name: Depth(name) for name in ("depth", "near", "far")}


@pytest.mark.parametrize("names", [None, [], ("a",), ["b", "a"]])
def test_lists_of_distinct_names_are_right(names: object) -> None:
    fields = Fields(object())
    check_names(fields, names)
    fields.done()


@pytest.mark.parametrize("names", ["depth", 3, ["a", "a"], ["a", 1], {"a": 1}])
def test_anything_else_is_refused(names: object) -> None:
    fields = Fields(object())
    check_names(fields, names)
    with pytest.raises(ConfigError, match=r"data\.tasks=.*: want a list of distinct names, or null for the usual ones"):
        fields.done()


def test_tasks_come_in_the_order_named() -> None:
    assert select_tasks(AVAILABLE, ("far", "depth")) == (AVAILABLE["far"], AVAILABLE["depth"])


def test_everything_wrong_is_said_with_the_nearest_name() -> None:
    with pytest.raises(DataError) as caught:
        select_tasks(AVAILABLE, ("dept",))
    assert caught.value.problems == (
        "data.tasks: unknown task 'dept', this data set has depth, near, far; did you mean 'depth'?",
        "data.tasks=['dept']: want at least 2 tasks, for one alone has nobody to share with; "
        "this data set has depth, near, far",
    )
    with pytest.raises(DataError) as caught:
        select_tasks(AVAILABLE, ("depth", "zzz"))
    assert caught.value.problems == ("data.tasks: unknown task 'zzz', this data set has depth, near, far",)
