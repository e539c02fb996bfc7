"""Mean and standard deviation of the colours that encoders are trained with; known without torch."""

from __future__ import annotations

Colours = tuple[float, float, float]

STATISTICS: dict[str, tuple[Colours, Colours]] = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "half": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "unit": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
}
"""Mean and standard deviation by name, of red, green and blue in [0, 1]: what the files of torchvision, DeiT and DINO
were trained with is "imagenet", some of timm's "half"; "unit" leaves colours as they are."""
