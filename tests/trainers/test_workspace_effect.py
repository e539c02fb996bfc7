"""Whether a workspace acts is told by its attention and by what it is worth beyond its mean."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from spaces.networks.build import SharedNetwork, build
from spaces.networks.modules.exchange.workspace import SlotAttention, SlotBroadcast
from spaces.networks.small import Small
from spaces.pattern.exchange import Exchange, Workspace
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage
from tests.tiny import write_tiny
from trainers.batches.memory import load_split
from trainers.batches.source import Source
from trainers.data.npz import Npz
from trainers.measure import measure
from trainers.workspace_effect import measure_effect


@pytest.fixture
def data(tmp_path: Path) -> Npz:
    folder = write_tiny(tmp_path / "data", images=12)
    return Npz(root=str(folder), spec=str(folder / "spec.yaml"))


def make(data: Npz, exchange: Exchange) -> SharedNetwork:
    tasks = data.selected
    names = tuple(sorted(task.name for task in tasks))
    encoder, decoder = (Stage((names,)),) * 2, (Stage(tuple((name,) for name in names)),) * 2
    pattern = SharingPattern(encoder, (NoExchange(), exchange), decoder)
    torch.manual_seed(0)
    network = build(pattern, Small(encoder_widths=(4, 6), decoder_width=4), {t.name: t.output for t in tasks}, 0)
    network.train()(torch.rand(8, 3, 16, 16))
    return network


def judged(data: Npz) -> Source:
    return load_split(data, "val", "cpu")


def only(network: SharedNetwork, kind: type) -> list:
    return [block for block in network.blocks.values() if isinstance(block, kind)]


def test_without_a_workspace_there_is_nothing_to_tell(data: Npz) -> None:
    assert measure_effect(make(data, NoExchange()), judged(data), data.selected) == {}


@pytest.mark.parametrize("top_k", [1.0, 0.3])
def test_even_attention_has_all_entropy_and_sharp_attention_little(data: Npz, top_k: float) -> None:
    network = make(data, Workspace(slots=4, width=8, heads=2, top_k=top_k))
    (attention,) = only(network, SlotAttention)
    with torch.no_grad():
        attention.slot_queries.zero_()
        attention.slot_keys.zero_()
    even = measure_effect(network, judged(data), data.selected)
    assert (even["retrieval"], even["read"]) == pytest.approx((1.0, 1.0), abs=1e-5)
    with torch.no_grad():
        for weights in (attention.slot_queries, attention.keys, attention.queries):
            weights.normal_(std=30)
        attention.slot_keys.normal_(std=1e4)
    sharp = measure_effect(network, judged(data), data.selected)
    assert 0 <= sharp["retrieval"] < 0.3
    assert 0 <= sharp["read"] < 0.3


def test_what_every_image_hears_alike_is_worth_nothing_and_what_differs_is(data: Npz) -> None:
    network = make(data, Workspace(slots=4, width=8, heads=2))
    whole = measure(network, judged(data), data.selected)
    for broadcast in only(network, SlotBroadcast):
        torch.nn.init.normal_(broadcast.linear.weight, std=30.0)
    loud = measure(network, judged(data), data.selected)
    told = measure_effect(network, judged(data), data.selected)["mean_only"]
    assert told.keys() == loud.keys()
    assert told != pytest.approx(loud)
    assert measure(network, judged(data), data.selected) == loud  # nothing is left behind
    for broadcast in only(network, SlotBroadcast):
        torch.nn.init.zeros_(broadcast.linear.weight)
    silent = measure(network, judged(data), data.selected)
    assert measure_effect(network, judged(data), data.selected)["mean_only"] == pytest.approx(silent)
    assert silent != whole


def test_the_mean_is_that_of_all_images_whatever_the_batches(data: Npz, monkeypatch: pytest.MonkeyPatch) -> None:
    network = make(data, Workspace(slots=4, width=8))
    once = measure_effect(network, judged(data), data.selected)
    monkeypatch.setattr("trainers.measure.PIXELS", 5 * math.prod(judged(data).size))
    parts = measure_effect(network, judged(data), data.selected)
    assert parts["mean_only"] == pytest.approx(once["mean_only"], rel=1e-5)
