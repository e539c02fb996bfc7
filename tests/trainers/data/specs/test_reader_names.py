from __future__ import annotations

import yaml

from trainers.data.specs.files import find_reader
from trainers.data.specs.folder_spec import FILES
from trainers.data.specs.parsing import list_shipped, locate_spec
from trainers.data.specs.reader_names import READERS


def _read(content: object) -> set[str]:
    """Every value of a key "read" in a specification."""
    if not isinstance(content, dict):
        return set()
    own = {content["read"]} if isinstance(content.get("read"), str) else set()
    return own.union(*(_read(value) for value in content.values()))


def test_every_name_is_of_a_function_that_is_there() -> None:
    for name, paths in READERS.paths.items():
        assert "." not in name
        assert callable(find_reader(name))
        assert all(find_reader(path) is find_reader(name) for path in paths)


def test_shipped_specifications_use_these_names_and_each_is_used() -> None:
    exports = {name for name, paths in READERS.paths.items() if paths[-1].startswith("trainers.data.exports.")}
    contents = [yaml.safe_load(locate_spec(name, FILES).read_text()) for name in list_shipped(FILES)]
    used = set().union(*map(_read, contents))
    assert {READERS.name(each) for each in used} == set(READERS.paths) - exports
