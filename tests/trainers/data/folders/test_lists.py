"""List files as editors and spreadsheets write them, and tables of parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.folders.listing import Row
from trainers.data.folders.lists import cut_folders, list_splits, parts_of, read_rows


def rows(path: Path, text: str, *, encoding: str = "utf-8", there: str = "a b") -> list[tuple[str, ...]]:
    """Columns of the rows of a list, where there are images of these names."""
    path.write_bytes(text.encode(encoding))
    names = ["my photo", *there.split()]
    return [row.columns for row in read_rows(path.parent, path.name, "train", lambda row: row.id in names)]


def test_lists_are_lines_or_rows(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("b first\na second\n\n")
    (tmp_path / "all.json").write_text(json.dumps({"train": [["x.png", "y.npy"]], "val": ["z"]}))

    assert [row.columns for row in read_rows(tmp_path, "{split}.txt", "train")] == [("b", "first"), ("a", "second")]
    assert read_rows(tmp_path, "all.json", "train")[0].fill("{1}") == "y.npy"
    assert read_rows(tmp_path, "all.json", "val") == [Row("val", ("z",))]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("no.txt", None, "no.txt: no such file; "),
        ("no.json", "{", "no.json: cannot be read ("),
        ("no.json", '{"val": []}', "no.json: no list 'train', it has val; name the right one under splits"),
        ("no.json", '{"images": ["a"]}', "no.json: no list 'train', it has images; name the right one"),
        ("no.json", "[3]", "no.json: want a list of names, or of lists of names, one a sample"),
    ],
)
def test_a_bad_list_is_refused(tmp_path: Path, name: str, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)

    with pytest.raises(DataError) as caught:
        read_rows(tmp_path, name, "train")

    assert expected in str(caught.value)


def test_parts_come_from_a_table(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("id,train,val,test\nadams,1,0,0\nbell,0,1,0\ncole,1,0,0\n")

    assert parts_of(tmp_path / "parts.csv") == {"train": ("adams", "cole"), "val": ("bell",), "test": ()}
    (tmp_path / "parts.csv").write_text("name,train\nadams,1\n")
    with pytest.raises(DataError, match="want a table with the columns id, train, val and test"):
        parts_of(tmp_path / "parts.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lists_are_read_in_any_encoding_and_with_any_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    text = end.join(["a x  ", "", "   ", "\t", "b y"])

    assert rows(tmp_path / "list.txt", text, encoding=encoding) == [("a", "x"), ("b", "y")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("t.csv", "a;x\nb;y\n;;\n", [("a", "x"), ("b", "y")]),
        ("t.csv", 'sep=,\n"a",x\n b , y \n', [("a", "x"), ("b", "y")]),
        ("t.csv", 'id;mask\na;"x;1"\n', [("a", "x;1")]),
        ("t.csv", "my photo\nb\n", [("my photo",), ("b",)]),
        ("t.tsv", "Filename\tMask\nmy photo\tx\n", [("my photo", "x")]),
        ("t.csv", "a x\nb y\n", [("a", "x"), ("b", "y")]),  # words all the same
        ("t.txt", "a,x\nb,y\n", [("a", "x"), ("b", "y")]),  # a table all the same
        ("t.txt", "my photo\nb\n", [("my photo",), ("b",)]),
        ("t.txt", '"my photo" x\nb y\n', [("my photo", "x"), ("b", "y")]),
        ("t.txt", "# all of them\n#\n#b\na\n", [("a",)]),
        ("t.txt", "image\na\n", [("a",)]),
        ("t.txt", "missing\na\n", [("missing",), ("a",)]),  # told by the check
    ],
)
def test_lists_are_read_as_they_are_meant(
    tmp_path: Path, name: str, text: str, expected: list[tuple[str, ...]]
) -> None:
    assert rows(tmp_path / name, text) == expected


def test_names_like_comments_and_headers_are_samples_where_they_have_an_image(tmp_path: Path) -> None:
    assert rows(tmp_path / "t.txt", "image\n#b\na\n", there="image #b a") == [("image",), ("#b",), ("a",)]


def test_a_list_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"t\.txt: not a text in UTF-8 \(byte 3 is 0xd6\); save it as UTF-8"):
        rows(tmp_path / "t.txt", "a\n\xd6\n", encoding="latin-1")


def test_a_table_of_parts_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("ID;Train;Val;Test\r\nadams; TRUE ;0;0\r\nbell;;1;\r\n", encoding="utf-8-sig")

    assert parts_of(tmp_path / "parts.csv") == {"train": ("adams",), "val": ("bell",), "test": ()}


def test_a_list_says_nothing_where_nobody_knows_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("# no comment\n")

    assert read_rows(tmp_path, "t.txt", "") == [Row("", ("#", "no", "comment"))]


def test_names_may_have_the_suffix_that_the_pattern_has(tmp_path: Path) -> None:
    assert rows(tmp_path / "t.txt", "a.jpg x\nb.v2.jpg y\n", there="a b.v2") == [("a", "x"), ("b.v2", "y")]
    assert rows(tmp_path / "t.txt", "a.jpg\nb.jpg\n", there="a.jpg b") == [("a.jpg",), ("b.jpg",)]


def test_a_split_that_a_column_of_splits_does_not_know_is_refused(tmp_path: Path) -> None:
    def is_image(row: Row) -> bool:
        return row.id in ("a", "b", "c")

    (tmp_path / "all.csv").write_text("id,split\na,train\nb,val\nc,test\n")
    assert [row.id for row in read_rows(tmp_path, "all.csv", "Train", is_image)] == ["a"]
    with pytest.raises(DataError) as caught:
        read_rows(tmp_path, "all.csv", "training", is_image)
    assert str(caught.value) == (
        f"{tmp_path / 'all.csv'}: no sample is of 'training', its column of splits has train, val, test; name one of "
        "these under splits, such as splits: {train: NAME}, or leave splits out for all samples"
    )
    assert len(read_rows(tmp_path, "all.csv", "", is_image)) == 3  # nobody said which splits there are
    (tmp_path / "mine.csv").write_text("id,fold\na,0\nb,1\n")
    assert len(read_rows(tmp_path, "{split}.csv", "mine", is_image)) == 2  # the file is the split


def test_folders_of_another_place_are_left_out_of_names() -> None:
    def cut(*lines: tuple[str, ...], there: str) -> list[tuple[str, ...]]:
        return [
            row.columns for row in cut_folders([Row("", line) for line in lines], lambda row: row.id in there.split())
        ]

    lines = (("/home/me/set/im/1.png", "/home/me/set/gt/1.png"), ("/home/me/set/im/2.png", "x"))
    assert cut(*lines, there="im/1.png im/2.png 1.png") == [("im/1.png", "gt/1.png"), ("im/2.png", "x")]
    windows = (("D:\\set\\1.png", "D:\\set\\1.txt"),)
    assert cut(*windows, there="1.png") == [("1.png", "1.txt")]
    assert cut(*windows, there="1") == [("1", "1.txt")]
    three = [("/a/1.png",), ("/a/2.png",), ("/a/3.png",)]
    assert cut(*three, there="1.png 2.png") == [("1.png",), ("2.png",), ("3.png",)]  # the third is told by the check
    for there in ("1.png", "/home/me/set/im/1.png 1.png 2.png"):  # hardly any is there; one is, as it is said
        assert cut(*lines, there=there) == list(lines)
    assert cut(there="") == []


def test_of_two_columns_of_splits_the_usual_one_counts(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("id,fold,Split\na,1,train\nb,2,val\n")
    (row,) = read_rows(tmp_path, "all.csv", "val", lambda row: row.id in ("a", "b"))
    assert row.id == "b"
    assert list_splits(tmp_path / "all.csv") == ["train", "val"]


def test_a_cell_of_no_split_is_among_them(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("id,phase\na,\nb,val\nc,test\n")
    assert list_splits(tmp_path / "all.csv") == ["val", "test", ""]
