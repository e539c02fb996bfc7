"""Small exports of labelling tools, all of the same rectangles, and what they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from spaces.errors import DataError
from trainers.data.folder import Folder

SIZE = (32, 40)
LABELS = ("cat", "dog")
COUNT = 12
Box = tuple[int, int, int, int]
Truth = dict[str, np.ndarray]


def draw(seed: int) -> tuple[np.ndarray, list[tuple[str, Box]], np.ndarray]:
    """An image, its rectangles (left, top, right, bottom), later ones above, and its ids: 0, cat 1, dog 2."""
    rng = np.random.default_rng(seed)
    ids = np.zeros(SIZE, np.uint8)
    boxes = []
    for label in LABELS * 2:
        x, y = int(rng.integers(0, 30)), int(rng.integers(0, 22))
        box = (x, y, x + int(rng.integers(2, 11)), y + int(rng.integers(2, 11)))
        ids[box[1] : box[3], box[0] : box[2]] = LABELS.index(label) + 1
        boxes.append((label, box))
    image = np.clip(80 * ids[..., None] + rng.integers(0, 60, (*SIZE, 3)), 0, 255).astype(np.uint8)
    return image, boxes, ids


def corners(box: Box) -> list[list[int]]:
    left, top, right, bottom = box
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def save(path: Path, image: np.ndarray, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, **options)


def write_coco(root: Path, images: str = "images/{split}", table: str = "annotations/instances_{split}.json") -> Truth:
    """COCO with category ids 7 and 3, in splits train and val."""
    truth, seed = {}, 0
    for split, count in (("train2017", COUNT), ("val2017", 4)):
        content: dict[str, Any] = {"categories": [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat"}]}
        content |= {"images": [], "annotations": []}
        for _ in range(count):
            image, boxes, truth[f"{seed:04d}"] = draw(seed)
            name = f"{seed:04d}.png"
            save(root / images.format(split=split) / name, image)
            content["images"].append({"id": seed + 100, "file_name": name, "height": SIZE[0], "width": SIZE[1]})
            for label, box in boxes:
                flat = [float(number) for point in corners(box) for number in point]
                one = {"id": len(content["annotations"]), "image_id": seed + 100, "segmentation": [flat], "iscrowd": 0}
                content["annotations"].append({**one, "category_id": 3 if label == "cat" else 7})
            seed += 1
        path = root / table.format(split=split)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return truth


def write_labelme(root: Path, folder: str = "") -> Truth:
    """LabelMe with polygons and rectangles, images and files in one folder."""
    truth = {}
    for seed in range(COUNT):
        image, boxes, truth[f"{seed:04d}"] = draw(seed)
        save(root / folder / f"{seed:04d}.png", image)
        shapes = []
        for number, (label, box) in enumerate(boxes):
            kind, points = ("polygon", corners(box)) if number % 2 else ("rectangle", [[*box[2:]], [*box[:2]]])
            shapes.append({"label": label, "points": points, "shape_type": kind, "group_id": None, "flags": {}})
        content = {"version": "5.4.1", "flags": {}, "shapes": shapes, "imagePath": f"{seed:04d}.png", "imageData": None}
        (root / folder / f"{seed:04d}.json").write_text(
            json.dumps(content | {"imageHeight": SIZE[0], "imageWidth": SIZE[1]})
        )
    return truth


def write_voc(root: Path, *, colours: bool = False) -> Truth:
    """The tree of PASCAL VOC, of palettes with 255 at borders; or of CVAT's colours."""
    truth, names = {}, []
    table = np.array([[0, 0, 0], [250, 50, 83], [52, 209, 183]], np.uint8)
    for seed in range(COUNT):
        image, _, ids = draw(seed)
        name = f"{seed:04d}"
        save(root / "JPEGImages" / f"{name}.jpg", image)
        if colours:
            save(root / "SegmentationClass" / f"{name}.png", table[ids])
        else:
            ids = ids.copy()
            ids[0] = 255
            (root / "SegmentationClass").mkdir(exist_ok=True)
            mask = Image.fromarray(ids).convert("P")
            mask.putpalette(np.arange(768, dtype=np.int64).astype(np.uint8).tobytes())
            mask.save(root / "SegmentationClass" / f"{name}.png")
        truth[name] = np.where(ids == 255, -1, ids.astype(int))
        names.append(name)
    lists = {"default": names} if colours else {"train": names[:8], "val": names[8:], "trainval": names}
    (root / "ImageSets" / "Segmentation").mkdir(parents=True)
    for name, some in lists.items():
        (root / "ImageSets" / "Segmentation" / f"{name}.txt").write_text("\n".join(some) + "\n")
    if colours:
        (root / "labelmap.txt").write_text(
            "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:250,50,83::\ndog:52,209,183::\n"
        )
    return truth


def write_cvat(root: Path) -> Truth:
    """CVAT for images 1.1, with polygons, boxes and z orders against the order of the file."""
    truth, lines = {}, ["<annotations>", "<version>1.1</version>"]
    for seed in range(COUNT):
        image, boxes, truth[f"{seed:04d}"] = draw(seed)
        save(root / "images" / f"{seed:04d}.png", image)
        lines.append(f'<image id="{seed}" name="{seed:04d}.png" width="{SIZE[1]}" height="{SIZE[0]}">')
        for order, (label, box) in reversed(list(enumerate(boxes))):
            if order % 2:
                points = ";".join(f"{x:.2f},{y:.2f}" for x, y in corners(box))
                lines.append(f'<polygon label="{label}" points="{points}" z_order="{order}"/>')
            else:
                said = " ".join(
                    f'{key}="{value:.2f}"' for key, value in zip(("xtl", "ytl", "xbr", "ybr"), box, strict=True)
                )
                lines.append(f'<box label="{label}" {said} z_order="{order}"/>')
        lines.append("</image>")
    (root / "annotations.xml").write_text("\n".join([*lines, "</annotations>"]))
    return truth


def write_table(root: Path) -> dict[str, list[int]]:
    """A table of Excel with cells that say nothing, and what it says of attributes."""
    truth, lines = {}, ["Bild;Katze;Hund;Wetter"]
    for seed in range(COUNT):
        image, _, _ = draw(seed)
        save(root / "fotos" / f"{seed:04d}.png", image)
        cells = [str(seed % 2), ["", "-1", "1", "0"][seed % 4]]
        truth[f"{seed:04d}"] = [seed % 2, [-1, -1, 1, 0][seed % 4]]
        lines.append(f"{seed:04d}.png;{';'.join(cells)};{['Sonne', 'Regen'][seed % 2]}")
    (root / "labels.csv").write_text("\r\n".join(lines), encoding="utf-8-sig")
    return truth


def paste(root: Path) -> Folder:
    """The folder, read by the specification that its refusal says."""
    try:
        Folder(root=str(root)).check()
    except DataError as error:
        message = str(error)
    (root / "ready.yaml").write_text(message.partition("data.spec=FILE.yaml:\n\n")[2], encoding="utf-8")
    return Folder(root=str(root), spec=str(root / "ready.yaml"))
