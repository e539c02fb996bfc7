from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.celeba_lists import ATTRIBUTES, PARTITION, differing, read_labels, read_partition


def write(root: Path, attributes: str, partition: str = "a.jpg 0\nb.jpg 1\nc.jpg 2\n") -> Path:
    for path, text in ((ATTRIBUTES, attributes), (PARTITION, partition)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


GOOD = "3\nSmiling Young\nb.jpg  1 -1\na.jpg -1 -1\nc.jpg  1  1\n"


def test_labels_are_by_image_and_column(tmp_path: Path) -> None:
    labels = read_labels(write(tmp_path, GOOD))
    assert labels.names == ("Smiling", "Young")
    assert {name: labels.present[row].tolist() for name, row in labels.rows.items()} == {
        "a.jpg": [False, False],
        "b.jpg": [True, False],
        "c.jpg": [True, True],
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("3\n", "4\n", 1), "line 1 says 4 images, 3 lines follow"),
        (GOOD.replace("b.jpg  1", "b.jpg  2"), "line 3 has label '2'; want 1"),
        (GOOD.replace("c.jpg  1  1", "c.jpg  1"), "line 5 has 1 labels for 2 attributes"),
        (GOOD.replace("c.jpg", "a.jpg"), "an image has two lines"),
        (GOOD.replace("Young", "Smiling"), "line 2 names an attribute twice"),
        (GOOD.partition("\n")[2], "line 1 is 'Smiling Young'; want the number of images"),
        ("\n", "an empty file"),
    ],
)
def test_a_list_that_is_not_as_published_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError, match=str(ATTRIBUTES)) as caught:
        read_labels(write(tmp_path, text))
    assert told in str(caught.value)


def test_splits_are_by_number(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD, "c.jpg 2\na.jpg 0\nb.jpg 1\nd.jpg 0\n")
    assert read_partition(root) == {"train": ("a.jpg", "d.jpg"), "val": ("b.jpg",), "test": ("c.jpg",)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a.jpg 0\nb.jpg 1\n", "no image in test"),
        ("a.jpg 0\na.jpg 1\nc.jpg 2\n", "an image has two lines"),
        ("a.jpg 0\nb.jpg 3\n", "line 2 is 'b.jpg 3'; want NAME 0"),
    ],
)
def test_a_partition_that_is_none_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        read_partition(write(tmp_path, GOOD, text))


def test_the_three_have_the_same_images(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    labels, splits = read_labels(root), read_partition(root)
    assert differing(root, labels, splits, {"a.jpg", "b.jpg", "c.jpg"}, "Img") == []
    (problem,) = differing(root, labels, splits, {"a.jpg"}, "Img")
    assert "lacks 2 of the images, b.jpg, c.jpg" in problem
    assert len(differing(root, labels, splits, {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}, "Img")) == 2
