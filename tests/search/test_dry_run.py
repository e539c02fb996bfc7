"""The command of the dry run: without data, with data, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.dry_run import main as dry_run
from tests.tiny import arguments, write_tiny


def test_an_experiment_is_tried_without_its_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dry_run(["experiment=interrogate_celeba"]) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    for words in ("experiment=interrogate_celeba: space gates", "all gated", "gender alone", "1.10 M", "a training "):
        assert words in printed.out
    assert (
        "162770 images (as they are published, for the data cannot be read) in batches of 256: 635 steps" in printed.out
    )
    assert list(tmp_path.iterdir()) == []  # nothing is written


def test_any_other_search_is_tried_with_its_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert dry_run(arguments(write_tiny(Path("data"), images=20))) == 0

    told = capsys.readouterr().out
    assert told.startswith("space fusion, network Small, sampler Frontier\n")
    assert "20 images (of the data) in batches of 8: 2 steps an epoch, 2 in 1 epochs" in told


def test_fewer_tasks_of_an_experiment_leave_weights_of_others_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert dry_run(["experiment=pdf_cityscapes", "data.tasks=[segmentation,depth]", "data.image_size=[128,128]"]) == 0

    assert "Tasks segmentation, depth, images of 128x128 pixels" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["data=nyuv2"], "data.root is not given; want the folder of data.spec=nyuv2"),
        (["experiment=sgw_nyud", "space.slots=[2000]"], "want fewer slots than tokens"),
        (
            ["experiment=sgw_pascal", "trainer.weighting.weights.salience=2"],
            "trainer.weighting.weights.salience: no such task; the tasks are segmentation, parts, saliency, ",
        ),
    ],
)
def test_what_a_search_refuses_is_refused(given: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert dry_run(given) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err


def test_help_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert dry_run(["--help"]) == 0
    assert "python -m search.dry_run [experiment=NAME] [GROUP=CHOICE ...]" in capsys.readouterr().out
