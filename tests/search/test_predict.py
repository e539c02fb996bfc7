"""What can be got wrong in predicting from a file; that it works is in test_export."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from search.predict import main


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["model.onnx", "a.png"], "model.onnx is no file; want one that python -m search.export has written"),
        (["a.png", "a.png"], "a.png: want a file that python -m search.export has written, .onnx or .pt2 or .xml"),
        (["bad.onnx", "b.png"], "b.png is no file, and no file fits it; want image files, folders of them, or a glob"),
        (["bad.onnx", "a.png"], "bad.onnx cannot be read as ONNX ("),
        (["bad.onnx", "a.png", "--out", "."], "--out .: the photo a.png lies there, so answers could replace files of"),
        (
            ["bad.pt2", "a.png"],
            "bad.pt2: torch.export may run code that such a file holds, as soon as it is opened; if",
        ),
        (["bad.pt2", "a.png", "--allow", "torch.export"], "bad.pt2 cannot be read as an exported program of this"),
        (["bad.onnx"], "the following arguments are required: IMAGE; python -m search.predict --help lists"),
        (["bad.onnx", "a.png", "--out", "a.png"], "--out a.png: a.png is no folder, and files go into one; choose"),
        (
            ["bad.onnx", "a.png", "--out", "a.png/said"],
            "is no folder, and files go into one; choose another",
        ),
        (["bad.onnx", "a.png", "--threads", "0"], "--threads 0: want a whole number from 1 to "),
        (["bad.onnx", "a.png", "--threads", "100000"], "--threads 100000: want a whole number from 1 to "),
    ],
)
def test_a_mistake_is_one_message(given: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save("a.png")
    for name in ("bad.onnx", "bad.pt2"):
        Path(name).write_text("no graph")
    assert main(given) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert len(printed.err.splitlines()) == 1


def test_help_reads_nothing_heavy() -> None:
    heavy = "{'torch', 'onnxruntime', 'matplotlib', 'PIL'}"
    code = f"import sys; from search.predict import _make_parser; _make_parser(); print({heavy} & set(sys.modules))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
