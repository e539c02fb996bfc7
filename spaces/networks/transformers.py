"""Backbones of the package transformers (ConvNeXt, Swin, DINOv2, ...), kept whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from spaces.errors import ConfigError
from spaces.networks.whole import WholeBackbone, check_installed

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PretrainedConfig

UNUSED = ("classifier.", "pooler.", "layernorm.", "decoder.")
"""Beginnings of names in weight files that belong to a classifier or another decoder."""
FRESH = "hidden_states_norms."
"""Norms of feature maps, which only backbones have: where a file lacks them they start as they do in transformers."""


@dataclass(frozen=True)
class Transformers(WholeBackbone):
    """A backbone of transformers; ``options`` are those of its configuration, ``weights`` in safetensors' format.

    Args:
        model: type of configuration, such as convnext, swin or dinov2.
    """

    model: str = "convnext"

    def encoder_block(self, stage: int) -> nn.Module:
        """The backbone, drawn at random."""
        check_installed("transformers", "transformers")
        config = _make_config(self)
        from transformers import AutoBackbone  # torch and transformers: 5 s, and of an extra

        from spaces.networks.modules.backbone import Backbone

        return Backbone(self.pixels, AutoBackbone.from_config(config), _read_last)

    def adapt_weights(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Under the names that they have here: models for other ends put their own before them."""
        import torch  # torch: 1.5 s, --help does without

        with torch.device("meta"):
            wanted = self.encoder_block(0).state_dict()
        found: dict[str, Tensor] = {}
        for name, tensor in weights.items():
            inner = name.partition(".")[2]
            short = inner if f"body.{inner}" in wanted and f"body.{name}" not in wanted else name
            if f"body.{short}" in wanted or not (name.startswith(UNUSED) or inner.startswith(UNUSED)):
                found[f"body.{short}"] = tensor
        for name, tensor in wanted.items():
            if FRESH in name:
                found.setdefault(name, torch.full(tensor.shape, float(name.endswith("weight"))))
        return found


def _read_last(body: Any, image: Tensor) -> Tensor:
    return body(image).feature_maps[-1]


@lru_cache(maxsize=16)
def _make_config(family: Transformers) -> PretrainedConfig:
    from transformers import CONFIG_MAPPING  # torch and transformers: 5 s, and of an extra
    from transformers.models.auto.modeling_auto import MODEL_FOR_BACKBONE_MAPPING_NAMES as known

    if family.model not in known:
        raise ConfigError(f"network.model={family.model}: want a backbone of transformers: {', '.join(sorted(known))}")
    options = {name: list(value) if isinstance(value, tuple) else value for name, value in family.options}
    kind: Any = CONFIG_MAPPING[family.model]
    try:
        usual = kind()
        strangers = [name for name in options if not hasattr(usual, name)]
        if not strangers:
            # As read from a file, where there are lists alone: some models add lists to what is a tuple by default.
            lists = {name: list(value) for name, value in vars(usual).items() if isinstance(value, tuple)}
            return kind(**{**lists, **options})
    except Exception as error:  # each model checks its options in its own way
        raise ConfigError(f"network.options of {family.model}: {error}") from error
    raise ConfigError(f"network.options of {family.model}: {', '.join(strangers)} unknown; see its configuration")
