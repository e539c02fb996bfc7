from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from search.results.missing import explain_missing_front, explain_missing_weights
from tests.search.trials import complete, failed

RUN = Path("runs/mine")


def test_no_front_has_a_reason_and_a_way_to_one() -> None:
    assert explain_missing_front(RUN, []).startswith("runs/mine has no front, for no trial has finished yet: wait")
    text = explain_missing_front(RUN, [failed(0), failed(4, "out of memory")])
    assert "all 2 of its trials failed, the last one, 4, because: out of memory." in text


def test_missing_weights_name_those_that_are_kept_or_why_there_are_none() -> None:
    text = explain_missing_weights(RUN, complete(2, 1.0, 10), [5, 7])
    assert "here 5, 7. Take one of these, or train it again as it was, which keeps them: " in text
    words = shlex.split(text.partition("keeps them: ")[2])
    assert words[1:] == ["-c", "from search.load import load; load('runs/mine').train(2)"]
    assert "here none. Take" in explain_missing_weights(RUN, complete(2, 1.0, 10), [])
    assert explain_missing_weights(RUN, failed(4, "NaN"), [5]) == (
        "trial 4 of runs/mine has no weights, for it failed because: NaN. Take one whose weights are kept, here 5, or "
        "mend that and give the command of the search again with retry=failed, which trains the patterns of failed "
        "trials again, as trials of new numbers"
    )
    pruned = replace(failed(4, "given up at 3 epochs"), status="pruned")
    assert explain_missing_weights(RUN, pruned, []) == (
        "trial 4 of runs/mine has no weights, for it was pruned because: given up at 3 epochs. Take one whose weights "
        "are kept, here none"
    )
