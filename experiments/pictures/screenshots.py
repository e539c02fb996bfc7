"""Screenshots of a run's page and of its record in MLflow, for the documents.

    python -m experiments.pictures.screenshots runs/fusion-scenes --folder experiments/pictures

Wants Chromium, `pip install playwright` to drive it, and an MLflow store that the search has written.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

from search.config.command import end_in_one_message
from search.standing.started import read_started
from spaces.errors import DataError, UserError

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1366, 900  # pixels of the window
TIME = 15_000  # milliseconds that a page gets to fetch and draw; MLflow's is never done
PATIENCE = 60.0  # seconds until MLflow answers


@end_in_one_message("The same command begins again.")
def main(argv: list[str] | None = None) -> int:
    """Take them: `page.png`, `mlflow-runs.png`, `mlflow-search.png`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of a finished run")
    parser.add_argument("--store", type=Path, help="SQLite file of MLflow; mlflow.db beside the run if not said")
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args(argv)
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    page, store = given.run / "front.html", given.store or given.run.parent / "mlflow.db"
    if browser is None:
        raise UserError(f"no browser: want one of {', '.join(BROWSERS)} on the PATH")
    if find_spec("playwright") is None:
        raise UserError("playwright is not installed: pip install playwright")
    for file in (page, store):
        if not file.is_file():
            raise DataError(f"{file}: no such file; a search that has ended leaves it")
    links = read_started(given.run).links
    if not links:
        raise DataError(f"{given.run}: its search has recorded nothing in MLflow; run one without tracking=none")
    _shoot(browser, page.resolve().as_uri(), given.folder / "page.png")
    with _serving(store.resolve()) as address:
        for name, link in zip(("mlflow-runs", "mlflow-search"), links, strict=True):
            _shoot(browser, f"{address}/#{link.partition('/#')[2]}", given.folder / f"{name}.png")
    return 0


@contextmanager
def _serving(store: Path) -> Iterator[str]:
    """MLflow over a store, on this machine alone; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = ["mlflow", "ui", "--backend-store-uri", f"sqlite:///{store}", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", *asked, "--workers", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    try:
        while not _answers(address):
            if server.poll() is not None or time.monotonic() > until:
                raise DataError(f"{store}: MLflow does not answer over it; mlflow ui says why")
            time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/health", timeout=5):
            return True
    except OSError:
        return False


def _shoot(browser: str, address: str, file: Path) -> None:
    from playwright.sync_api import sync_playwright  # playwright: no dependency, this script alone wants it

    with sync_playwright() as driver, driver.chromium.launch(executable_path=browser, args=["--no-sandbox"]) as opened:
        page = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(address)
        page.wait_for_timeout(TIME)
        page.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main())
