"""Images of any size for networks that halve them: padded to the next multiples of the stride, what comes out cropped.

At the right and below, with the pixels of the border: our choice, so that batch statistics see colours that there are.
What the padding answers is cropped before losses and metrics see it; its multiply-accumulates count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Size = tuple[int, int]
"""(height, width) in pixels."""


def pad_size(size: Size, stride: int) -> Size:
    """The least multiples of a stride that a size fits into."""
    height, width = (-(-pixels // stride) * stride for pixels in size)
    return height, width


def pad_image(image: Tensor, stride: int) -> Tensor:
    """``(B, C, H, W) -> (B, C, H', W')``, the same tensor where H and W are multiples already."""
    import torch.nn.functional as F  # torch: 1.5 s, sizes are known without

    height, width = image.shape[-2:]
    rows, columns = pad_size((height, width), stride)
    if (rows, columns) == (height, width):
        return image
    return F.pad(image, (0, columns - width, 0, rows - height), mode="replicate")


def pad_labels(labels: Tensor, stride: int, invalid: int) -> Tensor:
    """``(B, H, W) -> (B, H', W')``: no pixel of the padding has a label."""
    import torch.nn.functional as F  # torch: 1.5 s, sizes are known without

    height, width = labels.shape[-2:]
    rows, columns = pad_size((height, width), stride)
    return F.pad(labels, (0, columns - width, 0, rows - height), value=invalid)


def crop_output(output: Tensor, size: Size) -> Tensor:
    """``(B, C, H', W') -> (B, C, *size)``; what is of whole images, ``(B, C)``, stays as it is."""
    height, width = size
    return output[..., :height, :width] if output.dim() == 4 else output
