"""Exported equals trained in OpenVINO's form, which lies in two files."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from search.deploy.openvino_format import OpenVino
from spaces.errors import DataError
from spaces.networks.classifier import Classifier
from tests.search.deploy.networks import LABELS, draw_pattern, make_program
from tests.search.deploy.test_onnx_format import check

# Not `importorskip`, which would import it with its telemetry.
pytestmark = pytest.mark.skipif(find_spec("openvino") is None, reason="the extra openvino is not installed")
PADDED = ("branching", Classifier((8, 12), 8), LABELS, (30, 41))


def test_exported_equals_trained_and_a_file_without_its_weights_is_refused(tmp_path: Path) -> None:
    space, family, tasks, size = PADDED  # one of dense tasks, too: test_onnx_format.py
    path = tmp_path / "model.xml"
    check(OpenVino(), make_program(draw_pattern(space, family, tasks), family, tasks), size, path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.bin", "model.xml"]
    path.with_suffix(".bin").unlink()
    with pytest.raises(DataError, match=r"cannot be read as OpenVINO's .* lie beside it in model.bin; export the"):
        OpenVino().open(path, 1)


def test_no_telemetry_is_imported() -> None:
    code = (
        "import sys; from search.deploy.openvino_format import _import_quietly; _import_quietly()\n"
        "print([name for name, each in sys.modules.items() if each and name.startswith('openvino_telemetry')])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
