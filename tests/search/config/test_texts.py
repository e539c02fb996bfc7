from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.config.arguments import quote
from search.config.composition import compose
from spaces.errors import ConfigError

quick = settings(max_examples=10, deadline=None)  # composing takes tens of milliseconds
NAMES = ["2024_01_05", "007", "1e5", "inf", "nan", "true", "2024-01-05", "1_000.5", "0x10"]
ODD = [*NAMES, "-5", "[a]", "{a:1}", "a,b", "range(1,3)"]
PATHS = ["~/photos", "é/照", "my data (1) [x]+é", "a=b@c", "it's", "x #1", "a;b", "back\\slash\\", "a:b", "1_0/2"]
FOLDER = ["data=folder", "data.spec=nyuv2"]


@pytest.mark.parametrize("typed", NAMES)
def test_a_name_stays_as_it_was_typed(typed: str) -> None:
    assert compose([f"run.name={typed}"]).run.name == typed
    with pytest.raises(ConfigError, match=r"run\.name=-5: want letters"):
        compose(["run.name=-5"])


@pytest.mark.parametrize("typed", [*ODD, *PATHS])
def test_fields_of_every_part_that_want_a_text_take_what_was_typed(typed: str) -> None:
    settings = compose([*FOLDER, f"data.root={typed}", f"data.loading.cache={typed}", f"tracking.experiment={typed}"])
    assert settings.plain["data"]["root"] == settings.plain["data"]["loading"]["cache"] == typed
    assert settings.plain["tracking"]["experiment"] == typed


@quick
@given(typed=st.text(st.characters(exclude_characters="$\n\r\0", exclude_categories=["Cs"]), min_size=1))
def test_any_text_comes_through_in_quotes(typed: str) -> None:
    assert compose([*FOLDER, f"tracking.experiment={quote(typed)}"]).plain["tracking"]["experiment"] == typed


def test_quotes_and_null_mean_what_they_mean_elsewhere() -> None:
    assert compose([*FOLDER, "data.root='my data'"]).plain["data"]["root"] == "my data"
    assert compose([*FOLDER, "data.root='2024'"]).plain["data"]["root"] == "2024"
    assert compose(["run.name=null"]).run.name == "fusion-scenes"
    assert compose(["network=resnet", "network.weights=null"]).plain["network"]["weights"] is None


@pytest.mark.parametrize("typed", ["${b}", "a${b}c", "${b.c}", "$b"])
def test_what_refers_to_no_key_is_what_was_typed(typed: str) -> None:
    for word in (typed, f"'{typed}'"):
        settings = compose([*FOLDER, f"data.root={word}", f"tracking.experiment={word}"])
        assert settings.plain["data"]["root"] == settings.plain["tracking"]["experiment"] == typed
    assert compose(["trials=7", "tracking.experiment=of-${trials}"]).plain["tracking"]["experiment"] == "of-7"


def test_where_no_text_is_wanted_a_reference_to_no_key_is_told() -> None:
    with pytest.raises(ConfigError, match=r"^trials=\$\{b\}: there is no key b to take the value of; --help"):
        compose(["trials=${b}"])


def test_null_is_a_name_where_something_is_called_so() -> None:
    given = [*FOLDER, "data.root=null"]
    assert compose(given).plain["data"]["root"] is None
    Path("null").mkdir()
    assert compose(given).plain["data"]["root"] == "null"
    assert compose([*FOLDER, "data.root='null'"]).plain["data"]["root"] == "null"
    assert compose([*FOLDER, "data.loading.workers=null"]).plain["data"]["loading"]["workers"] is None


def test_items_of_lists_of_texts_stay_too() -> None:
    assert compose([*FOLDER, "data.tasks=[depth,semseg]"]).plain["data"]["tasks"] == ["depth", "semseg"]
    assert compose([*FOLDER, "data.tasks=[1_0,é,'a b']"]).plain["data"]["tasks"] == ["1_0", "é", "a b"]


@pytest.mark.parametrize(
    ("word", "told"),
    [("trials=1,2", "several values would be a sweep"), ("trials=a(b", "cannot be read"), ("space=a,b", "a sweep")],
)
def test_where_no_text_is_wanted_nothing_changes(word: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        compose([word])
    with pytest.raises(ConfigError, match=r"trials=2024.5: want a whole number"):
        compose(["trials=2024.5"])


def test_home_is_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert compose(["run.folder=~/rüns"]).run.folder == tmp_path / "rüns"
    with pytest.raises(ConfigError, match="home directory"):
        compose(["run.folder=~nobody-of-this-name/runs"])


@pytest.mark.parametrize("kind", ["data", "experiment"])
def test_files_say_what_they_say(kind: str, tmp_path: Path) -> None:
    (tmp_path / kind).mkdir()
    data: dict[str, Any] = {
        "data": "_target_: trainers.data.folder.Folder\nspec: nyuv2\nroot: 2024_01_05\nloading:\n"
        "  _target_: trainers.data.loading.Loading\n  cache: 007\n",
        "experiment": "defaults:\n  - data: folder\ndata:\n  spec: nyuv2\n  root: 2024_01_05\n"
        "  loading:\n    cache: 007\n",
    }
    (tmp_path / kind / "mine.yaml").write_text(data[kind])
    found = compose(["--config-dir", str(tmp_path), f"{kind}=mine"]).plain["data"]
    assert (found["root"], found["loading"]["cache"]) == ("2024_01_05", "007")
    assert compose(["--config-dir", str(tmp_path), f"{kind}=mine", "data.root=x"]).plain["data"]["root"] == "x"
