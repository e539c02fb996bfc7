"""The tutorial's commands and program work as written, one after the other, on a few small images."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import ROOT

TUTORIAL = (ROOT / "TUTORIAL.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TUTORIAL, re.DOTALL)
COMMANDS = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
SMALL = (
    *("network.encoder_widths=[4,4]", "network.decoder_width=4", "trainer.epochs=1", "trainer.batch_size=8"),
    *("baselines.seeds=1", "supernet.epochs=1", "final.epochs=1", "runner=inline", "tracking=none"),
)
SIZE = 16


def write_photos(folder: Path) -> None:
    """Photos whose classes and depth go with their colours."""
    rng = np.random.default_rng(0)
    for split, count in (("train", 20), ("test", 2)):
        for kind in ("image", "mask", "depth"):
            (folder / split / kind).mkdir(parents=True)
        for number in range(1, count + 1):
            coarse = rng.integers(0, 256, (SIZE // 4, SIZE // 4, 3), dtype=np.uint8)
            image = coarse.repeat(4, axis=0).repeat(4, axis=1)
            mask = np.minimum(image[..., 0] // 80, 2).astype(np.uint8)
            mask[0] = 255
            depth = (1000 + 10 * image[..., 1].astype(np.uint16)).astype(np.uint16)
            depth[-1] = 0
            Image.fromarray(image).save(folder / split / "image" / f"{number:04d}.jpg", quality=95)
            Image.fromarray(mask).save(folder / split / "mask" / f"{number:04d}.png")
            Image.fromarray(depth).save(folder / split / "depth" / f"{number:04d}.png")


def test_there_are_at_most_ten_commands() -> None:
    assert 5 <= len(COMMANDS) <= 10
    assert [shlex.split(line)[2] for line in COMMANDS] == [
        f"search.{name}" for name in ("check", "run", "pick", "export", "predict")
    ]


@pytest.mark.slow
def test_from_images_and_masks_to_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_photos(tmp_path / "photos")
    (spec,) = (block for language, block in BLOCKS if language == "yaml")
    Path(spec.splitlines()[0].removeprefix("# ")).write_text(spec)
    picked = "2"
    for line in COMMANDS:
        _, _, module, *given = shlex.split(line.replace(" 1", f" {picked}").replace("/1-onnx", f"/{picked}-onnx"))
        more = SMALL if module in ("search.check", "search.run") else ()
        assert import_module(module).main([*given, *more]) == 0, line
        if found := re.search(r"python -m search\.export \S+ (\d+)", capsys.readouterr().out):
            picked = found[1]
    assert Path("runs/checks/photos.png").is_file()
    assert Path("runs/photos/front.html").is_file()
    kinds = [
        f"{number:04d}.{task}.{suffix}" for number in (1, 2) for task in ("depth", "parts") for suffix in ("npy", "png")
    ]
    assert sorted(path.name for path in Path("answers").iterdir()) == kinds
    (program,) = (block for language, block in BLOCKS if language == "python")
    exec(compile(program.replace("/1-onnx", f"/{picked}-onnx"), "TUTORIAL.md", "exec"), {})
    shape, low, high = re.fullmatch(r"(\(.*\)) (\S+) (\S+)", capsys.readouterr().out.strip()).groups()  # type: ignore[union-attr]
    assert shape == str((1, SIZE, SIZE))
    depth = np.load("answers/0001.depth.npy")
    assert (float(low), float(high)) == pytest.approx((depth.min(), depth.max()), rel=1e-4)
