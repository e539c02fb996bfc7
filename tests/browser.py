"""Chromium, where it is installed: what a page has become once its scripts have run, and what they complained of."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), "")
MISSING = "no Chromium is installed here"


@dataclass(frozen=True)
class Opened:
    """A page that was opened.

    Args:
        page: HTML as its scripts have left it.
        errors: lines of its console.
    """

    page: str
    errors: tuple[str, ...]


def open_page(address: str, folder: Path, milliseconds: int = 3000) -> Opened:
    """Open a page in a browser without a window.

    Args:
        address: of the page.
        folder: that the browser keeps its things in.
        milliseconds: of the page's own time that its scripts get; waiting for answers stops that clock.
    """
    asked = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}"]
    asked += ["--enable-logging=stderr", f"--virtual-time-budget={milliseconds}", "--dump-dom", address]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=True)
    return Opened(told.stdout, tuple(line for line in told.stderr.splitlines() if "CONSOLE" in line))


def print_page(address: str, path: Path, folder: Path) -> None:
    """Print a page into a PDF.

    Args:
        address: of the page.
        path: of the PDF.
        folder: that the browser keeps its things in.
    """
    asked = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}"]
    subprocess.run([*asked, f"--print-to-pdf={path}", address], capture_output=True, timeout=120, check=True)
