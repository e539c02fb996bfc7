"""Small data sets in the layout, the formats and the conventions of the published ones, drawn at random."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy.io import savemat

from trainers.data.folder import Folder

SIZE = (16, 32)
Values = dict[str, np.ndarray]


def drawn(seed: int, classes: int, size: tuple[int, int] = SIZE) -> Values:
    """One sample in plain terms: image uint8, ids from 0 with -1, metres with 0, unit normals with 0."""
    rng = np.random.default_rng(seed)
    blank = rng.random(size) < 0.1
    vectors = rng.normal(size=(*size, 3))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return {
        "image": rng.integers(0, 256, (*size, 3), dtype=np.uint8),
        "ids": np.where(blank, -1, rng.integers(0, classes, size)),
        "metres": np.where(blank, 0, rng.uniform(0.5, 9, size)).astype(np.float32),
        "normals": np.where(blank[..., None], 0, vectors).astype(np.float32),
        "edges": (rng.random(size) < 0.2).astype(np.float32),
    }


def save(path: Path, array: np.ndarray, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, array)
    else:
        Image.fromarray(array).save(path, **options)


def nyuv2(root: Path) -> Folder:
    """MTAN: float64, HWC, label -1, depth (H, W, 1)."""
    for split, count in (("train", 11), ("val", 2)):
        for index in range(count):
            sample = drawn(100 * count + index, 13)
            for name, array in (
                ("image", sample["image"] / 255),
                ("label", sample["ids"].astype(np.float64)),
                ("depth", sample["metres"][..., None].astype(np.float64)),
                ("normal", sample["normals"].astype(np.float64)),
            ):
                save(root / split / name / f"{index}.npy", array)
    return Folder(root=str(root), spec="nyuv2")


def nyuv2_adashare(root: Path, spec: str = "nyuv2_adashare") -> Folder:
    """PNG and npy, 255 and white where unknown, with the JSON list."""
    lists: dict[str, list[list[str]]] = {"train": [], "test": []}
    for index in range(8):
        sample, name = drawn(index, 40), f"{index:04d}"
        valid = sample["normals"].any(-1, keepdims=True)
        save(root / "img" / f"{name}.png", sample["image"])
        save(root / "seg" / f"{name}.png", np.where(sample["ids"] < 0, 255, sample["ids"]).astype(np.uint8))
        stored = np.where(valid, np.round(127.5 * (sample["normals"] + 1)), 255).astype(np.uint8)
        save(root / "normal_mask" / f"{name}.png", stored)
        save(root / "depth" / f"{name}.npy", sample["metres"])
        row = [f"img/{name}.png", f"seg/{name}.png", f"normal_mask/{name}.png", f"depth/{name}.npy"]
        lists["train" if index < 6 else "test"].append(row)
    (root / "nyu_v2_3task.json").write_text(json.dumps(lists))
    return Folder(root=str(root), spec=spec)


def nyud(root: Path, form: str, spec: str | None = None) -> Folder:
    """NYUD_MT (jpg, npy) or NYUDv2 (png): segmentation 1..40 with 0, list files."""
    (root / "gt_sets").mkdir(parents=True)
    names = [f"{index:04d}" for index in range(1, 9)]
    (root / "gt_sets" / "train.txt").write_text("\n".join(names[:6]) + "\n")
    (root / "gt_sets" / "val.txt").write_text("\n".join(names[6:]) + "\n")
    for index, name in enumerate(names):
        sample = drawn(index, 40)
        save(root / "segmentation" / f"{name}.png", (sample["ids"] + 1).astype(np.uint8))
        save(root / "depth" / f"{name}.npy", sample["metres"])
        if form == "nyud_mt":
            save(root / "images" / f"{name}.jpg", sample["image"], quality=95)
            save(root / "edge" / f"{name}.npy", sample["edges"])
            save(root / "normals" / f"{name}.npy", sample["normals"])
        else:
            save(root / "images" / f"{name}.png", sample["image"])
            save(root / "edge" / f"{name}.png", (sample["edges"] * 255).astype(np.uint8))
            save(root / "normals" / f"{name}.png", ((sample["normals"] + 1) * 127.5).astype(np.uint8))
    return Folder(root=str(root), spec=spec or form)


def cityscapes(root: Path, label: str = "label_7") -> Folder:
    """MTAN: float images, label -1, inverse depth with 0."""
    for split, count in (("train", 6), ("val", 2)):
        for index in range(count):
            sample = drawn(100 * count + index, 7)
            inverse = np.where(sample["metres"] > 0, 0.05 / np.maximum(sample["metres"], 0.1), 0)
            save(root / split / "image" / f"{index}.npy", (sample["image"] / 255).astype(np.float32))
            save(root / split / label / f"{index}.npy", sample["ids"].astype(np.float32))
            for other, classes in (("label_19", 19), ("label_2", 2)):
                save(root / split / other / f"{index}.npy", drawn(index, classes)["ids"].astype(np.float32))
            save(root / split / "depth" / f"{index}.npy", inverse[..., None].astype(np.float32))
    return Folder(root=str(root), spec="cityscapes")


CAMERA = {"extrinsic": {"baseline": 0.209313}, "intrinsic": {"fx": 2262.52, "fy": 2265.3, "u0": 1096.98, "v0": 513.137}}


def cityscapes_official(root: Path, spec: str = "cityscapes_official") -> Folder:
    """The four trees by split and city, all 34 ids and 255, uint16 disparity, a camera each."""
    for split, city, count in (("train", "aachen", 4), ("train", "bochum", 2), ("val", "frankfurt", 2)):
        for index in range(count):
            stem = f"{city}/{city}_000000_{index:06d}"
            sample = drawn(len(city) * 100 + index, 34, (16, 32))
            save(root / "leftImg8bit" / split / f"{stem}_leftImg8bit.png", sample["image"])
            ids = np.where(sample["ids"] < 0, 255, sample["ids"]).astype(np.uint8)
            save(root / "gtFine" / split / f"{stem}_gtFine_labelIds.png", ids)
            save(root / "gtFine" / split / f"{stem}_gtFine_color.png", sample["image"])
            disparity = np.where(sample["metres"] > 0, 2000 + 3000 * sample["metres"], 0).astype(np.uint16)
            save(root / "disparity" / split / f"{stem}_disparity.png", disparity)
            camera = root / "camera" / split / f"{stem}_camera.json"
            camera.parent.mkdir(parents=True, exist_ok=True)
            camera.write_text(json.dumps(CAMERA))
    return Folder(root=str(root), spec=spec, image_size=(8, 16))


def structs(fields: list[str], rows: list[tuple[Any, ...]]) -> np.ndarray:
    """A MATLAB struct array as SciPy writes it."""
    array = np.empty((1, len(rows)), dtype=[(name, "O") for name in fields])
    for index, row in enumerate(rows):
        array[0, index] = row
    return array


def annotation(mask: np.ndarray, kind: int, parts: dict[str, np.ndarray]) -> np.ndarray:
    """``anno`` of PASCAL-Part with one object."""
    found = structs(["part_name", "mask"], [(name, part.astype(np.uint8)) for name, part in parts.items()])
    inside = found if parts else np.empty((0, 0))
    objects = structs(["class", "class_ind", "mask", "parts"], [("person", kind, mask.astype(np.uint8), inside)])
    return structs(["imname", "objects"], [("x", objects)])


def pascal_context(root: Path) -> Folder:
    """PASCAL_MT: images of two sizes, palette masks in two folders, MATLAB files; two of three images have a person."""
    names = [f"2008_{index:06d}" for index in range(8)]
    (root / "ImageSets" / "Context").mkdir(parents=True)
    (root / "ImageSets" / "Context" / "train.txt").write_text("\n".join(names[:6]) + "\n")
    (root / "ImageSets" / "Context" / "val.txt").write_text("\n".join(names[6:]) + "\n")
    for folder in ("human_parts", "pascal-context/trainval"):
        (root / folder).mkdir(parents=True)
    for index, name in enumerate(names):
        size = (20, 30) if index % 3 else (30, 20)
        sample = drawn(index, 21, size)
        save(root / "JPEGImages" / f"{name}.jpg", sample["image"], quality=95)
        mask = Image.fromarray(np.where(sample["ids"] < 0, 255, sample["ids"]).astype(np.uint8), "L").convert("P")
        mask.putpalette(np.random.default_rng(0).integers(0, 256, 768, dtype=np.uint8).tobytes())
        save_at = root / "semseg" / ("VOC12" if index % 2 else "pascal-context") / f"{name}.png"
        save_at.parent.mkdir(parents=True, exist_ok=True)
        mask.save(save_at)
        body = np.zeros(size, bool)
        body[4:12, 4:12] = True
        head = np.zeros(size, bool)
        head[4:6, 6:9] = True
        anno = annotation(body, 15, {"head": head, "torso": body & ~head}) if index % 3 else annotation(body, 3, {})
        savemat(root / "human_parts" / f"{name}.mat", {"anno": anno})
        labels = np.full(size, 440, np.uint16)  # wall, which NYUv2 has
        labels[:, size[1] // 2 :] = 360  # sky, which it has not
        savemat(root / "pascal-context" / "trainval" / f"{name}.mat", {"LabelMap": labels})
        save(root / "normals_distill" / f"{name}.png", np.round((sample["normals"] + 1) * 127.5).astype(np.uint8))
        save(root / "sal_distill" / f"{name}.png", (255 * (sample["metres"] > 4)).astype(np.uint8))
    return Folder(root=str(root), spec="pascal_context", image_size=(16, 16))


def taskonomy(root: Path, form: str = "{building}/{task}") -> Folder:
    """Three buildings in one of the published orders of folders; 16-bit depth, 65535 in holes."""
    buildings = {"allensville": 3, "corozal": 2, "muleshoe": 2}
    for building, count in buildings.items():
        for index in range(count):
            sample = drawn(len(building) * 100 + index, 17)
            hole = sample["metres"] == 0
            depth = np.where(hole, 65535, np.round(sample["metres"] * 512)).astype(np.uint16)
            for task, domain, array in (
                ("rgb", "rgb", sample["image"]),
                ("segment_semantic", "segmentsemantic", (sample["ids"] + 1).astype(np.uint8)),
                ("depth_zbuffer", "depth_zbuffer", depth),
                ("normal", "normal", np.round(127 * (sample["normals"] + 1)).astype(np.uint8)),
                ("keypoints2d", "keypoints2d", (sample["metres"] * 30).astype(np.uint16)),
                ("edge_texture", "edge_texture", (sample["metres"] * 500).astype(np.uint16)),
            ):
                folder = root / form.format(building=building, task=task)
                save(folder / f"point_{index}_view_3_domain_{domain}.png", array)
    with open(root / "train_val_test_medium.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "train", "val", "test"])
        for number, building in enumerate(buildings):
            table.writerow([building, *(int(number == place) for place in range(3))])
    return Folder(root=str(root), spec="taskonomy_tiny", image_size=(8, 16))


PUBLISHED: dict[str, Callable[[Path], Folder]] = {
    "nyuv2": nyuv2,
    "nyuv2_adashare": nyuv2_adashare,
    "nyud_mt": lambda root: nyud(root, "nyud_mt"),
    "nyudv2": lambda root: nyud(root, "nyudv2"),
    "nyudv2_pdf": lambda root: nyud(root, "nyudv2", "nyudv2_pdf"),
    "cityscapes": cityscapes,
    "cityscapes_official": cityscapes_official,
    "cityscapes_pdf": lambda root: cityscapes_official(root, "cityscapes_pdf"),
    "pascal_context": pascal_context,
    "taskonomy": taskonomy,
}
