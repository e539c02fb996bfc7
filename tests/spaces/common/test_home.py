"""Signs for home directories mean these, and of nobody's home one message is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.check import main as check
from spaces.common.home import expand_home
from spaces.errors import ConfigError


def test_home_is_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expand_home("~/a", "data.root") == tmp_path / "a"
    assert expand_home("a/~", "data.root") == Path("a/~")


def test_the_home_of_nobody_is_told_unless_something_is_called_so() -> None:
    with pytest.raises(ConfigError) as caught:
        expand_home("~nobody_here/a", "data.root")
    assert str(caught.value) == (
        "data.root=~nobody_here/a: there is no such home directory, for 'nobody_here' is no user here; give the whole "
        "path, or ./~nobody_here/a for what is called so"
    )
    Path("~nobody_here").mkdir()
    assert expand_home("~nobody_here", "data.root") == Path("~nobody_here")


@pytest.mark.parametrize(
    "given",
    [
        ["data=folder", "data.root=~nobody_here", "data.spec=nyuv2"],
        ["data=folder", "data.root=.", "data.spec=~nobody_here/a.yaml"],
        ["data=npz", "data.root=~nobody_here", "data.spec=redkitchen"],
        ["data=celeba", "data.root=~nobody_here", "network=classifier"],
        ["data=multifashion", "data.root=~nobody_here"],
        ["data.cache=~nobody_here"],
        ["data=folder", "data.root=.", "data.spec=nyuv2", "data.loading.cache=~nobody_here"],
        ["run.folder=~nobody_here"],
        ["network=resnet", "network.weights=~nobody_here", "data.images=24"],
        ["--config-dir", "~nobody_here"],
    ],
)
def test_commands_end_in_one_message(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check(given) == 2

    told = capsys.readouterr().err
    assert "~nobody_here" in told
    assert "there is no such home directory, for 'nobody_here' is no user here" in told
    assert len(told.splitlines()) == 1
