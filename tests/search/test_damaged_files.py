"""Files of a run folder damaged at any byte or field: read, or refused by the project's own error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.jobs.trial import load_trial
from search.study.fronts.final_files import load_finals
from search.study.run_config import read_config
from spaces.errors import UserError
from tests.search.trials import complete

ODD: list[Any] = [
    None,
    True,
    -1,
    1e400,
    float("nan"),
    10**400,
    "",
    "../../x",
    "a\0b",
    [],
    {},
    [[]],
    {"a": []},
    "é" * 99,
]
TRIAL = complete(1, 1.0, 10).to_json()
FILES = {
    "trials/0001.json": json.dumps(TRIAL),
    "finals/0001-a.json": json.dumps({"trial": TRIAL, "training": "a", "start": "", "before": 0, "digest": ""}),
    "config.yaml": json.dumps({"search_id": "0" * 32, "run": {"name": "a"}, "objectives": ["macs"]}),
}
fuzz = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def list_spots(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Ways to every value inside one."""
    names = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in names:
        yield (*above, name)
        yield from list_spots(value[name], (*above, name))


def read(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    try:
        if name == "config.yaml":
            read_config(folder)
        elif name.startswith("trials"):
            load_trial(folder / name)
        else:
            load_finals(folder)
    except UserError as error:
        assert name in str(error)


@pytest.mark.parametrize("name", FILES)
@fuzz
@given(data=st.data())
def test_a_field_may_hold_anything(name: str, data: st.DataObject, tmp_path: Path) -> None:
    value = json.loads(FILES[name])
    *above, last = data.draw(st.sampled_from(list(list_spots(value))))
    node = value
    for step in above:
        node = node[step]
    node[last] = data.draw(st.sampled_from(ODD))
    read(tmp_path, name, json.dumps(value).encode())


@pytest.mark.parametrize("name", FILES)
@fuzz
@given(data=st.data())
def test_bytes_may_be_any(name: str, data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray(FILES[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read(tmp_path, name, bytes(content[: data.draw(st.integers(0, len(content)))]))
