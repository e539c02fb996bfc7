"""Backbones of other packages, kept whole: one encoder stage, and a decoder that climbs from its last feature map.

Their own stages are not made alike; spaces that part or fuse decoders, and workspaces on the one scale, work on them.
Their packages are imported where such a network is asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from spaces.errors import ConfigError
from spaces.fields import Fields
from spaces.networks.modules.output import Output
from spaces.networks.modules.pixels import STATISTICS

if TYPE_CHECKING:
    from torch import Tensor, nn

FINEST = 4
"""Stride at which decoders stop climbing: our choice."""
ROOM = 448
"""Side in pixels of the image that shapes are asked for with: a multiple of 14, 16 and 32."""


@dataclass(frozen=True)
class WholeBackbone(ABC):
    """One encoder scale, the backbone's last feature map, and a decoder that climbs from it without skips.

    Args:
        model: name of the backbone in its package.
        options: what differs from that model's defaults; numbers, texts, and lists of them.
        stages: of the decoder.
        decoder_width: channels of every decoder stage.
        pixels: how colours are standardised, a name of `spaces.networks.modules.pixels.STATISTICS`.
        weights: file or folder of published weights, or None to start at random.

    Raises:
        ConfigError: with every field out of range.
    """

    model: str
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
        object.__setattr__(self, "options", tuple(sorted((str(name), _freeze(value)) for name, value in pairs)))
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
        return (_measure_shape(self)[0],)

    @property
    def strides(self) -> tuple[int, ...]:
        """That of the last feature map."""
        return (self.stride,)

    @property
    def stride(self) -> int:
        """Pixels of the image per pixel of the last feature map."""
        return _measure_shape(self)[1]

    @property
    def mixings(self) -> tuple[str, ...]:
        """What is inside a backbone is its own."""
        return ("shared",)

    @abstractmethod
    def encoder_block(self, stage: int) -> nn.Module:
        """The backbone, a `spaces.networks.modules.backbone.Backbone`."""

    def decoder_block(self, stage: int) -> nn.Module:
        """Twice as large as the one before until stride 4."""
        from spaces.networks.modules.ascent import Ascent  # torch: 1.5 s, --help does without

        factor = 2 if stage and self.stride // 2**stage >= FINEST else 1
        return Ascent(self.decoder_width if stage else self.widths[0], 0, self.decoder_width, factor)

    def head(self, output: Output) -> nn.Module:
        """1x1 convolution on the finest decoder output, whatever the kind."""
        from spaces.networks.modules.blocks import make_finest_head  # torch: 1.5 s, --help does without

        return make_finest_head(self.decoder_width, output)

    @abstractmethod
    def adapt_weights(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Under the names that they have here, without what the backbone has no use for."""


def check_installed(choice: str, *packages: str) -> None:
    """See that the packages of a choice of network are installed, without importing them.

    Raises:
        ConfigError: with what is absent, and how to get it.
    """
    absent = [name for name in packages if find_spec(name) is None]
    if absent:
        raise ConfigError(
            f"network={choice}: needs {', '.join(absent)}, not installed here; pip install "
            f"'automl-sharing-search[{choice}]', or take another network"
        )


def _freeze(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_freeze(each) for each in value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ConfigError(f"network.options holds {value!r}: want numbers, texts, and lists of them")


@lru_cache(maxsize=16)
def _measure_shape(family: WholeBackbone) -> tuple[int, int]:
    """Channels and stride of the last feature map, by running the backbone without contents.

    A second image, larger by one stride, shows that the backbone takes what the stride promises.
    """
    import torch  # torch: 1.5 s, --help does without

    try:
        with torch.device("meta"), torch.no_grad():
            backbone = family.encoder_block(0).eval()
            _, channels, rows, _ = backbone(torch.empty(1, 3, ROOM, ROOM)).shape
            stride = ROOM // rows
            more = backbone(torch.empty(1, 3, ROOM + stride, ROOM)).shape[2]
    except ConfigError:
        raise
    except (ValueError, RuntimeError, TypeError, AttributeError, KeyError, AssertionError) as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ConfigError(f"network.model={family.model} cannot be built: {told}") from error
    if rows * stride != ROOM or more != rows + 1:
        raise ConfigError(
            f"network.model={family.model}: its last feature map is no whole part of an image of any size; "
            "take another model"
        )
    return channels, stride
