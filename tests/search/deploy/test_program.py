"""What stands before and after the network."""

from __future__ import annotations

import numpy as np
import pytest

from spaces.networks.small import Small
from tests.search.deploy.networks import TASKS, draw_pattern, make_program
from trainers.predict import predict

SMALL = Small((8, 12), 4)
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 8, 12, 3), np.uint8)


def test_it_scores_photos_as_predictions_answer_them() -> None:
    program = make_program(draw_pattern("fusion", SMALL, TASKS), SMALL)
    scores, answers = program.run(IMAGES), predict(program.network, IMAGES, TASKS, SMALL.stride)
    assert list(scores) == [task.name for task in TASKS]
    np.testing.assert_array_equal(scores["segmentation"].argmax(-1) + 1, answers["segmentation"])
    assert scores["segmentation"].sum(-1) == pytest.approx(1, abs=1e-5)
    for name in ("depth", "normals"):
        np.testing.assert_allclose(scores[name], answers[name], atol=1e-6)
