"""A small search in a folder of its own, as a user starts it: its files, its command, its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MARK = "FAULT_CASE"
SPEC = """\
image: "{split}/image/{id}.npy"
tasks:
  colour: {kind: segmentation, files: "{split}/colour/{id}.npy", classes: 4}
  depth: {kind: depth, files: "{split}/depth/{id}.npy", invalid: 0}
  brightness: {kind: regression, files: "{split}/brightness/{id}.npy", unit: grey}
"""
ROLES = {  # by what stands in the command line
    "worker": b"ray::ResourceTrainable",
    "raylet": b"/raylet/raylet",
    "gcs": b"/gcs/gcs_server",
    "reader": b"multiprocessing.forkserver",
}
PATIENCE = 240.0  # seconds after which a search counts as hung


def write_images(folder: Path, images: int = 24, size: int = 32) -> None:
    """Files of coloured squares; equal calls write equal files."""
    for seed, split in enumerate(("train", "val", "test")):
        rng = np.random.default_rng(seed)
        for number in range(images):
            image = rng.integers(0, 256, (size // 8, size // 8, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
            targets = {
                "image": image,
                "colour": image[..., 0] // 64,
                "depth": (1 + image[..., 1] / 128).astype(np.float32),
                "brightness": image.mean(-1).astype(np.float32) / 255,
            }
            for name, values in targets.items():
                place = folder / split / name / f"{number:03d}.npy"
                place.parent.mkdir(parents=True, exist_ok=True)
                np.save(place, values)
    (folder / "spec.yaml").write_text(SPEC)


@dataclass(frozen=True)
class Case:
    """A search.

    Args:
        folder: of its run folder, its store and what it prints.
        images: folder of `write_images`.
        trials: of the search.
        span: seconds that it takes undisturbed, about.
        runner: "inline", or "ray_tune" with one worker, whose trials are those of "inline" then.
        more: further words of the command.
        module: that is run.
    """

    folder: Path
    images: Path
    trials: int = 12
    span: float = 10.0
    runner: str = "inline"
    more: tuple[str, ...] = ()
    module: str = "search.run"

    def read_finished(self) -> dict[str, bytes]:
        """What there is of every trial that has ended, by name; one that is trained again leaves something else."""
        return {file.name: file.read_bytes() for file in sorted((self.run / "trials").glob("[0-9]*.json"))}

    @property
    def run(self) -> Path:
        """The run folder."""
        return self.folder / "runs" / "case"

    @property
    def store(self) -> str:
        """The MLflow store."""
        return f"sqlite:///{self.folder / 'runs' / 'mlflow.db'}"

    @property
    def words(self) -> list[str]:
        """Arguments of `python -m search.run`."""
        return [
            *("space=fusion", "sampler=frontier", f"trials={self.trials}", "trainer.epochs=3", "baselines.seeds=1"),
            *("data=folder", f"data.root={self.images}", f"data.spec={self.images / 'spec.yaml'}"),
            *("data.loading.workers=1", "network.encoder_widths=[4,4,4]", "network.decoder_width=4"),
            *("trainer.batch_size=8", f"run.folder={self.folder / 'runs'}", "run.name=case", f"runner={self.runner}"),
            *(("runner.concurrency=1",) if self.runner != "inline" else ()),
            *self.more,
        ]

    def start(self, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start the command; what it prints goes to log.txt.

        Args:
            before: a module that is run instead, with arguments that stand before those of the search.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *(before or (self.module,)), *self.words],
                env={**os.environ, "OMP_NUM_THREADS": "1", MARK: str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def find(self, role: str) -> list[int]:
        """Numbers of the processes of this search, Ray's among them, that play a role of `ROLES`."""
        return [pid for pid, words in self._list_processes().items() if ROLES[role] in words]

    def clear(self) -> None:
        """End whatever a search that was killed has left, so that the next start finds the machine as it was."""
        end = time.monotonic() + 20
        while (left := self._list_processes()) and time.monotonic() < end:
            time.sleep(0.2)  # Ray's processes go by themselves when their driver is gone
        for pid in left:
            kill(pid)

    def finish(self, starts: int = 2) -> str:
        """The same command until it ends well; what kept it from that, or ""."""
        status: int | None = 0
        for _ in range(starts):
            status = self.wait(self.start())
            if status == 0:
                return ""
            self.clear()
        return "hung" if status is None else f"status {status}"

    def wait(self, process: subprocess.Popen[bytes], seconds: float = PATIENCE) -> int | None:
        """Its exit status; None where it hung and was killed."""
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill(process.pid)
            process.wait()
            return None

    def _list_processes(self) -> Mapping[int, bytes]:
        mark, found = f"{MARK}={self.folder}".encode(), {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                continue  # it went away
        return {pid: words for pid, words in found.items() if words}  # without those that wait to be reaped


def kill(pid: int) -> bool:
    """End a process at once; whether it was there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
