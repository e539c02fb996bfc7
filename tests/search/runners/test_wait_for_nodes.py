"""Waiting for the nodes of a cluster ends in one line where they do not come; that they come: tests/end_to_end."""

from __future__ import annotations

import socket

import pytest

from search.runners.wait_for_nodes import main


def test_a_cluster_that_does_not_come_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    assert main([address, "2", "0.5"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("0 of 2 nodes are there after 0.5 s: ")
    assert "no Ray cluster answers there" in told and told.count("\n") == 1


@pytest.mark.parametrize("given", [[], ["auto"], ["auto", "two"], ["auto", "2", "soon"]])
def test_wrong_arguments_are_told(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(given) == 2
    assert capsys.readouterr().err.startswith("want python -m search.runners.wait_for_nodes ADDRESS NODES")
