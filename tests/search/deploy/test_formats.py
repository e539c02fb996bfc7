"""Formats by name and suffix."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.deploy.formats import FORMATS, choose_format, find_format
from search.deploy.onnx_format import Onnx
from search.deploy.pt2_format import Pt2
from spaces.errors import ConfigError


def test_formats_are_found_by_name_and_suffix() -> None:
    assert choose_format("onnx") == find_format(Path("a.ONNX")) == Onnx()
    assert find_format(Path("a.pt2")) == Pt2()
    with pytest.raises(ConfigError, match=r"--format onx: want onnx or pt2 or openvino; did you mean 'onnx'\?"):
        choose_format("onx")
    with pytest.raises(ConfigError, match=r"model.pth: want a file that python -m search.export has written, .onnx or"):
        find_format(Path("model.pth"))


def test_packages_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "onnx", Onnx(writing=("onnx", "no_such_package")))
    told = r"--format onnx: no_such_package cannot be imported; pip install no_such_package, or the extra "
    with pytest.raises(ConfigError, match=told):
        choose_format("onnx")
