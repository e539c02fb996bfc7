"""What is promised of backbones of other packages, installed or not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from search.run import main
from spaces.errors import ConfigError
from spaces.networks.timm import Timm
from spaces.networks.transformers import Transformers
from spaces.networks.whole import WholeBackbone


@pytest.mark.parametrize(
    ("network", "packages", "absent"),
    [
        ("timm", ("timm", "torchvision"), "timm, torchvision"),
        ("transformers", ("transformers",), "transformers"),
    ],
)
def test_where_its_package_is_not_installed_it_is_shown_and_refused_with_one_message(
    network: str,
    packages: tuple[str, ...],
    absent: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)  # how Python marks what cannot be imported
    assert main([f"network={network}", "--help"]) == 0
    assert "network.options=[]" in capsys.readouterr().out
    assert main([f"network={network}"]) == 2
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1  # the first word
    assert printed.err == (
        f"network={network}: needs {absent}, not installed here; pip install 'automl-sharing-search[{network}]', "
        "or take another network\n"
    )


def test_a_package_that_fails_when_imported_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("timm", "import torchvision"), ("torchvision", "raise RuntimeError('made for another torch')")):
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as caught:
        _ = Timm().stride
    assert caught.value.problems == (
        "network=timm: timm and torchvision are there, but cannot be imported (made for another torch); want the "
        "torchvision that was made for the installed torch, or take another network",
    )


@pytest.mark.parametrize("kind", [Timm, Transformers])
def test_fields_out_of_range_are_told_at_once_without_the_package(kind: type[WholeBackbone]) -> None:
    with pytest.raises(ConfigError) as caught:
        kind(model="", stages=0, decoder_width=0.5, pixels="grey")  # type: ignore[arg-type]
    assert [problem.partition("=")[0] for problem in caught.value.problems] == [
        "network.model",
        "network.stages",
        "network.decoder_width",
        "network.pixels",
    ]
    with pytest.raises(ConfigError, match=r"network\.options holds \{1\}: want numbers, texts, and lists of them"):
        kind(options=(("depths", {1}),))
