from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spaces.networks.classifier import Classifier
from spaces.networks.family import ChecksOutputs, Family, LimitsMixings, StartsFromWeights
from spaces.networks.pdf import Pdf
from spaces.networks.resnets import ResNet
from spaces.networks.small import Small
from spaces.networks.vit import Vit

OFFERS: list[tuple[Family, set[type]]] = [
    (Small(), set()),
    (Classifier(), {ChecksOutputs}),
    (Pdf(), set()),
    (ResNet(), {StartsFromWeights}),
    (Vit(), {StartsFromWeights, LimitsMixings}),
]


@pytest.mark.parametrize(("family", "offers"), OFFERS)
def test_a_family_offers_what_it_says(family: Family, offers: set[type]) -> None:
    found = {kind for kind in (ChecksOutputs, StartsFromWeights, LimitsMixings) if isinstance(family, kind)}
    assert found == offers


@pytest.mark.parametrize("family", [family for family, _ in OFFERS])
def test_numbers_of_stages_widths_and_strides_agree(family: Family) -> None:
    assert len(family.widths) == len(family.strides) == family.encoder_stages
    assert 1 <= family.decoder_stages <= family.encoder_stages
    product = 1
    for stride in family.strides:
        product *= stride
    assert family.stride % product == 0
    assert hash(family) == hash(type(family)())  # costs of blocks are kept by family


def test_all_this_is_known_without_torch() -> None:
    program = "import sys\n" + "\n".join(
        f"from {type(family).__module__} import {type(family).__name__} as F; F().widths, F().strides, hash(F())"
        for family, _ in OFFERS
    )
    program += "\nassert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).resolve().parents[3], check=True)
