from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from tests.trainers.data.exports.exported import draw, paste, save, write_table
from trainers.data.exports.find_table import _task_name, find_table
from trainers.data.folder import Folder


def test_columns_are_attributes_and_classes(tmp_path: Path) -> None:
    write_table(tmp_path)

    export = find_table(tmp_path)

    assert export is not None
    assert export.tool == "a table with a row an image (labels.csv)"
    assert export.text.startswith(
        'image: "fotos/{0}"\nlists: "labels.csv"\nsplits: {train: labels}   # val and test: held'
    )
    assert '    attributes: ["Katze", "Hund"]\n' in export.text
    assert (
        '  wetter:\n    files: "fotos/{0}"\n    table: "labels.csv"\n    read: table_class\n    array: "Wetter"'
        in export.text
    )


def test_names_may_have_no_suffix_and_tables_be_by_split(tmp_path: Path) -> None:
    write_table(tmp_path)
    text = (tmp_path / "labels.csv").read_text(encoding="utf-8-sig").replace(".png", "")
    for split in ("train", "val"):
        (tmp_path / f"{split}.csv").write_text(text)
    (tmp_path / "labels.csv").unlink()

    export = find_table(tmp_path)

    assert export is not None
    assert export.text.startswith('image: "fotos/{0}.png"\nlists: "{split}.csv"\nsplits: {train: train, val: val}')


def add_splits(root: Path, header: str, names: tuple[str, str]) -> None:
    write_table(root)
    lines = (root / "labels.csv").read_text(encoding="utf-8-sig").splitlines()
    parted = [f"{line};{names[0 if row % 4 else 1] if row else header}" for row, line in enumerate(lines)]
    (root / "labels.csv").write_text("\n".join(parted))


def test_a_column_of_splits_is_read(tmp_path: Path) -> None:
    add_splits(tmp_path, "Split", ("Train", "TEST"))

    data = paste(tmp_path)
    data.check()

    (note,) = data.notes()
    assert "labels.csv: -1 counts as not known" in note
    samples = data.samples("test")
    assert [samples.image_path(index).stem for index in range(len(samples))] == ["0003", "0007", "0011"]
    assert len(data.samples("train")) + len(data.samples("val")) == 9


def test_a_column_of_splits_that_is_not_used_is_told(tmp_path: Path) -> None:
    add_splits(tmp_path, "Split", ("Train", "TEST"))
    paste(tmp_path)
    spec = tmp_path / "ready.yaml"
    said = [line for line in spec.read_text(encoding="utf-8").splitlines() if not line.startswith("splits")]
    spec.write_text("\n".join(said), encoding="utf-8")

    note = Folder(root=str(tmp_path), spec=str(spec)).notes()[0]

    assert note == (
        f"{tmp_path / 'labels.csv'} says which images are Train and TEST, and all are trained on or held out by lot; "
        f"splits: {{train: Train, test: TEST}} in {spec} keeps its splits"
    )


@pytest.mark.parametrize(
    ("header", "names", "told"),
    [
        ("fold", ("0", "1"), "says which images are 0 and 1, and all are trained on or held out by lot; say under"),
        (
            "split",
            ("", "test"),
            "says which images are test and of no name, and all are trained on or held out by lot; give",
        ),
        ("phase", ("training", "holdout"), "splits: {train: training, test: holdout} in"),
    ],
)
def test_a_column_of_splits_is_told_whatever_its_name_or_its_words(
    tmp_path: Path, header: str, names: tuple[str, str], told: str
) -> None:
    add_splits(tmp_path, "Split", ("Train", "TEST"))
    paste(tmp_path)
    spec = tmp_path / "ready.yaml"
    said = [line for line in spec.read_text(encoding="utf-8").splitlines() if not line.startswith("splits")]
    spec.write_text("\n".join(said), encoding="utf-8")
    add_splits(tmp_path, header, names)

    note = Folder(root=str(tmp_path), spec=str(spec)).notes()[0]

    assert told in note


def test_a_column_of_splits_without_names_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    add_splits(tmp_path, "Fold", ("1", "2"))

    export = find_table(tmp_path)

    assert export is not None
    assert export.tool == (
        "a table with a row an image (labels.csv, whose column 'Fold' is not read: write a table or a list a split to "
        "keep it)"
    )


def test_tables_of_other_things_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,train\nadams,1\n")
    (tmp_path / "b.csv").write_text("alone\n")
    assert find_table(tmp_path) is None


@pytest.mark.parametrize(
    ("column", "task"), [("Riß tief", "ri__tief"), ("2nd grade", "label_2nd_grade"), ("ab-c", "ab_c"), ("照", "label")]
)
def test_columns_become_names_that_tasks_may_have(column: str, task: str) -> None:
    assert _task_name(column) == task


def test_a_table_in_a_folder_of_words_is_found(tmp_path: Path) -> None:
    for number in range(6):
        save(tmp_path / "Img" / "align" / f"{number}.jpg", draw(number)[0])
    (tmp_path / "Anno").mkdir()
    rows = [f"{n}.jpg {1 if n % 2 else -1:>2} {1 if n % 3 else -1:>2}" for n in range(6)]
    (tmp_path / "Anno" / "list_attr.txt").write_text("\n".join(["6", "Bald Young ", *rows]))
    (tmp_path / "Anno" / "readme.txt").write_text("Faces.\n\nOf celebrities.\n")

    data = paste(tmp_path)
    data.check()

    samples, labels = data.samples("train"), data.load("train").targets["attributes"]
    for index, found in enumerate(labels):
        number = int(samples.image_path(index).stem)
        assert found.tolist() == [number % 2, int(number % 3 > 0)]


