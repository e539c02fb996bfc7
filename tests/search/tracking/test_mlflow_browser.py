"""The addresses that a search prints, in a browser: MLflow opens on the runs, the search, a trial, a comparison."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from search.tracking.mlflow import Mlflow
from tests.browser import BROWSER, MISSING, Opened, open_page
from tests.search.trials import complete, failed

mlflow = pytest.importorskip("mlflow")
LONG = 20_000  # milliseconds of its own time for a page whose scripts fetch what they show


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, tuple[str, ...], Path]]:
    """MLflow over the record of a small search: its address, the ends of the printed ones, and its folder."""
    runs = tmp_path_factory.mktemp("runs")
    tracker = Mlflow(experiment="a test").tracker(runs)
    tracker.open("a search", "id", {"objectives": ["delta_mtl", "macs"], "trials": 3}, "python -m search.run")
    for trial in (complete(0, 1.5, 12_000_000), failed(1, "lost worker"), complete(2, 2.5, 14_000_000)):
        tracker.log(trial)
    tracker.log_front([0, 2], {0: "all fused"})
    tracker.close("FINISHED", note="two networks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = ["mlflow", "ui", "--backend-store-uri", f"sqlite:///{runs / 'mlflow.db'}", "--port", str(port)]
    with (runs / "server.log").open("w") as log:
        server = subprocess.Popen([sys.executable, "-m", *asked, "--workers", "1"], stdout=log, stderr=log, cwd=runs)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server)
        yield address, tuple(link.partition("/#")[2] for link in tracker.view_links()), runs
    finally:
        server.terminate()
        server.wait(30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None
        try:
            with urlopen(f"{address}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("MLflow has not answered for a minute")


def _open(site: tuple[str, tuple[str, ...], Path], end: str) -> Opened:
    return open_page(f"{site[0]}/#{end}", site[2] / "browser", LONG)


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_the_printed_links_and_what_they_lead_to_show_what_they_promise(
    site: tuple[str, tuple[str, ...], Path],
) -> None:
    client = mlflow.MlflowClient(f"sqlite:///{site[2] / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("a test").experiment_id
    runs = {run.info.run_name: run.info.run_id for run in client.search_runs([experiment])}
    table, parent = (_open(site, end) for end in site[1])
    child = _open(site, f"/experiments/{experiment}/runs/{runs['trial 2']}?workflowType=machine_learning")
    chosen = quote(json.dumps([runs["trial 0"], runs["trial 2"]]))
    compared = _open(site, f"/compare-runs?runs={chosen}&experiments={quote(json.dumps([experiment]))}")
    for opened, words in (
        (table, ("trial 2", "trial 0", "delta_mtl")),
        (parent, ("a search", "two networks")),
        (child, ("trial 2", "delta_mtl")),
        (compared, ("trial 0", "trial 2")),
    ):
        assert [word for word in words if word not in opened.page] == []
        assert [line for line in opened.errors if "ERROR" in line or "Uncaught" in line] == []
