from __future__ import annotations

import numpy as np

from trainers.data.rooms.drawing import draw_scenes


def test_arrays_are_by_split_and_of_documented_types() -> None:
    arrays = draw_scenes({"train": 2, "val": 1}, 16, 0)
    types = {name.partition(".")[2]: (array.dtype, array.shape[1:]) for name, array in arrays.items()}
    assert types == {
        "images": (np.uint8, (16, 16, 3)),
        "segmentation": (np.uint8, (16, 16)),
        "depth": (np.float32, (16, 16)),
        "normals": (np.float16, (16, 16, 3)),
        "edges": (np.uint8, (16, 16)),
    }
    assert {name.partition(".")[0]: len(array) for name, array in arrays.items()} == {"train": 2, "val": 1}
    assert (arrays["train.depth"] > 0).all()
    assert np.allclose((arrays["train.normals"].astype(float) ** 2).sum(-1), 1, atol=0.01)


def test_splits_do_not_share_images_and_larger_ones_begin_with_smaller_ones() -> None:
    few, many = draw_scenes({"train": 1, "val": 1}, 16, 0), draw_scenes({"train": 2, "val": 2}, 16, 0)
    for name, array in few.items():
        assert np.array_equal(array, many[name][:1])
    assert not np.array_equal(many["train.images"], many["val.images"])
