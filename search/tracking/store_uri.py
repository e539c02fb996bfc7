"""Addresses of tracking stores: which are taken, how they are made absolute, shown and opened."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

from spaces.common.interpreter import spell_python

STORES = re.compile(r"sqlite:///.+|(postgresql|mysql|mssql)(\+\w+)?://.+|https?://.+|databricks(://.+)?")
FILE = "sqlite:///"
# In the address of a file, %XX stands for a character and ? begins options, so names with these are rewritten.
# Others stay as they are: MLflow makes the folder as the address spells it too, empty where the spellings differ.
SPECIAL = re.compile(r"%(?=[0-9A-Fa-f]{2})|\?")
SITE = "http://127.0.0.1:5000"  # of `mlflow ui` where nothing else is said
SERVERS = re.compile(r"https?://|databricks")


def find_problem(name: str, uri: str) -> str:
    """What is wrong with an address, or nothing.

    Args:
        name: where the address was given, for the message.
        uri: the address.
    """
    if STORES.fullmatch(uri):
        return ""
    return (
        f"{name}={uri}: want sqlite:///FILE, postgresql://..., mysql://..., mssql://..., databricks or the "
        "http(s) address of an MLflow server; MLflow no longer takes folders such as ./mlruns"
    )


def make_absolute(uri: str) -> str:
    """The address, with an absolute path if it is that of a file."""
    path = find_sqlite_file(uri)
    _, mark, options = uri.partition("?")
    return make_sqlite_uri(path.resolve()) + mark + options if path else uri


def make_sqlite_uri(path: Path) -> str:
    """The address of an SQLite store in a file of any name."""
    return FILE + SPECIAL.sub(lambda found: f"%{ord(found[0]):02X}", str(path))


def find_sqlite_file(uri: str) -> Path | None:
    """The file of an SQLite store; None for others."""
    return Path(unquote(uri.removeprefix(FILE).partition("?")[0])).expanduser() if uri.startswith(FILE) else None


def is_server(uri: str) -> bool:
    """Whether a server keeps the artifacts too."""
    return SERVERS.match(uri) is not None


def hide_password(uri: str) -> str:
    """An address, or a text with addresses in it, without passwords."""
    return re.sub(r"//[^/@\s]*@", "//***@", uri)


def find_site(uri: str) -> str:
    """Where a store is seen in a browser, `make_view_command` running where it must; empty if that is not known."""
    if uri.startswith("databricks"):
        return ""
    return hide_password(uri).rstrip("/") if is_server(uri) else SITE


def make_view_command(uri: str) -> str:
    """The command that shows the store in a browser; for a server, its address."""
    if is_server(uri):
        return hide_password(uri)
    return f"{spell_python()} -m mlflow ui --backend-store-uri {shlex.quote(uri)} --host 127.0.0.1"
