from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from spaces.choices import enumerate_patterns
from spaces.fusion import Fusion
from spaces.networks import cost as cost_module
from spaces.networks.build import build
from spaces.networks.cost import compute_cost, count_macs
from spaces.networks.modules.output import Output
from spaces.networks.pdf import Pdf
from spaces.networks.small import Small
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders, uniform
from spaces.pattern.stage import Partition

OUTPUTS = {"depth": Output(1, "depth"), "normals": Output(3, "normals"), "segmentation": Output(6, "segmentation")}
SIZE = (64, 64)


def test_a_sum_of_block_costs_equals_counting_the_whole_network() -> None:
    family = Small()
    proposals = list(enumerate_patterns(Fusion(4, 4), tuple(OUTPUTS)))
    assert len(proposals) == 35
    for proposal in (*proposals[::4], proposals[-1]):
        with torch.device("meta"):
            network = build(proposal.pattern, family, OUTPUTS, 0)
        assert compute_cost(proposal.pattern, family, OUTPUTS, SIZE) == count_macs(network, SIZE)


CITYSCAPES = {
    "autoencoder": Output(3, "autoencoder"),
    "depth": Output(1, "depth"),
    "edges": Output(1, "edges"),
    "normals": Output(3, "normals"),
    "segmentation": Output(19, "segmentation"),
}
NYUV2 = CITYSCAPES | {"segmentation": Output(40, "segmentation")}
FUSED = (tuple(CITYSCAPES),)
SEPARATE = tuple((task,) for task in CITYSCAPES)
SE = (("edges", "segmentation"), ("autoencoder",), ("depth",), ("normals",))
SE_DN = (("edges", "segmentation"), ("depth", "normals"), ("autoencoder",))


@pytest.mark.parametrize(
    ("outputs", "decoder", "params"),
    [
        pytest.param(CITYSCAPES, [FUSED] * 5, 51_559_835, id="Cityscapes, all fused"),
        pytest.param(CITYSCAPES, [SEPARATE] * 5, 57_031_067, id="Cityscapes, all separate"),
        pytest.param(CITYSCAPES, [SE_DN] * 3 + [SE, SEPARATE], 54_572_187, id="Cityscapes, offline"),
        pytest.param(CITYSCAPES, [SE_DN] * 5, 54_295_451, id="Cityscapes, PDF"),
        pytest.param(NYUV2, [FUSED] * 5, 51_566_576, id="NYUv2, all fused"),
        pytest.param(NYUV2, [SEPARATE] * 5, 57_037_808, id="NYUv2, all separate"),
        pytest.param(NYUV2, [SE] * 3 + [SEPARATE] * 2, 55_859_952, id="NYUv2, offline"),
        pytest.param(NYUV2, [SE] * 5, 55_670_000, id="NYUv2, PDF"),
    ],
)
def test_the_trees_of_the_pdf_paper_count_what_it_says(
    outputs: dict[str, Output], decoder: list[Partition], params: int
) -> None:
    """Gurulingan et al. 2022, tables 1 and 3, which give these in millions with two decimals."""
    pattern = uniform(outputs, 6, decoder)
    size = (512, 1024) if outputs is CITYSCAPES else (512, 640)
    with torch.device("meta"):
        whole = count_macs(build(pattern, Pdf(), outputs, 0), size)
    assert whole == compute_cost(pattern, Pdf(), outputs, size)
    assert whole.params == params


def test_the_stages_of_the_pdf_decoder_cost_what_its_authors_code_does() -> None:
    """Parting a stage later adds that stage once more: parameters, and 10**9 multiply-accumulates at 512x1024."""
    pair = {task: CITYSCAPES[task] for task in ("depth", "normals")}
    together, apart = (tuple(pair),), tuple((task,) for task in pair)
    costs = [
        compute_cost(uniform(pair, 6, [together] * n + [apart] * (5 - n)), Pdf(), pair, (512, 1024)) for n in range(6)
    ]
    stages = [(more.params - less.params, more.macs - less.macs) for more, less in pairwise(costs)]
    assert [params for params, _ in stages] == [840_448, 201_472, 135_936, 103_168, 86_784]
    assert [round(macs / 1e9, 2) for _, macs in stages] == [0.11, 0.10, 0.28, 0.84, 2.82]


def test_cost_agrees_with_a_count_by_hand() -> None:
    family = Small(encoder_widths=(4,), decoder_width=2)
    pattern = hard_sharing(["depth"], 1, 1)
    # 64x64 image, everything at 32x32: down 3->4, refine 4->4, fuse 4->2, refine 2->2 (3x3), head 2->1 (1x1).
    pixels = 32 * 32
    macs = pixels * (9 * (3 * 4 + 4 * 4 + 4 * 2 + 2 * 2) + 2 * 1)
    params = 9 * (3 * 4 + 4 * 4 + 4 * 2 + 2 * 2) + 2 * (4 + 4 + 2 + 2) + 2 * 1 + 1
    found = compute_cost(pattern, family, {"depth": Output(1, "depth")}, SIZE)
    assert (found.macs, found.params, found.flops) == (macs, params, 2 * macs)


def test_the_counter_sees_attention_on_the_meta_device() -> None:
    """On a CPU torch's counter misses fused attention; the counts here must not."""

    class Attention(torch.nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            tokens = image.flatten(2).transpose(1, 2)  # (1, 64, 3)
            return torch.nn.functional.scaled_dot_product_attention(tokens, tokens, tokens)

    assert count_macs(Attention(), (8, 8)).macs == 2 * 64 * 64 * 3


def test_after_the_first_pattern_nothing_is_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what makes a cost a matter of microseconds; the benchmark says how many."""
    names = [f"task{i}" for i in range(5)]
    outputs = dict.fromkeys(names, Output(2, "regression"))
    first = compute_cost(hard_sharing(names, 4, 4), Small(), outputs, SIZE)
    monkeypatch.setattr(cost_module, "_count", None)
    assert compute_cost(separate_decoders(names, 4, 4), Small(), outputs, SIZE).macs > first.macs
