from __future__ import annotations

import numpy as np
import pytest

from spaces.errors import ConfigError
from tests.trainers.robustness.corruptions.images import deviate, draw_images
from trainers.robustness.corruptions.catalogue import CORRUPTIONS, FAMILIES, find_corruptions

# Ours -> its name there; theirs of frost depends on which photograph is drawn.
PUBLISHED = {
    "gaussian_noise": "gaussian_noise",
    "shot_noise": "shot_noise",
    "impulse_noise": "impulse_noise",
    "speckle_noise": "speckle_noise",
    "gaussian_blur": "gaussian_blur",
    "defocus_blur": "defocus_blur",
    "motion_blur": "motion_blur",
    "zoom_blur": "zoom_blur",
    "fog": "fog",
    "snow": "snow",
    "brightness": "brightness",
    "contrast": "contrast",
    "jpeg": "jpeg_compression",
    "pixelate": "pixelate",
    "saturate": "saturate",
}
FACTOR = 2.0


def test_four_families_of_four() -> None:
    assert FAMILIES == ("noise", "blur", "weather", "digital")
    assert [sum(each.family == family for each in CORRUPTIONS.values()) for family in FAMILIES] == [4, 4, 4, 4]


def test_names_are_of_corruptions_and_of_families() -> None:
    assert [each.name for each in find_corruptions(["fog"])] == ["fog"]
    assert [each.name for each in find_corruptions(["saturate", "noise", "shot_noise"])] == [
        *("gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise", "saturate")
    ]
    assert find_corruptions(FAMILIES) == tuple(CORRUPTIONS.values())
    assert find_corruptions(["none"]) == ()


def test_a_name_of_nothing_is_refused_with_what_may_have_been_meant() -> None:
    with pytest.raises(ConfigError) as caught:
        find_corruptions(["blur", "gausian_noise", "rain"])
    assert str(caught.value) == (
        "--corruptions gausian_noise rain: unknown; did you mean 'gaussian_noise'? Allowed: the families noise, blur, "
        f"weather, digital, the corruptions {', '.join(CORRUPTIONS)}, or none alone"
    )
    with pytest.raises(ConfigError, match="--corruptions none: unknown"):
        find_corruptions(["none", "fog"])


@pytest.mark.parametrize("name", PUBLISHED)
def test_changes_are_about_as_large_as_published_ones(name: str) -> None:
    """A development check: the package is not among the requirements, for it brings 400 MB."""
    published = pytest.importorskip("imagecorruptions", reason="imagecorruptions-imaug is not installed")
    images = draw_images(224, 2)
    ours = deviate(images, CORRUPTIONS[name])[1:]
    for severity, change in enumerate(ours, start=1):
        raw = [np.rint(image * 255).astype(np.uint8) for image in images]
        done = [published.corrupt(each, corruption_name=PUBLISHED[name], severity=severity) for each in raw]
        theirs = np.mean([np.abs(a.astype(float) - b).mean() / 255 for a, b in zip(done, raw, strict=True)])
        assert theirs / FACTOR < change < theirs * FACTOR, (severity, change, theirs)
