"""Models of the package timm (ResNet, ConvNeXt, Swin, ViT, ...), kept whole; timm itself wants torchvision."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from spaces.errors import ConfigError
from spaces.networks.whole import WholeBackbone, check_installed

if TYPE_CHECKING:
    from torch import Tensor, nn

SET: dict[str, Any] = {"pretrained": False, "checkpoint_path": "", "features_only": False, "in_chans": 3}
"""Arguments of timm's that are ours: nothing is downloaded, and names of weights stay those of the files."""
ANY_SIZE = {"dynamic_img_size": True}
"""Makes transformers take images of other sizes than those they were trained with; other models do not know it."""


@runtime_checkable
class OffersFeatureMaps(Protocol):
    """A model of timm that gives the features between its blocks; a few do not."""

    def prune_intermediate_layers(self, indices: int, *, prune_head: bool) -> object:
        """Cut off what comes after the last so many features."""


@dataclass(frozen=True)
class Timm(WholeBackbone):
    """A model of timm; ``options`` are those of its constructor, ``weights`` under timm's own names.

    Args:
        model: a name of ``timm.list_models()``, such as resnet18 or convnext_tiny.
    """

    model: str = "resnet18"

    def encoder_block(self, stage: int) -> nn.Module:
        """The model up to its last feature map, drawn at random."""
        from spaces.networks.modules.backbone import Backbone  # torch: 1.5 s, --help does without

        body = _make_model(self, classes=0)
        if not isinstance(body, OffersFeatureMaps):
            raise ConfigError(f"network.model={self.model}: timm offers no feature maps of it; take another model")
        body.prune_intermediate_layers(1, prune_head=True)
        return Backbone(self.pixels, body, _read_last)

    def adapt_weights(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Without what the model has beside its feature maps: the classifier, and tables that are computed anew."""
        import torch  # torch: 1.5 s, --help does without

        with torch.device("meta"):
            wanted = self.encoder_block(0).state_dict()
            # With one class, for some models have no classifier of their own, but may have got one.
            model = _make_model(self, classes=1)
        known = {name for name, _ in chain(model.named_parameters(), model.named_buffers())}
        return {f"body.{name}": each for name, each in weights.items() if f"body.{name}" in wanted or name not in known}


def _read_last(body: Any, image: Tensor) -> Tensor:
    """Normalised where the model normalises what its classifier reads."""
    return body.forward_intermediates(image, indices=1, norm=True, intermediates_only=True)[-1]


def _make_model(family: Timm, classes: int) -> nn.Module:
    timm, options = _import_package(), dict(family.options)
    if not timm.is_model(family.model.partition(".")[0]):  # after the dot stands which weights are meant
        near = ", ".join(get_close_matches(family.model, timm.list_models())) or "resnet18, convnext_tiny"
        raise ConfigError(f"network.model={family.model}: want one of timm.list_models(), such as {near}")
    taken = sorted(options.keys() & {*SET, "num_classes"})
    if taken:
        raise ConfigError(f"network.options of {family.model}: {', '.join(taken)} cannot be chosen here")
    given = {**SET, "num_classes": classes, **options}
    try:
        try:
            return timm.create_model(family.model, **{**ANY_SIZE, **given})
        except TypeError:  # the model's constructor does not know the one, or something that was given
            return timm.create_model(family.model, **given)
    except Exception as error:  # each model checks its options in its own way
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ConfigError(f"network.options of {family.model}: {told}; see its constructor in timm") from error


def _import_package() -> ModuleType:
    check_installed("timm", "timm", "torchvision")
    try:
        return import_module("timm")
    except Exception as error:  # a torchvision for another torch fails in ways of its own
        raise ConfigError(
            f"network=timm: timm and torchvision are there, but cannot be imported ({error}); want the torchvision "
            "that was made for the installed torch, or take another network"
        ) from error
