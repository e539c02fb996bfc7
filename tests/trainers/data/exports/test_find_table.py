from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainers.data.exports.exported import write_table
from trainers.data.exports.find_table import _task_name, find_table


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


def test_a_column_of_splits_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    write_table(tmp_path)
    lines = (tmp_path / "labels.csv").read_text(encoding="utf-8-sig").splitlines()
    parted = [f"{line};{'Split' if not row else 'train' if row % 2 else 'test'}" for row, line in enumerate(lines)]
    (tmp_path / "labels.csv").write_text("\n".join(parted))

    export = find_table(tmp_path)

    assert export is not None
    assert export.tool == (
        "a table with a row an image (labels.csv, whose column 'Split' is not read: write a table or a list a split to "
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
