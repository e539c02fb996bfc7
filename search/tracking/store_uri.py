"""Addresses of tracking stores: which are taken, how they are made absolute, shown and opened."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

from spaces.common.home import expand_home
from spaces.common.interpreter import spell_python

STORES = re.compile(r"sqlite:///.+|(postgresql|mysql|mssql)(\+\w+)?://.+|https?://.+|databricks(://.+)?")
FILE = "sqlite:///"
# In the address of a file, %XX stands for a character and ? begins options, so names with these are rewritten.
# Others stay as they are: MLflow makes the folder as the address spells it too, empty where the spellings differ.
SPECIAL = re.compile(r"%(?=[0-9A-Fa-f]{2})|\?")
SITE = "http://127.0.0.1:5000"  # of `mlflow ui` where nothing else is said
SECRETS = re.compile(
    r"(?P<before>\b(?!sqlite:)[a-z][\w+.-]*://)((?<=http://)|(?<=https://)|(?=[^@\s]*:))\S*@"  # a token, too
    r"|(?P<key>[?&][^=&\s]*(pass|pwd|secret|token|key)[^=&\s]*=)[^&\s]+",
    re.IGNORECASE,
)
VARIABLE = "MLFLOW_TRACKING_URI"
SERVERS = re.compile(r"https?://|databricks")


def find_problem(name: str, uri: str) -> str:
    """What is wrong with an address, or nothing.

    Args:
        name: where the address was given, for the message.
        uri: the address.
    """
    shown = hide_password(uri)
    if shown != uri and name != VARIABLE:
        return (
            f"{name}={shown}: holds a password, which would stand in every list of processes, in the run folder and in "
            f"the store; put the address into ${VARIABLE} and leave {name} out (in the config.yaml of an earlier "
            "run: uri: null), or keep the password where the database looks for it, such as ~/.pgpass"
        )
    if STORES.fullmatch(uri):
        return ""
    return (
        f"{name}={shown}: want sqlite:///FILE, postgresql://..., mysql://..., mssql://..., databricks or the "
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
    return (
        expand_home(unquote(uri.removeprefix(FILE).partition("?")[0]), "tracking.uri") if uri.startswith(FILE) else None
    )


def is_server(uri: str) -> bool:
    """Whether a server keeps the artifacts too."""
    return SERVERS.match(uri) is not None


def hide_password(uri: str) -> str:
    """An address, or a text with addresses in it, without passwords, and without what queries call such.

    >>> hide_password("postgresql://me:p@ss@host/db"), hide_password("mysql://host/db?ssl_key=k&a=b")
    ('postgresql://***@host/db', 'mysql://host/db?ssl_key=***&a=b')
    """
    return SECRETS.sub(lambda found: f"{found['before']}***@" if found["before"] else f"{found['key']}***", uri)


def find_site(uri: str) -> str:
    """Where a store is seen in a browser, `make_view_command` running where it must; empty if that is not known."""
    if uri.startswith("databricks"):
        return ""
    return hide_password(uri).rstrip("/") if is_server(uri) else SITE


def make_view_command(uri: str) -> str:
    """The command that shows the store in a browser; for a server, its address."""
    if is_server(uri):
        return hide_password(uri)
    shown = shlex.quote(uri) if hide_password(uri) == uri else f'"${VARIABLE}"'  # the one place where it may stand
    return f"{spell_python(anywhere=True)} -m mlflow ui --backend-store-uri {shown} --host 127.0.0.1"
