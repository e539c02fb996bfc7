"""The name of what files hold: it sees changes wherever they are in a file, and nothing of where the files lie."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.trainers.data.masks import SPEC, write_masks
from trainers.batches.cache import open_cache
from trainers.data.loading import Loading
from trainers.data.splits import fingerprint as contents

LARGE = 4 * contents.BLOCK * contents.BLOCKS


def written(root: Path, files: int, size: int) -> dict[str, list[list[str]]]:
    root.mkdir(parents=True, exist_ok=True)
    for index in range(files):
        (root / f"{index}.npy").write_bytes(np.random.default_rng(index).bytes(size))
    return {"train": [[f"{index}.npy"] for index in range(files)]}


def name_of(root: Path, splits: dict[str, list[list[str]]]) -> str:
    return contents.digest_files(root, splits, [])


def test_any_byte_of_a_small_file_counts(tmp_path: Path) -> None:
    splits = written(tmp_path, 1, contents.BLOCK * contents.BLOCKS)
    before, whole = name_of(tmp_path, splits), (tmp_path / "0.npy").read_bytes()

    for at in np.random.default_rng(0).integers(0, len(whole), 50):
        (tmp_path / "0.npy").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert name_of(tmp_path, splits) != before


def test_rows_rewritten_in_all_files_at_one_size_are_seen_wherever_they_are(tmp_path: Path) -> None:
    splits = written(tmp_path, 100, LARGE)
    before = name_of(tmp_path, splits)

    for at in range(0, LARGE, LARGE // 7):
        for file in tmp_path.iterdir():
            with open(file, "r+b") as opened:
                opened.seek(at)
                opened.write(b"1234")
        now = name_of(tmp_path, splits)
        assert now != before
        before = now


def test_the_ends_of_a_large_file_count(tmp_path: Path) -> None:
    splits = written(tmp_path, 1, LARGE)
    file = tmp_path / "0.npy"
    before, whole = name_of(tmp_path, splits), file.read_bytes()

    file.write_bytes(b"?" + whole[1:])
    assert name_of(tmp_path, splits) != before
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))  # where formats keep their check sums
    assert name_of(tmp_path, splits) != before


def test_all_files_of_a_few_thousand_samples_are_looked_into(tmp_path: Path) -> None:
    splits = written(tmp_path, 3_000, 20)
    before = name_of(tmp_path, splits)

    for index in (1, 777, 2_998):
        (tmp_path / f"{index}.npy").write_bytes(b"x" * 20)
        now = name_of(tmp_path, splits)
        assert now != before
        before = now


def test_copying_and_touching_change_the_times_and_nothing_else(tmp_path: Path) -> None:
    splits = written(tmp_path / "here", 5, LARGE)
    os.utime(tmp_path / "here" / "3.npy", ns=(0, 1))

    shutil.copytree(tmp_path / "here", tmp_path / "there", copy_function=shutil.copy)

    assert name_of(tmp_path / "here", splits) == name_of(tmp_path / "there", splits)
    assert contents.digest_times(tmp_path / "here", splits) != contents.digest_times(tmp_path / "there", splits)
    (tmp_path / "here").rename(tmp_path / "moved")
    before = contents.digest_times(tmp_path / "moved", splits)
    os.utime(tmp_path / "moved" / "3.npy", ns=(0, 2))
    assert contents.digest_times(tmp_path / "moved", splits) != before


def test_a_hundred_thousand_files_are_named_in_seconds(tmp_path: Path) -> None:
    written(tmp_path, 100, LARGE)
    splits = {"train": [[f"{index % 100}.npy"] for index in range(100_000)]}
    start = time.process_time()

    contents.digest_files(tmp_path, splits, [])

    assert time.process_time() - start < 6  # one or two where nothing else runs


def test_decoded_samples_are_not_reused_for_files_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "LOOKED", 0)  # as if there were too many files to look into this one
    data = replace(write_masks(tmp_path / "own"), loading=Loading(cache=str(tmp_path / "cache")))
    names = ("parts", "depth", "normals")
    file = tmp_path / "own" / "train" / "normals" / "im_1.npy"
    open_cache(data, "train", names).read(1)
    vectors = np.load(file)

    np.save(file, -vectors)
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))

    again = replace(data)
    assert np.allclose(open_cache(again, "train", names).read(1).targets["normals"], -vectors, atol=1e-6)


def test_a_reader_of_ones_own_counts_with_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SEARCH_ALLOW", "own_reader_of_depth")
    module = tmp_path / "own_reader_of_depth.py"
    module.write_text("import numpy as np\ndef read(path):\n    return np.ones((16, 24))\n")
    text = SPEC.replace('{id}.png", scale: 0.001', '{id}.png", read: own_reader_of_depth.read')
    data = write_masks(tmp_path / "own", text)
    try:
        before = data.fingerprint
        assert replace(data).fingerprint == before
        module.write_text(module.read_text().replace("ones", "zeros"))
        assert replace(data).fingerprint != before
    finally:
        sys.modules.pop("own_reader_of_depth", None)