def test_a_column_that_counts_the_rows_is_no_name(tmp_path: Path) -> None:
    truth = write_table(tmp_path)
    lines = (tmp_path / "labels.csv").read_text(encoding="utf-8-sig").splitlines()
    full = [line.replace(";;", ";0;").replace(";-1;", ";0;") for line in lines]
    numbered = [f"{row - 1 if row else ''};{line}" for row, line in enumerate(full)]
    (tmp_path / "labels.csv").write_text("\n".join(numbered))

    data = paste(tmp_path)
    data.check()

    samples, labels = data.samples("train"), data.load("train").targets["attributes"]
    assert len(labels) == 10
    for index, found in enumerate(labels):
        assert found.tolist() == [max(0, each) for each in truth[samples.image_path(index).stem]]


def test_a_table_without_a_header_is_told(tmp_path: Path) -> None:
    write_table(tmp_path)
    lines = (tmp_path / "labels.csv").read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "labels.csv").write_text("\n".join(lines[1:]))
    with pytest.raises(DataError, match=r"labels\.csv: its first line names an image, 0000\.png; put a line above"):
        find_table(tmp_path)

    (tmp_path / "labels.csv").write_text("\n".join(lines[1:]).replace(".png", ""))
    with pytest.raises(DataError, match=r"labels\.csv: a table with a row an image; put a line above that names its"):
        find_table(tmp_path)

    (tmp_path / "labels.csv").rename(tmp_path / "labels.txt")  # a list, perhaps
    assert find_table(tmp_path) is None


def write_columns(root: Path, header: str, *cells: str) -> None:
    """Twelve images, and a table whose rows have these cells in turn."""
    for number in range(12):
        save(root / f"{number}.png", draw(number)[0])
    lines = [f"image,{header}", *(f"{number}.png,{cells[number % len(cells)]}" for number in range(12))]
    (root / "t.csv").write_text("\n".join(lines))


def test_a_class_called_none_is_kept_and_other_cells_are_told(tmp_path: Path) -> None:
    write_columns(tmp_path, "defect", *("none", "scratch", "dent") * 3, "none", "NA", "NA")

    data = paste(tmp_path)
    data.check()

    assert getattr(data.available["defect"], "classes", ()) == ("dent", "none", "scratch")
    assert [note for note in data.notes() if "counts as not known" in note] == [
        f"{tmp_path / 't.csv'}: column 'defect': NA (2 of 12 rows) counts as not known; name it in classes if not"
    ]


@pytest.mark.parametrize("ids", [("0.0", "1.0", "2.0"), ("10", "9", "0")])
def test_numbers_are_ids_however_they_are_written(tmp_path: Path, ids: tuple[str, ...]) -> None:
    write_columns(tmp_path, "grade", *ids)

    data = paste(tmp_path)
    data.check()

    classes = getattr(data.available["grade"], "classes", ())
    assert classes == tuple(sorted((each.removesuffix(".0") for each in ids), key=int))
    samples, found = data.samples("train"), data.load("train").targets["grade"]
    for index, place in enumerate(found):
        assert classes[place] == ids[int(samples.image_path(index).stem) % 3].removesuffix(".0")


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    write_columns(tmp_path, "a,a", "1,0", "0,1")
    with pytest.raises(DataError, match=r"t\.csv: 2 columns are called 'a'; name them apart"):
        find_table(tmp_path)


@pytest.mark.parametrize("stroke", ["|", "\t", ";", ","])
def test_any_usual_sign_may_part_cells(tmp_path: Path, stroke: str) -> None:
    write_columns(tmp_path, "wet,dry", "1,0", "0,1")
    text = (tmp_path / "t.csv").read_text()
    (tmp_path / "t.csv").write_text("# made by hand, in May; 2020\n" + text.replace(",", stroke))

    data = paste(tmp_path)
    data.check()

    assert len(data.samples("train")) == 10


def test_images_may_be_named_by_a_later_column(tmp_path: Path) -> None:
    write_columns(tmp_path, "wet,dry", "1,0", "0,1")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    moved = [f"{('id' if not row else 70 - row)},{line.split(',')[1]},{line}" for row, line in enumerate(lines)]
    (tmp_path / "t.csv").write_text("\n".join(moved))  # id, wet, image, wet, dry
    (tmp_path / "t.csv").write_text((tmp_path / "t.csv").read_text().replace("id,wet,", "id,moist,"))

    data = paste(tmp_path)
    data.check()

    assert (tmp_path / "ready.yaml").read_text().startswith('image: "{2}"\n')
    samples, found = data.samples("train"), data.load("train").targets["attributes"]
    for index, cells in enumerate(found):
        wet = int(samples.image_path(index).stem) % 2 == 0
        assert cells.tolist() == [wet, wet, not wet]
