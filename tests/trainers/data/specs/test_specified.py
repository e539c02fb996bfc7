from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from spaces.errors import ConfigError, DataError
from spaces.fields import Fields
from trainers.data.specs.parsing import Format
from trainers.data.specs.spec import ARRAYS, Spec, read_spec
from trainers.data.specs.specified import Specified
from trainers.data.splits.arrays import Arrays
from trainers.tasks.depth import Depth

SPEC = "source: the shelf\ndefault: [near, far]\ntasks: {near: {kind: depth}, far: {kind: depth}, top: {kind: depth}}"


@dataclass(frozen=True)
class Own(Specified):
    """The least that a data set with a specification adds."""

    shade: int = 1
    form: ClassVar[Format] = ARRAYS
    size: ClassVar[tuple[int, int]] = (1, 1)
    fingerprint: ClassVar[str] = "own"

    def _check(self, fields: Fields) -> None:
        fields.integer("shade", low=0)

    def check(self) -> None:
        self._placed("want the folder")

    def load(self, split: str, only: object = None) -> Arrays:
        return Arrays(np.zeros((1, 1, 1, 3), np.uint8), {})

    @property
    def _spec(self) -> Spec:
        return read_spec(self._specification())


@pytest.fixture
def spec(tmp_path: Path) -> str:
    (tmp_path / "shelf.yaml").write_text(SPEC)
    return str(tmp_path / "shelf.yaml")


def test_tasks_are_those_of_the_specification(spec: str) -> None:
    assert list(Own(spec=spec).available) == ["near", "far", "top"]
    assert Own(spec=spec).selected == (Depth("near"), Depth("far"))
    assert Own(spec=spec, tasks=["top", "near"]).selected == (Depth("top"), Depth("near"))


def test_it_is_called_after_its_specification(spec: str) -> None:
    assert Own(spec=spec).name == "shelf"
    assert Own().name == "own"
    assert Own(spec="redkitchen").name == "redkitchen"


def test_paths_are_those_of_the_process_that_made_it(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    own = Own(root="data", spec="shelf.yaml")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    own.check()
    assert len(own.selected) == 2


def test_what_is_missing_is_said_with_where_it_comes_from(spec: str) -> None:
    with pytest.raises(DataError, match=r"^data\.root is not given; want the folder\. Such data: the shelf$"):
        Own(spec=spec).check()
    with pytest.raises(DataError, match=r"^data\.root=none: no folder .*none; want the folder"):
        Own(root="none", spec=spec).check()
    with pytest.raises(DataError, match=r"^data\.spec is not given; want data\.spec=FILE"):
        Own().check()


def test_fields_of_a_set_are_checked_with_the_common_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        Own(root=3, tasks="near", shade=-1)  # type: ignore[arg-type]
    assert [problem.partition("=")[0] for problem in caught.value.problems] == ["data.root", "data.tasks", "data.shade"]
