"""Tables with a row an image."""

from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.exports.columns import attributes, find_names, one_class, remark_attributes, remark_class

TEXT = "image;a;b;kind\n1.png;1;0;cat\n2.png;;-1;dog\n3;yes;NO;\n4.png;1,0;2;owl\n"


def table(path: Path, text: str = TEXT) -> Path:
    (path / "t.csv").write_text(text, encoding="utf-8-sig")
    return path / "t.csv"


def test_cells_are_yes_no_or_not_known(tmp_path: Path) -> None:
    file = table(tmp_path)

    assert attributes(Path("/x/1.png"), file, ("a", "b")).tolist() == [1, 0]
    assert attributes(Path("/x/2.png"), file, ("b", "a")).tolist() == [-1, -1]
    assert attributes(Path("/x/3.jpg"), file, ("a", "b")).tolist() == [1, 0]
    assert attributes(Path("/x/4.png"), file, ("a",)).tolist() == [1]


def test_classes_are_named_by_a_column(tmp_path: Path) -> None:
    file = table(tmp_path)

    assert [int(one_class(Path(f"/{n}.png"), file, ("cat", "dog"), "kind")[0]) for n in "123"] == [0, 1, -1]
    assert int(one_class(Path("/1.png"), file, ("1",), None)[0]) == 0


def test_other_tables_change_while_a_program_runs(tmp_path: Path) -> None:
    assert attributes(Path("1.png"), table(tmp_path), ("a",)).tolist() == [1]
    assert attributes(Path("1.png"), table(tmp_path, "image,a\n1.png,0\n"), ("a",)).tolist() == [0]


def test_mistakes_are_refused(tmp_path: Path) -> None:
    file = table(tmp_path)
    for call, expected in (
        (lambda: attributes(Path("4.png"), file, ("b",)), r"t\.csv: 4\.png: b is '2'; want 1 or 0, or nothing"),
        (lambda: attributes(Path("1.png"), file, ("c",)), r"t\.csv: no column c, it has image, a, b, kind"),
        (
            lambda: attributes(Path("9.png"), file, ("a",)),
            r"t\.csv: no entry of 9\.png, it has 1\.png, 2\.png, 3, \.\.\.",
        ),
        (lambda: one_class(Path("4.png"), file, ("cat",), "kind"), r"4\.png: 'owl' is no class \(cat\); add it"),
        (lambda: attributes(Path("1"), table(tmp_path, "image,a\n"), ("a",)), r"t\.csv: no table; want a header"),
        (
            lambda: attributes(Path("1"), table(tmp_path, "i,a\n1,0\n1,1\n"), ("a",)),
            r"t\.csv: 1 has two rows that differ; want one",
        ),
        (
            lambda: attributes(Path("/x/2.png"), table(tmp_path, "i,a\nset/im/2.png,1\n"), ("a",)),
            r"t\.csv: no entry of /x/2\.png, only set/im/2\.png; write as much of paths as is the same here, such",
        ),
        (
            lambda: attributes(Path("1.png"), table(tmp_path, "1.png,1\n2.png,0\n"), ("a",)),
            r"t\.csv: its first line names an image, 1\.png; put a line above that names its columns",
        ),
        (
            lambda: attributes(Path("1"), table(tmp_path, "i,a,a\n1,0,1\n"), ("a",)),
            r"t\.csv: 2 columns are called 'a'; name them apart",
        ),
        (
            lambda: one_class(Path("1"), table(tmp_path, "i,a\n1,red, not green\n2,blue\n"), ("red",), None),
            r"t\.csv: the row of 1 has 3 cells, the header 2 \(1 of 2 rows\); put cells that hold what parts cells in",
        ),
        (
            lambda: one_class(Path("1"), table(tmp_path, "i,a\n1,cat\n2,ape\n"), (), None),
            r"t\.csv: 1: 'cat' is no id of a class; name the classes: \[ape, cat\]",
        ),
    ):
        with pytest.raises(DataError, match=expected):
            call()


def test_minus_one_is_no_where_nothing_else_is(tmp_path: Path) -> None:
    signed = table(tmp_path, "image,a,b\n1.png,1,-1\n2.png,-1.0,\n3.png,-1,1\n")
    assert attributes(Path("1.png"), signed, ("a", "b")).tolist() == [1, 0]
    assert attributes(Path("2.png"), signed, ("a", "b")).tolist() == [0, -1]

    mixed = table(tmp_path, "image,a,b\n1.png,1,-1\n2.png,0,1\n")
    assert attributes(Path("1.png"), mixed, ("a", "b")).tolist() == [1, -1]


