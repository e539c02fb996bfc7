from __future__ import annotations

import numpy as np
import pytest

from search.problem.feature_space import locate
from spaces.pattern.features import compute_features, weigh_features
from spaces.pattern.sharing_pattern import hard_sharing, separate_decoders

TASKS = ("depth", "normals", "segmentation")


def test_a_place_is_the_features_by_their_weights_and_is_kept() -> None:
    pattern = separate_decoders(TASKS, 4, 4)
    place = locate(pattern)
    wanted = np.array(compute_features(pattern)) * np.array(weigh_features(pattern))
    np.testing.assert_allclose(place, wanted, atol=1e-6)
    assert locate(separate_decoders(TASKS, 4, 4)) is place
    assert locate(hard_sharing(TASKS, 4, 4)).shape == place.shape
    with pytest.raises(ValueError, match="read-only"):
        place[0] = 5.0
