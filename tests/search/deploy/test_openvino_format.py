"""Exported equals trained in OpenVINO's form, which lies in two files."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from search.deploy.openvino_format import OpenVino
from spaces.errors import DataError
from spaces.networks.classifier import Classifier
from spaces.networks.family import Family
from tests.search.deploy.networks import LABELS, TASKS, draw_pattern, make_program
from tests.search.deploy.test_onnx_format import ALL, SMALL, check

# Not `importorskip`, which would import it with its telemetry.
pytestmark = pytest.mark.skipif(find_spec("openvino") is None, reason="the extra openvino is not installed")
PADDED = ("branching", Classifier((8, 12), 8), LABELS, (30, 41))


@pytest.mark.parametrize(("space", "family", "tasks", "size"), [ALL[3], PADDED], ids=lambda each: str(each)[:8])
def test_exported_equals_trained(space: str, family: Family, tasks: Any, size: tuple[int, int], tmp_path: Path) -> None:
    program = make_program(draw_pattern(space, family, tasks), family, tasks)
    check(OpenVino(), program, size, tmp_path / "model.xml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.bin", "model.xml"]


def test_a_file_without_its_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.xml"
    OpenVino().write(make_program(draw_pattern("fusion", SMALL, TASKS), SMALL), (32, 48), {"tasks": {}}, path)
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
