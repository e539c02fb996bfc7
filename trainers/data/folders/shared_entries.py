"""Images that take one entry of a table: of one bare name in several folders, which a table without paths has once."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from spaces.errors import DataError
from trainers.data.exports.entries import List, find_name, names_of
from trainers.data.folders.listing import Row, find_existing
from trainers.data.folders.names import show_bytes
from trainers.data.specs.files import Files, find_reader

SHOWN = 3
"""Pairs in a message."""


def find_shared(root: Path, splits: Mapping[str, Sequence[Row]], files: Mapping[str, Files]) -> list[str]:
    """A message for every task and table some of whose entries would be read for two images or more.

    Args:
        root: the folder.
        splits: samples by our split.
        files: by name of the task.
    """
    problems = []
    for task, each in files.items():
        if each.read is None or each.table is None or (list_names := names_of(find_reader(each.read))) is None:
            continue
        tables: dict[str, Collection[str]] = {}
        owners: dict[tuple[str, str], str] = {}
        found: dict[str, list[tuple[str, str, str]]] = {}
        for row in (row for rows in splits.values() for row in rows):
            table, path = row.fill(each.table), os.path.normpath(find_existing(root, each.patterns, row))
            if table not in tables:
                tables[table] = _list(root / table, list_names)
            name = find_name(tables[table], root / path)
            first = path if name is None else owners.setdefault((table, name), path)
            if name is not None and first != path:
                found.setdefault(table, []).append((first, path, name))
        problems += [_tell(root / table, task, shared) for table, shared in found.items()]
    return problems


def _list(table: Path, list_names: List) -> Collection[str]:
    try:
        return set(list_names(table))
    except DataError:  # told where it is read
        return ()


def _tell(table: Path, task: str, shared: Sequence[tuple[str, str, str]]) -> str:
    first, path, name = shared[0]
    shown = ", ".join(f"{show_bytes(a)} and {show_bytes(b)} ({show_bytes(c)})" for a, b, c in shared[:SHOWN])
    more = ", ..." if len(shared) > SHOWN else ""
    count = f"{len(shared)} entries" if len(shared) > 1 else "1 entry"
    return (
        f"{table} of task {task!r}: {count} for two images each: {shown}{more}; both would have the values of one, so "
        f"write paths into the table ({show_bytes(first)} and {show_bytes(path)} in place of {show_bytes(name)}), or "
        "give each folder a table of its own ({split} in table)"
    )
