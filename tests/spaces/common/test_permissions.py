"""Code of strangers does not run; that of packages which a person names does, and nothing that they only pass on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from spaces.common.permissions import allow, import_allowed, is_allowed, list_allowed
from spaces.errors import ConfigError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with a function of its own, and one of another package that it has imported."""
    (tmp_path / "orchard").mkdir()
    (tmp_path / "orchard/__init__.py").write_text("")
    (tmp_path / "orchard/trees.py").write_text(
        "import os\nfrom os import system\nfrom subprocess import getoutput\nPEARS = 3\n"
        "class Apple: ...\ndef pick(): return 'picked'\n"
    )
    (tmp_path / "orchard/rotten.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("orchard")]:
        monkeypatch.delitem(sys.modules, name)
    return "orchard"


def refusal(path: str) -> str:
    with pytest.raises(ConfigError) as caught:
        import_allowed(path, "data._target_=" + path)
    (problem,) = caught.value.problems
    return problem


def test_what_nobody_has_named_is_not_even_imported(package: str, tmp_path: Path) -> None:
    (tmp_path / "orchard/trees.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert refusal(f"{package}.trees.pick") == (
        "data._target_=orchard.trees.pick: code of the package 'orchard', which nobody has allowed to run; if you know "
        "whose it is and want it to run here, say --allow orchard.trees (or set SEARCH_ALLOW=orchard.trees); what this "
        "project ships needs no such word"
    )
    assert not (tmp_path / "ran").exists()


def test_what_is_named_runs_here_and_in_processes_that_are_started(package: str) -> None:
    allow([package])
    assert import_allowed("orchard.trees.pick", "data")() == "picked"
    assert os.environ["SEARCH_ALLOW"] == "orchard"
    allow(["other.parts", "orchard"])
    assert list_allowed() == ["orchard", "other.parts"]
    assert [is_allowed(path) for path in ("orchard", "orchards.trees", "other.parts.x", "other")] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("name", ["getoutput", "system"])
def test_what_a_package_only_passes_on_stays_out(package: str, name: str) -> None:
    allow([package])
    assert "is a part of " in refusal(f"{package}.trees.{name}")
    assert "which nobody has allowed to run; name what is the package's own" in refusal(f"{package}.trees.{name}")
    assert "module orchard.trees.os cannot be imported" in refusal(f"{package}.trees.os.{name}")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("orchard.trees.Aple", "orchard.trees has no class Aple; did you mean 'Apple'? It has: Apple"),
        ("orchard.trees.PEARS", "orchard.trees has no class PEARS"),
        ("orchard.trees2.Apple", "module orchard.trees2 cannot be imported (No module named"),
        ("orchard.rotten.Apple", "module orchard.rotten fails where it is imported (ZeroDivisionError"),
        ("Apple", "want a dotted path such as package.module.Class"),
    ],
)
def test_what_is_not_there_is_told(package: str, path: str, told: str) -> None:
    allow([package])
    assert told in refusal(path)


@pytest.mark.parametrize("name", ["a b", "", "x.", "../x", "-c"])
def test_a_package_has_a_dotted_name(name: str) -> None:
    with pytest.raises(ConfigError, match="want the dotted name of a package or module"):
        allow([name])
