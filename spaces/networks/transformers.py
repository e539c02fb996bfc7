"""Backbones of the package transformers (ConvNeXt, Swin, DINOv2, ...), kept whole.

They are one encoder stage, for their own stages are not made alike; spaces that part or fuse decoders, and workspaces
on the one scale, work on them. The package is imported where such a network is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.errors import ConfigError
from spaces.fields import Fields
from spaces.networks.family import Output
from spaces.networks.pixels import STATISTICS

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PretrainedConfig

FINEST = 4
"""Stride at which decoders stop climbing: our choice."""
ROOM = 448
"""Side in pixels of the image that shapes are asked for with: a multiple of 14, 16 and 32."""
UNUSED = ("classifier.", "pooler.", "layernorm.", "decoder.")
"""Beginnings of names in weight files that belong to a classifier or another decoder."""
FRESH = "hidden_states_norms."
"""Norms of feature maps, which only backbones have: where a file lacks them they start as they do in transformers."""


@dataclass(frozen=True)
class Transformers:
    """One encoder scale, the backbone's last feature map, and a decoder that climbs from it without skips.

    Args:
        model: type of configuration, such as convnext, swin or dinov2.
        options: of that configuration, what differs from its defaults; numbers, texts, and lists of them.
        stages: of the decoder.
        decoder_width: channels of every decoder stage.
        pixels: how colours are standardised, a name of `spaces.networks.pixels.STATISTICS`.
        weights: file or folder of published weights in safetensors' format, or None to start at random.

    Raises:
        ConfigError: with every field out of range.
    """

    model: str = "convnext"
    options: tuple[tuple[str, Any], ...] = field(default=())
    stages: int = 4
    decoder_width: int = 64
    pixels: str = "imagenet"
    weights: str | None = None
    group: ClassVar[str] = "network"

    def __post_init__(self) -> None:
        fields = Fields(self)
        fields.text("model")
        pairs = self.options.items() if isinstance(self.options, Mapping) else self.options
        object.__setattr__(self, "options", tuple(sorted((str(name), _frozen(value)) for name, value in pairs)))
        fields.integer("stages", low=1)
        fields.integer("decoder_width", low=1)
        fields.one_of("pixels", tuple(STATISTICS))
        if self.weights is not None:
            fields.text("weights")
        fields.done()

    @property
    def encoder_stages(self) -> int:
        """One, the whole backbone."""
        return 1

    @property
    def decoder_stages(self) -> int:
        """As chosen."""
        return self.stages

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the last feature map."""
        return (_shape(self)[0],)

    @property
    def strides(self) -> tuple[int, ...]:
        """That of the last feature map."""
        return (self.stride,)

    @property
    def stride(self) -> int:
        """Pixels of the image per pixel of the last feature map."""
        return _shape(self)[1]

    @property
    def mixings(self) -> tuple[str, ...]:
        """What is inside a backbone is its own."""
        return ("shared",)

    def encoder_block(self, stage: int) -> nn.Module:
        """The backbone."""
        from spaces.networks.backbone import Backbone

        return Backbone(self.pixels, _config(self))

    def decoder_block(self, stage: int) -> nn.Module:
        """Twice as large as the one before until stride 4."""
        from spaces.networks.ascent import Ascent

        factor = 2 if stage and self.stride // 2**stage >= FINEST else 1
        return Ascent(self.decoder_width if stage else self.widths[0], 0, self.decoder_width, factor)

    def head(self, output: Output) -> nn.Module:
        """1x1 convolution on the finest decoder output, whatever the kind."""
        from spaces.networks.blocks import finest_head

        return finest_head(self.decoder_width, output)

    def adapted(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Under the names that they have here: models for other ends put their own before them."""
        import torch

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


def _frozen(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(each) for each in value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ConfigError(f"network.options holds {value!r}: want numbers, texts, and lists of them")


@lru_cache(maxsize=16)
def _config(family: Transformers) -> PretrainedConfig:
    try:
        from transformers import CONFIG_MAPPING
        from transformers.models.auto.modeling_auto import MODEL_FOR_BACKBONE_MAPPING_NAMES as known
    except ImportError as error:
        raise ConfigError(
            "network=transformers: the package transformers is not installed; pip install transformers, or take "
            "another network"
        ) from error
    if family.model not in known:
        raise ConfigError(f"network.model={family.model}: want a backbone of transformers: {', '.join(sorted(known))}")
    options = {name: list(value) if isinstance(value, tuple) else value for name, value in family.options}
    kind: Any = CONFIG_MAPPING[family.model]
    try:
        usual = kind()
        strangers = [name for name in options if not hasattr(usual, name)]
        if not strangers:
            return kind(**options)
    except Exception as error:  # each model checks its options in its own way
        raise ConfigError(f"network.options of {family.model}: {error}") from error
    raise ConfigError(f"network.options of {family.model}: {', '.join(strangers)} unknown; see its configuration")


@lru_cache(maxsize=16)
def _shape(family: Transformers) -> tuple[int, int]:
    """Channels and stride of the last feature map, by running the backbone without contents."""
    import torch

    try:
        with torch.device("meta"), torch.no_grad():
            made = family.encoder_block(0).eval()(torch.empty(1, 3, ROOM, ROOM))
    except (ValueError, RuntimeError, TypeError, AttributeError, KeyError) as error:
        raise ConfigError(f"network.model={family.model} cannot be built: {str(error).splitlines()[0]}") from error
    return made.shape[1], ROOM // made.shape[2]
