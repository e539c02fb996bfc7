"""The shipped experiments, each with files of its data set's layout and what makes its training small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.trainers.data.labelled import write_celeba
from tests.trainers.data.published import PUBLISHED


@dataclass(frozen=True)
class Shipped:
    """An experiment.

    Args:
        write: a small data set of its layout into a folder.
        small: arguments for a training of seconds.
    """

    write: Callable[[Path], object]
    small: tuple[str, ...]


SHIPPED = {
    "pdf_cityscapes": Shipped(PUBLISHED["cityscapes_pdf"], ("data.image_size=[128,128]",)),
    "pdf_nyuv2": Shipped(PUBLISHED["nyudv2_pdf"], ("data.image_size=[128,128]",)),
    "etr_celeba": Shipped(write_celeba, ("data.image_size=32",)),
    "etr_nyuv2": Shipped(PUBLISHED["nyuv2"], ("data.image_size=[32,32]",)),
    "etr_cityscapes": Shipped(PUBLISHED["cityscapes"], ("data.image_size=[32,32]",)),
    "interrogate_nyud": Shipped(PUBLISHED["nyud_mt"], ("data.image_size=[16,16]",)),
    "interrogate_pascal": Shipped(PUBLISHED["pascal_context"], ("data.image_size=[32,32]",)),
    "interrogate_celeba": Shipped(write_celeba, ("data.image_size=32",)),
    "sgw_nyud": Shipped(PUBLISHED["nyudv2"], ("data.image_size=[64,64]", "space.slots=[8]")),
    "sgw_pascal": Shipped(PUBLISHED["pascal_context"], ("data.image_size=[64,64]", "space.slots=[8]")),
}
