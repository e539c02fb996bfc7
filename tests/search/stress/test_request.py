from __future__ import annotations

import pytest

from search.stress.request import Request
from spaces.errors import ConfigError
from trainers.robustness.corruptions.catalogue import CORRUPTIONS


def test_all_corruptions_are_asked_for_by_default() -> None:
    request = Request()
    assert request.chosen == tuple(CORRUPTIONS.values())
    assert (request.split, request.attacks, request.images, request.seed) == ("test", None, None, 0)


def test_names_choose() -> None:
    assert [each.name for each in Request(corruptions=["fog", "jpeg"]).chosen] == ["fog", "jpeg"]


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Request(split="train", images=0, corruptions=["fogg"], seed=-1)
    split, images, seed, corruptions = caught.value.problems
    assert split == "--split train: want val or test; networks were trained on train"
    assert images == "--images 0: want a whole number of at least 1, or leave it out for all images"
    assert seed == "--seed -1: want a whole number of at least 0"
    assert corruptions.startswith("--corruptions fogg: unknown; did you mean 'fog'? Allowed: the families noise, ")
