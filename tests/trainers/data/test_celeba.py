from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spaces.errors import ConfigError, DataError
from tests.trainers.data.labelled import ATTRIBUTES, write_celeba
from trainers.data.celeba import CelebA
from trainers.data.celeba_lists import ATTRIBUTES as LABELS
from trainers.data.celeba_lists import PARTITION
from trainers.data.loading import Loading
from trainers.data.splits.arrays import SPLITS

IMAGES = Path("Img", "img_align_celeba")
PUBLISHED = {  # 0-based columns of list_attr_celeba.txt
    "global": [2, 10, 13, 14, 18, 20, 25, 26, 39],
    "eyes": [3, 15, 23, 1, 12],
    "hair": [4, 5, 8, 9, 11, 17, 28, 32, 33],
    "mouth": [6, 21, 31, 36],
    "nose": [7, 27],
    "beard": [0, 16, 22, 24, 30],
    "cheeks": [19, 29],
    "wearing": [34, 35, 37, 38],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_celeba(tmp_path / "celeba")


def _data(root: Path, **options: object) -> CelebA:
    return CelebA(root=str(root), image_size=16, **options)


def _grouped(root: Path, text: str) -> CelebA:
    path = root.parent / "groups.yaml"
    path.write_text(text)
    return _data(root, groups=str(path))


def _problems(data: CelebA) -> list[str]:
    with pytest.raises(DataError) as caught:
        data.check()
    return list(caught.value.problems)


def test_the_eight_groups_are_the_published_columns() -> None:
    named = {name: [ATTRIBUTES[column] for column in columns] for name, columns in PUBLISHED.items()}
    assert {name: list(task.attributes) for name, task in CelebA().available.items()} == named
    assert sorted(column for columns in PUBLISHED.values() for column in columns) == list(range(40))


def test_targets_and_splits_are_those_of_the_lists(root: Path) -> None:
    rows = [line.split() for line in (root / LABELS).read_text().splitlines()[2:]]
    truth = {row[0]: [int(value) for value in row[1:]] for row in rows}
    parts = dict(line.split() for line in (root / PARTITION).read_text().splitlines())
    data = _data(root)
    data.check()
    for number, split in enumerate(SPLITS):
        names = [name for name in truth if parts[name] == str(number)]
        arrays = data.load(split)
        assert len(arrays) == len(names)
        for task, columns in PUBLISHED.items():
            expected = [[max(truth[name][column], 0) for column in columns] for name in names]
            np.testing.assert_array_equal(arrays.targets[task], expected)
            assert arrays.targets[task].dtype == np.int8


def test_the_order_of_the_lines_does_not_matter(root: Path) -> None:
    before = _data(root).load("train")
    path = root / LABELS
    first, names, *rows = path.read_text().splitlines()
    path.write_text("\n".join([first, names, *rows[::-1]]))
    after = _data(root).load("train")
    assert all(np.array_equal(after.targets[name], target) for name, target in before.targets.items())


def test_images_are_resized_with_pillow(root: Path) -> None:
    with Image.open(root / IMAGES / "000001.jpg") as image:
        assert image.size == (178, 218)
        expected = np.array(image.resize((16, 16), Image.Resampling.BILINEAR))
    sample = _data(root).samples("train").read(0)
    np.testing.assert_array_equal(sample.image, expected)
    assert {name: target.shape for name, target in sample.targets.items()} == {
        name: (len(columns),) for name, columns in PUBLISHED.items()
    }


def test_samples_travel_and_loading_is_no_part_of_the_fingerprint(root: Path) -> None:
    data = _data(root)
    samples = pickle.loads(pickle.dumps(data.samples("val", only=["eyes"])))
    assert len(samples) == 3
    assert list(samples.read(2).targets) == ["eyes"]
    assert replace(data, loading=Loading(workers=0)).fingerprint == data.fingerprint
    others = [replace(data, image_size=32), replace(data, images=4), _grouped(root, "a: [Young]\nb: [Male, Bald]")]
    assert len({each.fingerprint for each in (data, *others)}) == 4


def test_only_so_many_images_are_taken(root: Path) -> None:
    data = _data(root, images=4, test_images=1)
    whole = _data(root)
    assert [len(data.load(split)) for split in SPLITS] == [4, 3, 1]
    np.testing.assert_array_equal(data.load("train").images, whole.load("train").images[:4])


def test_any_grouping_will_do(root: Path) -> None:
    data = _grouped(root, "face: [Young, Male]\nhat: [Wearing_Hat]\n")
    data.check()
    assert {task.name: task.channels for task in data.selected} == {"face": 2, "hat": 1}
    assert data.load("val").targets["hat"].shape == (3, 1)


def _edited(place: Path, edit: Callable[[list[str]], list[str]]) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        path = root / place
        path.write_text("\n".join(edit(path.read_text().splitlines())) + "\n")

    return write


def _removed(place: Path) -> Callable[[Path], None]:
    return lambda root: (root / place).unlink()


def _truncated(root: Path) -> None:
    path = root / IMAGES / "000001.jpg"
    path.write_bytes(path.read_bytes()[:-600])


def _other(root: Path) -> None:
    (root / IMAGES / "000007.jpg").write_bytes(b"no image")  # the first of val


@pytest.mark.parametrize(
    ("spoil", "messages"),
    [
        (_removed(LABELS), ["list_attr_celeba.txt: no such file; want the official folders Img, Anno and Eval"]),
        (_removed(PARTITION), ["list_eval_partition.txt: no such file; want the official folders"]),
        (_edited(LABELS, lambda lines: []), ["list_attr_celeba.txt: an empty file; copy it again"]),
        (_edited(LABELS, lambda lines: lines[1:]), ["line 1 is '5_o_Clock", "want the number of images"]),
        (_edited(LABELS, lambda lines: lines[:-1]), ["line 1 says 13 images, 12 lines follow; copy the file again"]),
        (_edited(LABELS, lambda lines: [*lines[:-1], lines[-2]]), ["an image has two lines (13 lines, 12 names)"]),
        (_edited(LABELS, lambda lines: [*lines[:4], lines[4] + " 1", *lines[5:]]), ["line 5 has 41 labels for 40 att"]),
        (
            _edited(LABELS, lambda lines: [*lines[:4], lines[4][:-2] + " 0", *lines[5:]]),
            ["line 5 has label '0'; want 1 (present) or -1 (absent)"],
        ),
        (
            _edited(LABELS, lambda lines: ["12", *lines[1:-1]]),
            ["list_attr_celeba.txt: lacks 1 of the images, 000013.jpg (12 in ", "13 in Eval"],
        ),
        (
            _edited(PARTITION, lambda lines: lines[1:]),
            ["list_eval_partition.txt: lacks 1 of the images, 000001.jpg (13 in ", "12 in Eval"],
        ),
        (_removed(IMAGES / "000002.jpg"), ["img_align_celeba: lacks 1 of the images, 000002.jpg ("]),
        (
            _edited(PARTITION, lambda lines: [*lines[:-1], "000013.jpg 3"]),
            ["line 13 is '000013.jpg 3'; want NAME 0 ("],
        ),
        (_edited(PARTITION, lambda lines: [*lines[:-1], lines[0]]), ["an image has two lines; want one an image"]),
        (
            _edited(PARTITION, lambda lines: [line.replace(" 1", " 2") for line in lines]),
            ["list_eval_partition.txt: no image in val; want some in each of train, val, test"],
        ),
        (_truncated, ["000001.jpg: cannot be read (", "it is damaged or no image: copy it again"]),
        (_other, ["000007.jpg: cannot be read (cannot identify", "copy it again"]),
    ],
)
def test_wrong_files_are_one_message(spoil: Callable[[Path], None], messages: list[str], root: Path) -> None:
    spoil(root)
    (problem,) = _problems(_data(root))
    assert problem.startswith(str(root))
    assert all(message in problem for message in messages), problem


def test_an_image_that_is_damaged_later_on_is_named_when_it_is_read(root: Path) -> None:
    (root / IMAGES / "000003.jpg").write_bytes(b"no image")
    data = _data(root)
    data.check()
    with pytest.raises(DataError, match=r"000003\.jpg: cannot be read .*copy it again"):
        data.load("train")


def test_no_images_at_all(root: Path) -> None:
    (root / "Img").rename(root / "Image")
    (problem,) = _problems(_data(root))
    assert problem.startswith(f"{root / IMAGES}: no folder of images (")


def test_wrong_fields_are_refused_together() -> None:
    with pytest.raises(ConfigError) as caught:
        CelebA(root="", image_size=4, images=1, loading="memory")  # type: ignore[arg-type]
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        *("data.root=", "data.image_size=4", "data.images=1", "data.loading=memory")
    ]
