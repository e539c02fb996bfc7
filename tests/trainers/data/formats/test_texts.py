from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from trainers.data.formats.texts import find_delimiter, read_table, read_text, read_words


def test_marks_are_no_part_of_the_text(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        (tmp_path / "a.txt").write_bytes("naïve 中\n".encode(encoding))
        assert read_text(tmp_path / "a.txt") == "naïve 中\n", encoding
    (tmp_path / "a.txt").write_text("a\n\ufeffb\n", encoding="utf-8-sig")
    assert read_text(tmp_path / "a.txt") == "a\nb\n"
    (tmp_path / "a.txt").write_bytes(b"")
    assert read_text(tmp_path / "a.txt") == ""


@pytest.mark.parametrize(
    ("content", "byte"), [(b"abc\xe9", "byte 4 is 0xe9"), (b"\xef\xbb\xbfa\xff", "byte 5 is 0xff")]
)
def test_other_encodings_are_refused_with_the_byte(tmp_path: Path, content: bytes, byte: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(DataError, match=f"a.txt: not a text in UTF-8 \\({byte}\\); save it as UTF-8 in the editor"):
        read_text(tmp_path / "a.txt")


def test_tables_are_cells_without_blanks_and_without_empty_ends(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a ; "b;c";\n;;\n\n;x\n')
    assert read_table(tmp_path / "a.csv") == [["a", "b;c"], ["", "x"]]
    assert find_delimiter(["a\tb,c\td"]) == "\t"
    assert find_delimiter(["alone"]) == ","


def test_words_may_be_quoted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text('"my photo" b\n\n 5"x7".png\n')
    assert read_words(tmp_path / "a.txt") == [["my photo", "b"], ['5"x7".png']]


def test_the_end_of_a_text_under_dos_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"1.png\r\n2.png\r\n\x1a")
    assert read_words(tmp_path / "a.txt") == [["1.png"], ["2.png"]]
    (tmp_path / "a.txt").write_bytes(b"1.png\r\n\x1a\r\n")
    assert read_words(tmp_path / "a.txt") == [["1.png"]]


def test_cells_may_hold_the_ends_of_lines_but_a_quote_that_is_open_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('a,"b\nc"\r\nd,e\u2028f\r\n'.encode())
    assert read_table(tmp_path / "a.csv") == [["a", "bc"], ["d", "e\u2028f"]]
    (tmp_path / "a.csv").write_text('a,"b\nc,d\n')
    with pytest.raises(DataError, match=r"a\.csv: a double quote at the start of a cell is never closed, so all lines"):
        read_table(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text('"a"x,b\nc,5"\n')
    assert read_table(tmp_path / "a.csv") == [["ax", "b"], ["c", '5"']]
