"""Names in YAML that YAML takes for something else: yes, no, on, off, null, numbers, dates; told as they were typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

TEXT = "tag:yaml.org,2002:str"
INTEGER = "tag:yaml.org,2002:int"
OTHER = ("bool", "int", "float", "null", "timestamp")
"""What a name is taken for."""
KEYS = ("bool", "null")
"""What a key is taken for that could be a name; none begins with a digit."""
ANY = "*"


def quote_names(node: yaml.Node | None, names: Sequence[Sequence[str]], keyed: Sequence[Sequence[str]]) -> list[str]:
    """Find the names that YAML takes for something else, and have them read as they were typed.

    Args:
        node: a document, composed and not yet constructed; its names become texts.
        names: paths of keys to lists of names, or to one name, ANY for every key.
        keyed: paths to mappings whose keys are names.

    Returns:
        What is wrong, with the names as they should be typed.
    """
    problems = []
    for path in keyed:
        for where, found in _follow(node, path):
            if isinstance(found, yaml.MappingNode):
                problems += _quote([key for key, _ in found.value], ".".join(where), "", KEYS)
    for path in names:
        for where, found in _follow(node, path):
            if isinstance(found, yaml.SequenceNode):
                problems += _quote(found.value, ".".join(where), where[-1])
            elif isinstance(found, yaml.ScalarNode) and len(path) > 1 and path[-1] == ANY:
                problems += _quote([found], ".".join(where), where[-1], listed=False)
    return problems


def _quote(
    nodes: Sequence[yaml.Node], where: str, key: str, taken: Sequence[str] = OTHER, *, listed: bool = True
) -> list[str]:
    """Turn names into texts; what is wrong with them."""
    wrong = [node for node in nodes if _is_other(node, taken)]
    if not wrong:
        return []
    numbers = all(node.tag == INTEGER for node in nodes)
    for node in wrong:
        node.tag = TEXT
    shown = ", ".join(node.value for node in wrong)
    every = ", ".join(_typed(node, node in wrong) for node in nodes)
    typed = f"[{every}]" if listed else every
    if numbers and key in ("classes", "attributes"):
        ids = ", ".join(f"{node.value}: {number}" for number, node in enumerate(nodes))
        gaps = [node.value for node in nodes] != [str(number) for number in range(len(nodes))]
        table = f" and map: {{{ids}}}" if gaps and key == "classes" else ""
        return [
            f"{where}=[{shown}]: numbers are no names; say how many there are, {key}: {len(nodes)}{table}, or their "
            f"names (quote those that are numbers, {key}: {typed})"
        ]
    where = where or "names"
    them = "them" if len(wrong) > 1 else "it"
    told = f"{key}: {typed}" if key else ", ".join(f"'{node.value}'" for node in wrong)
    return [f"{where}: YAML takes {shown} for a value that is no text; quote {them}: {told}"]


def _is_other(node: yaml.Node, taken: Sequence[str]) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.rpartition(":")[2] in taken and node.value != ""


def _typed(node: yaml.Node, quoted: bool) -> str:
    text = str(node.value) if isinstance(node, yaml.ScalarNode) else "..."
    return f"'{text}'" if quoted or (isinstance(node, yaml.ScalarNode) and node.style is not None) else text


def _follow(
    node: yaml.Node | None, path: Sequence[str], walked: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], yaml.Node]]:
    """What stands at a path of keys, and the keys themselves."""
    if not path:
        if node is not None:
            yield walked, node
        return
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and path[0] in (ANY, key.value):
                yield from _follow(value, path[1:], (*walked, key.value))
