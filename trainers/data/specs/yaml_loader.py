"""YAML as specifications want it read: safe, numbers as people write them, no key twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from trainers.data.specs.quoting import quote_names


class SpecLoader(yaml.SafeLoader):
    """Safe YAML that reads 1e-3 as a number (YAML 1.1 wants 1.0e-3) and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """As ever, but for keys that are there before."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                problem = f"key {key!r} is given twice"
                raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


SpecLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+$"), list("-+.0123456789")
)


def load_named(text: str, names: Sequence[Sequence[str]], keyed: Sequence[Sequence[str]]) -> tuple[Any, list[str]]:
    """A document, and what is wrong with the names in it that YAML takes for something else.

    Args:
        text: of one document.
        names: as for `quote_names`.
        keyed: as for `quote_names`.
    """
    loader = SpecLoader(text)
    try:
        node = loader.get_single_node()
        problems = quote_names(node, names, keyed)
        return None if node is None else loader.construct_document(node), problems
    finally:
        loader.dispose()
