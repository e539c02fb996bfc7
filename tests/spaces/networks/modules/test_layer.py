from __future__ import annotations

import pytest
from torch import nn

from spaces.errors import PatternError
from spaces.networks.modules.layer import list_layers


def test_what_is_not_made_of_layers_cannot_be_gated() -> None:
    with pytest.raises(PatternError, match=r"blocks of Conv2d cannot be gated.*layers\(\)"):
        list_layers(nn.Conv2d(3, 3, 1))
    with pytest.raises(PatternError, match="a convolution in 2 groups cannot be gated"):
        list_layers(nn.Sequential(nn.Conv2d(4, 4, 1, groups=2)))
    with pytest.raises(PatternError, match="Conv2d after a convolution cannot be gated: it may mix channels"):
        list_layers(nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)))