def test_a_column_that_counts_the_rows_names_no_image(tmp_path: Path) -> None:
    file = table(tmp_path, ",image,a\n0,x.png,1\n1,y.png,0\n")
    assert find_names(file) == 1
    assert attributes(Path("y.png"), file, ("a",)).tolist() == [0]

    file = table(tmp_path, "kind,Filename\ncat,x.png\ndog,y.png\ncat,z.png\n")
    assert find_names(file) == 1
    assert one_class(Path("y.png"), file, ("cat", "dog"), "kind").tolist() == [1]

    own = table(tmp_path, ",a,b\n0,1,0\n1,1,1\n")  # images called 0 and 1
    assert find_names(own) == 0
    assert attributes(Path("1.png"), own, ("a", "b")).tolist() == [1, 1]


@pytest.mark.parametrize("count", ["3\n", ""])
def test_words_are_a_table_as_celeba_has_it(tmp_path: Path, count: str) -> None:
    file = tmp_path / "list_attr_celeba.txt"
    file.write_text(f"{count}Bald Young \n1.jpg  1 -1\n2.jpg -1 -1\n3.jpg -1  1\n")
    assert attributes(Path("1.jpg"), file, ("Bald", "Young")).tolist() == [1, 0]
    assert attributes(Path("3.jpg"), file, ()).tolist() == [0, 1]


def test_what_minus_one_means_is_a_matter_of_the_table(tmp_path: Path) -> None:
    file = table(tmp_path, "image,a,b,split,grade\n1.png,1,-1,0,3\n2.png,0,1,1,0\n")
    assert attributes(Path("1.png"), file, ("b",)).tolist() == attributes(Path("1.png"), file, ("a", "b")).tolist()[1:]
    (remark,) = remark_attributes([], file, ("b",), None)
    assert remark.text.startswith(
        f"{file}: -1 counts as not known, for there are columns that say 0 or no (b); write 0"
    )
    assert remark.change == "-1 in t.csv as not known"  # it was no, where b is a task's alone
    (remark,) = remark_attributes([], file, ("a", "b"), None)
    assert remark.change == ""

    signed = table(tmp_path, "image,a,split,grade\n1.png,1,0,3\n2.png,-1,1,0\n")  # neither of the others is yes or no
    assert attributes(Path("2.png"), signed, ("a",)).tolist() == [0]
    (remark,) = remark_attributes([], signed, ("a",), None)
    assert remark.text.startswith(f"{signed}: -1 counts as no, for no column says no in another way (a); leave cells")


def test_numbers_are_ids_where_classes_have_no_names(tmp_path: Path) -> None:
    file = table(tmp_path, "image,id\n1.png,2\n2.png,1.0\n3.png,-1\n4.png,\n5.png,none\n")
    assert [int(one_class(Path(f"/{n}.png"), file, (), None)[0]) for n in range(1, 6)] == [2, 1, -1, -1, -1]
    assert int(one_class(Path("/2.png"), file, ("3", "1"), None)[0]) == 1
    (remark,) = remark_class([], file, (), None)
    assert "column 'id': -1 (1 of 5 rows), none (1 of 5 rows) counts as not known" in remark.text


def test_rows_that_are_written_twice_are_one_and_comments_are_none(tmp_path: Path) -> None:
    file = table(tmp_path, "# from the field\n# by hand, mostly\nimage,a\n1.png,1\n1.png,1\n2.png,0\n")
    assert [attributes(Path(f"{n}.png"), file, ("a",)).tolist() for n in "12"] == [[1], [0]]
    file = table(tmp_path, "#image,a\n1.png,1\n")
    assert attributes(Path("1.png"), file, ("a",)).tolist() == [1]


def test_paths_of_another_machine_are_found_by_their_ends(tmp_path: Path) -> None:
    file = table(tmp_path, "image,a\nD:\\set\\x\\1.png,1\nD:\\set\\y\\1.png,0\n")
    assert attributes(Path("/here/x/1.png"), file, ("a",)).tolist() == [1]
    assert attributes(Path("/here/y/1.png"), file, ("a",)).tolist() == [0]
    assert "names images by paths that are not here, such as D:\\set\\x\\1.png; it is taken for x/1.png" in (
        remark_attributes([], file, ("a",), None)[0].text
    )
