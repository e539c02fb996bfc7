from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from spaces.errors import ConfigError
from trainers.tasks import KINDS, Task, make_task
from trainers.tasks.depth import Depth


@dataclass(frozen=True)
class Disparity(Depth):
    """A kind of one's own."""

    baseline_m: float = 0.1
    kind: ClassVar[str] = "disparity"


@dataclass(frozen=True)
class Unfinished(Task):
    """Lacks everything."""


def test_a_kind_of_ones_own_is_named_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "my_kinds", sys.modules[__name__])
    monkeypatch.setenv("SEARCH_ALLOW", "my_kinds,tests,typing")
    task = make_task("d", {"kind": "my_kinds.Disparity", "baseline_m": 0.2})
    assert task == Disparity("d", baseline_m=0.2)
    with pytest.raises(ConfigError, match=r"'my_kinds.Unfinished' lacks channels, decode, .*, kind, headline; see"):
        make_task("d", {"kind": "my_kinds.Unfinished"})
    with pytest.raises(ConfigError, match=r"'my_kinds.ClassVar' is not a subclass of trainers.tasks.Task"):
        make_task("d", {"kind": "my_kinds.ClassVar"})


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("depth", "tasks.d='depth': want a mapping such as {kind: depth, scale: 0.001}"),
        ({}, f"tasks.d.kind: missing, want one of {', '.join(KINDS)}, or the dotted path of a Task class"),
        ({"kind": "dpeth"}, f"tasks.d.kind: 'dpeth', want one of {', '.join(KINDS)}, or the dotted path"),
        ({"kind": 3}, "tasks.d.kind: 3, want one of"),
        (
            {"kind": "no.such.Kind"},
            "tasks.d.kind=no.such.Kind: code of the package 'no', which nobody has allowed to run;",
        ),
        (
            {"kind": "json.Kind"},
            "tasks.d.kind=json.Kind: code of the package 'json', which nobody has allowed to run;",
        ),
        ({"kind": "..Kind"}, "tasks.d.kind=..Kind: want a dotted path such as package.module.Class"),
        (
            {"kind": "depth", "scael": 2},
            "tasks.d.scael: unknown, kind 'depth' has role, weight, measures, judged_by, scale, invalid, ",
        ),
        ({"kind": "depth", "name": "x"}, "tasks.d.name: unknown"),
        ({"kind": "depth", "group": "x"}, "tasks.d.group: unknown"),
        ({"kind": "depth", 3: "x"}, "tasks.d.3: unknown"),
    ],
)
def test_bad_specifications(spec: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}"):
        make_task("d", spec)


@pytest.mark.parametrize("name", ["", "a.b", "1st", "a b", "ä", 3])
def test_bad_names(name: Any) -> None:
    with pytest.raises(ConfigError, match=r"^task name .*: want a letter, then letters, digits, '_' or '-'"):
        make_task(name, {"kind": "depth"})


def test_the_specification_is_left_alone() -> None:
    spec = {"kind": "depth", "scale": 0.5}
    make_task("d", spec)
    assert spec == {"kind": "depth", "scale": 0.5}
