"""The formats that networks are exported to, by name and by suffix."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from search.deploy.format import Format
from search.deploy.onnx_format import Onnx
from search.deploy.openvino_format import OpenVino
from search.deploy.pt2_format import Pt2
from spaces.common.suggestions import suggest
from spaces.errors import ConfigError

FORMATS: dict[str, Format] = {each.name: each for each in (Onnx(), Pt2(), OpenVino())}


def choose_format(name: str) -> Format:
    """The format of a name, to write and to run in.

    Raises:
        ConfigError: no such format, or packages are missing.
    """
    if not isinstance(name, str) or name not in FORMATS:  # notebooks may give whatever they have
        raise ConfigError(f"--format {name}: want {' or '.join(FORMATS)}{suggest(str(name), FORMATS)}")
    chosen = FORMATS[name]
    _refuse_missing(f"--format {name}", chosen, (*chosen.writing, *chosen.running))
    return chosen


def find_format(path: Path) -> Format:
    """The format of a file, by its suffix, to run it.

    Raises:
        ConfigError: no format has it, or packages are missing.
    """
    found = next((each for each in FORMATS.values() if each.suffix == path.suffix.lower()), None)
    if found is None:
        suffixes = " or ".join(each.suffix for each in FORMATS.values())
        raise ConfigError(f"{path}: want a file that python -m search.export has written, {suffixes}")
    _refuse_missing(str(path), found, found.running)
    return found


def _refuse_missing(given: str, form: Format, packages: tuple[str, ...]) -> None:
    lacking = [package for package in dict.fromkeys(packages) if find_spec(package) is None]
    if lacking:
        raise ConfigError(
            f"{given}: {', '.join(lacking)} cannot be imported; pip install {' '.join(lacking)}, or the extra that has "
            f"all: pip install 'automl-sharing-search[{form.extra}]'"
        )
