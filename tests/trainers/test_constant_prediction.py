from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import trainers.constant_prediction
from trainers.batches.memory import Split
from trainers.constant_prediction import measure_constants
from trainers.tasks import Attributes, Autoencoder, Classification, Depth, Edges, Normals, Regression, Segmentation

ROOT = Path(__file__).resolve().parents[2]
TASKS = (
    *(Segmentation("s", 3), Depth("d"), Normals("n"), Edges("e", 0.75), Regression("r"), Autoencoder("a")),
    *(Classification("c", 3), Attributes("b", 2)),
)


def _split() -> Split:
    """Two images of one row, small enough to score by hand."""
    images = torch.tensor([[0, 255], [255, 255]], dtype=torch.uint8)
    return Split(
        images.view(2, 1, 1, 2).repeat(1, 3, 1, 1),
        {
            "s": torch.tensor([[[0, 2]], [[2, -1]]], dtype=torch.int16),
            "d": torch.tensor([1.0, 2.0, 6.0, 0.0]).view(2, 1, 1, 2),
            "n": torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0.0]]).view(2, 1, 2, 3).movedim(-1, 1),
            "e": torch.tensor([1, 0, 0, 0], dtype=torch.int8).view(2, 1, 1, 2),
            "c": torch.tensor([2, 1], dtype=torch.int16),
            "b": torch.tensor([[1, 0], [1, -1]], dtype=torch.int8),
            "r": torch.tensor([5.0, torch.nan, 7.0, 9.0]).view(2, 1, 1, 2),
        },
    )


def test_values_by_hand() -> None:
    scores = measure_constants(_split(), TASKS)
    expected = {
        "s.miou": (2 / 3 + 0) / 2,  # class 1 occurs nowhere
        "s.pixel_accuracy": 2 / 3,
        "d.abs_err_m": (1 + 0 + 4) / 3,  # the median is 2
        "d.rmse_m": (17 / 3) ** 0.5,
        "d.rel": (1 + 0 + 4 / 6) / 3,
        "d.within_1.25": 1 / 3,
        "n.angle_deg": 45,
        "n.within_30": 0,
        "e.bce": torch.tensor(2.0).log().item() * (0.75 + 3 * 0.25) / 4,  # both kinds weigh the same: logit 0
        "r.abs_err": (2 + 0 + 2) / 3,
        "c.accuracy": 1 / 2,
        "c.f1": (2 / 3 + 0) / 2,
        "b.accuracy": 1,
        "b.recall": (1 + 0) / 2,  # the second attribute is never there
        "a.rmse": (3 / 16) ** 0.5,  # the mean is 3/4
    }
    assert {name: scores[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    assert set(scores) == {f"{task.name}.{metric.name}" for task in TASKS for metric in task.table}


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = measure_constants(_split(), TASKS)
    monkeypatch.setattr(trainers.constant_prediction, "CHUNK", 1)
    assert measure_constants(_split(), TASKS) == pytest.approx(whole, rel=1e-12)


def test_a_thousand_images_fit_in_300_megabytes() -> None:
    """Beyond the split itself; in a process of its own, for the peak of a process never falls."""
    code = """
import resource, torch
from trainers.constant_prediction import measure_constants
from trainers.batches.memory import Split
from trainers.tasks import Autoencoder, Depth, Normals, Segmentation
torch.set_num_threads(1)
tasks = Segmentation("s", 13), Depth("d"), Normals("n"), Autoencoder("a")

def split(count):
    one = torch.rand(count, 1, 64, 64)
    images = (one * 255).to(torch.uint8).repeat(1, 3, 1, 1).contiguous(memory_format=torch.channels_last)
    ids = (one[:, 0] * 13).to(torch.int16)
    return Split(images, {"s": ids, "d": one, "n": one.repeat(1, 3, 1, 1)})

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

measure_constants(split(2), tasks)  # imports and thread pools
data = split(1000)
before = peak()
measure_constants(data, tasks)
print(peak() - before)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert float(run.stdout) < 300
