from __future__ import annotations

import pytest

from spaces.errors import PatternError
from spaces.pattern.stage import Stage


@pytest.mark.parametrize("groups", [(), ((),), (("a",), ("a", "b")), (("a", "a"),)])
def test_groups_that_are_no_partition_are_refused(groups: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(PatternError) as caught:
        Stage(groups)
    assert str(caught.value) == (
        f"groups {[list(group) for group in groups]} are no partition: want every task in exactly one non-empty group"
    )
