"""What a user can get wrong on the command line: every case ends as one message, and nothing is begun.

The message says what was given, what is allowed and how to mend it.
"""

from __future__ import annotations

import re
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.config.composition import compose
from search.run import main
from search.study.run_folder import open_folder

TABLE: list[tuple[str, list[str]]] = [
    # unknown choices
    ("space=fuson", ["space=fuson: unknown; did you mean 'fusion'? Allowed: ", "fusion", "DIR/space/NAME.yaml"]),
    ("data=scene", ["data=scene: unknown; did you mean 'scenes'? Allowed: celeba, cityscapes, "]),
    (
        "sampler=bayes",
        [
            "sampler=bayes: unknown. Allowed: exhaustive, frontier, gp, ",
            "nsga2, offline, oneshot, progressive, random, tpe",
        ],
    ),
    ("runner=slurm", ["runner=slurm: unknown. Allowed: inline, ray_tune"]),
    ("space=[fusion]", ["space=[fusion]: unknown", "Allowed: "]),
    ("space=null", ["space=null: unknown", "Allowed: "]),
    ("space=fusion space=fusion", ["space=fusion: space is chosen twice; give it once"]),
    # unknown keys
    (
        "tirals=3",
        ["tirals=3: unknown key; did you mean 'trials'? Allowed: run, trials, ", "--help lists every key"],
    ),
    (
        "trainer.epoch=3",
        ["trainer.epoch=3: unknown key; did you mean 'epochs'? Allowed keys: trainer.epochs, "],
    ),
    (
        "run.nme=a",
        ["run.nme=a: unknown key; did you mean 'name'? Allowed keys: run.name, run.folder, run.seed"],
    ),
    ("+limits.flops=3", ["limits.flops=3: unknown key. Allowed keys: limits.macs, limits.params, limits.latency_ms"]),
    (
        "sampler=random sampler.startup=3",
        ["sampler.startup=3: unknown key. Allowed keys: none, ", "; sampler=frontier and gp and tpe have it"],
    ),
    ("scheduler.rung=1", ["scheduler.rung=1: unknown key. Allowed keys: none, ", "; scheduler=pareto_asha has it"]),
    ("space.decoder_stages=2", ["space.decoder_stages=2: the network sets it (4); leave it out"]),
    ("hydra.run.dir=x", ["hydra.run.dir=x: Hydra's own settings are fixed; leave it out"]),
    # wrong types
    ("trials=many", ["trials=many: want a whole number >= 1"]),
    ("trials=2.5", ["trials=2.5: want a whole number >= 1"]),
    ("trainer.lr=[1]", ["trainer.lr=[1]: want a number > 0"]),
    ("limits.macs=50M", ["limits.macs=50M: want a number > 0 (or null)"]),
    ("objectives=macs", ["objectives=macs: want a list of at least 1 distinct names"]),
    ("objectives=[params,macs]", ["objectives=params, macs: known of every pattern before it is trained; add one"]),
    ("objectives=[macs,macs]", ["objectives=['macs', 'macs']: want a list of at least 1 distinct names"]),
    ("network.encoder_widths=8", ["network.encoder_widths=8: want a list of at least 1 whole numbers >= 1"]),
    ("run=mine", ["run=mine: holds several keys; give run.name, run.folder, run.seed"]),
    ("run.folder=''", ["run.folder=: want the path of a folder"]),
    # out of range
    ("trials=0", ["trials=0: want a whole number >= 1"]),
    ("trainer.epochs=0", ["trainer.epochs=0: want a whole number >= 1"]),
    ("network.decoder_width=0", ["network.decoder_width=0: want a whole number >= 1"]),
    ("run.seed=-1", ["run.seed=-1: want a whole number from 0 to 2147483647"]),
    ("baselines.seeds=0", ["baselines.seeds=0: want a whole number >= 1"]),
    ("sampler=frontier sampler.startup=0", ["sampler.startup=0: want a whole number >= 2"]),
    (
        "network=classifier",
        [
            "network=classifier labels whole images, but there is an output a pixel in segmentation (segmentation), ",
            "take network=small, which has heads for both",
        ],
    ),
    ("data=multidigits data.images=1", ["data.images=1: want a whole number >= 2"]),
    ("data=multifashion", ["data.root is not given; want a folder with fashion_mnist.npz, or with "]),
    ("data=celeba", ["data.root is not given; want a folder with Img/img_align_celeba, "]),
    ("limits.params=0", ["limits.params=0: want a number > 0 (or null)"]),
    ("run.name=cache", ["run.name=cache: searches of one run.folder share what has that name; choose another than "]),
    ("data.images=1", ["data.images=1: want a whole number >= 2"]),
    ("run.name=../up", ["run.name=../up: want letters, digits, '_', '.' and '-'", "run.folder=DIR"]),
    (
        "objectives=[delta_mtl,speed]",
        ["objectives=speed: want one or more of delta_mtl, worst_delta, macs, params"],
    ),
    ("trainer.augment.0.p=3", ["trainer.augment.0: flip.p=3: want a number from 0 to 1"]),
    # what no network of a space can be
    ("space=routing space.primitive_sets=[]", ["space.primitive_sets=[]: an empty set; the branch for all tasks is"]),
    ('space=joint space.primitive_sets=["+",max]', ["space.primitive_sets=['+', 'max']: an empty set; the branch for"]),
    ("space=routing space.primitive_sets=[fourier]", ["primitive 'fourier' is unknown: want one of average, dilated"]),
    ("space=routing space.ratios=[0.02,0.5]", ["ratio=0.02 of 16 channels leaves the shared branch without channels"]),
    (
        "space=joint space.ratios=[0.05,0.25,0.5]",
        ["space=joint: ratio=0.05 of 16 channels leaves the shared branch without channels"],
    ),
    ("space=routing space.ratios=[0.0,0.05,0.5]", ["ratio=0.05 of 16 channels leaves the shared branch without"]),
    ("space=routing space.ratios=[1.5]", ["space.ratios=[1.5]: ratio=1.5: want a number from 0 to 1"]),
    ("space=routing space.kernels=[2]", ["space.kernels=[2]: kernel=2: want an odd number of pixels"]),
    ("space=gates space.rates=[1.5]", ["space.rates=[1.5]: want numbers from 0 to 1"]),
    ("space=gates data.tasks=[depth]", ["data.tasks=['depth']: want at least 2 tasks, for one alone has nobody to"]),
    (
        "space=workspace space.scales=[2,9]",
        ["space.scales=[2, 9]: the encoder has no scale 9; want numbers from 1, the finest, to 4"],
    ),
    ("space=workspace space.top_ks=[2.0]", ["space.top_ks=[2.0]: top_k=2.0: want a share of the tokens, > 0 and <= 1"]),
    ("space=workspace space.etfs=[64]", ["space.etfs=[64]: etf=64, width=16: want from 2 to 16 frame vectors"]),
    ("space=joint space.etfs=[64]", ["space.etfs=[64]: etf=64, width=16: want from 2 to 16 frame vectors"]),
    (
        "space=workspace space.slots=[48]",
        ["slots=48 at scale 4, which has 48 tokens of all tasks together: want fewer slots than tokens"],
    ),
    (
        "space=workspace trainer.dot_regression=1 space.etfs=[4]",
        ["trainer.dot_regression with a frame of 4 vectors for 6 classes: want a vector a class"],
    ),
    ("trainer.gates.start=0", ["trainer.gates.start=0: want another number, for 0 is where a gate opens or closes"]),
    ("trainer.gates.estimator=relaxed", ["trainer.gates.estimator=relaxed: want one of threshold, hard_concrete"]),
    (
        "trainer.weighting=fixed trainer.weighting.weights.depht=2",
        ["trainer.weighting.weights.depht: no such task; the tasks are "],
    ),
    ("trainer.weighting=uncertain", ["trainer.weighting=uncertain: unknown; did you mean 'uncertainty'?"]),
    # scheduler, stop, reference
    ("scheduler=asha", ["scheduler=asha: unknown", "Allowed: full, pareto_asha"]),
    (
        "scheduler=pareto_asha scheduler.rung=8",
        ["scheduler.rung=8: a pause after 8 epochs is not before the end of a training of trainer.epochs=8"],
    ),
    ("scheduler=pareto_asha scheduler.eta=1", ["scheduler.eta=1: want a number >= 1.5"]),
    (
        "scheduler=pareto_asha sampler=progressive",
        [
            "the sampler Progressive looks into every network that was trained to its end",
            "ParetoAsha",
            "take scheduler=full",
        ],
    ),
    ("stop.hv_gain=2", ["stop.hv_gain=2: want a number > 0 and <= 1 (or null)"]),
    ("stop.hv_gain=0", ["stop.hv_gain=0: want a number > 0 and <= 1 (or null)"]),
    (
        "stop.hv_gain=0.001 sampler=tpe",
        ["stop.hv_gain=0.001: the sampler Tpe does not foretell what a training gains; take sampler=frontier"],
    ),
    ("reference.delta=1", ["reference.delta=1.0: want a number below 0, or the reference point lies inside the front"]),
    ("reference.cost=1", ["reference.cost=1.0: want a number above 1, or the reference point lies inside the front"]),
    ("reference.macs=1e6", ["reference.macs=1000000.0: unknown key", "reference.delta, reference.cost"]),
    # syntax
    ("fusion", ["fusion: want GROUP=CHOICE or KEY=VALUE, such as space=fusion or trials=20"]),
    ("--epochs=3", ["--epochs=3: unknown flag. Allowed: --help, --cfg, --config-dir DIR"]),
    ("-m trials=1,2", ["-m: several searches by one command are python -m search.sweep", "'trials=[a,b]'"]),
    ("data.root=a=b", ["data.root=a=b: cannot be read", "two kinds of quotes: 'key=\"value\"'"]),
    ("trials=${nope}", ["trials=${nope}: there is no key nope to take the value of", "--help lists the keys"]),
    ("~data", ["~data: nothing can be taken away"]),
    (
        "--config-dir nowhere",
        ["--config-dir nowhere: no such folder; give a folder that holds GROUP/CHOICE.yaml"],
    ),
    # data sets
    ("data.tasks=[depth]", ["data.tasks=['depth']: want at least 2 tasks"]),
    ("data.tasks=[depth,dept]", ["dept", "depth", "data.tasks"]),
    ("data=npz", ["data.spec is not given; want data.spec=FILE", "redkitchen"]),
    ("data=redkitchen", ["data.root is not given; want a folder with train.npz, val.npz, test.npz"]),
    ("data=redkitchen data.root=nowhere", ["nowhere", "data.root"]),
    ("data=npz data.root=. data.spec=nowhere.yaml", ["nowhere.yaml", "data.spec"]),
]


@pytest.mark.parametrize(("line", "told"), TABLE, ids=[line for line, _ in TABLE])
def test_it_is_refused_with_one_message(
    line: str, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(line.split(" "))

    printed = capsys.readouterr()
    assert status == 2
    assert len(printed.out.splitlines()) <= 1  # a search's first word, before anything is opened
    for part in told:
        assert part in printed.err
    assert "Traceback" not in printed.err
    assert list(tmp_path.iterdir()) == []


SPECIFICATION = """
tasks:
  parts: {kind: segmentation, classes: [floor, wall], invalid: 255}
  depth: {kind: depth, invalid: 0}
"""
ARRAYS: dict[str, tuple[Callable[[dict[str, np.ndarray]], Any], list[str]]] = {
    "a missing array": (lambda split: split.pop("depth"), ["no array 'depth' for task 'depth'"]),
    "a missing image": (lambda split: split.pop("image"), ["no array 'image' for the images"]),
    "another length": (
        lambda split: split.update(depth=split["depth"][:3]),
        ["array 'depth' of task 'depth'", "3", "4"],
    ),
    "another shape": (
        lambda split: split.update(depth=split["depth"][:, :8]),
        ["array 'depth' of task 'depth'", "(4, 8, 32)"],
    ),
    "another dtype": (
        lambda split: split.update(parts=split["parts"] + 0.5),
        ["array 'parts' of task 'parts'"],
    ),
    "an image that is no image": (
        lambda split: split.update(image=split["image"].astype(np.float32)),
        ["array 'image'", "uint8", "float32"],
    ),
    "nothing but invalid": (
        lambda split: split.update(depth=split["depth"] * 0),
        ["array 'depth' of task 'depth'", "valid"],
    ),
    "a class too many": (
        lambda split: split.update(parts=split["parts"] + 2),
        ["array 'parts' of task 'parts'", "2"],
    ),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_an_array_that_does_not_fit(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command is fine without the fault, so it is the fault that is refused."""
    spoil, told = ARRAYS[case]
    Path("mine.yaml").write_text(SPECIFICATION)
    for seed, name in enumerate(("train", "val", "test")):
        split = {
            "image": np.random.default_rng(seed).integers(0, 256, (4, 32, 32, 3), np.uint8),
            "parts": np.arange(4 * 32 * 32).reshape(4, 32, 32).astype(np.uint8) % 2,
            "depth": np.ones((4, 32, 32), np.float32),
        }
        if name == "val":
            np.savez("whole-val.npz", **split)
            spoil(split)
        np.savez(f"{name}.npz", **split)

    status = main(["data=npz", "data.root=.", "data.spec=./mine.yaml"])

    message = capsys.readouterr().err
    assert status == 2
    for part in ["val.npz", *told]:
        assert part in message
    assert not Path("runs").exists()
    Path("whole-val.npz").rename("val.npz")
    compose(["data=npz", "data.root=.", "data.spec=./mine.yaml"]).data.check()


def test_the_table_is_all_of_the_kinds() -> None:
    assert len(TABLE) == len({line for line, _ in TABLE}) >= 40


def test_a_limit_no_pattern_meets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["limits.macs=10", "runner=inline", "tracking=none"])
    printed = capsys.readouterr()
    assert status != 0
    assert "no pattern of the space meets limits.macs=10; the least that was found is 1" in printed.err
    assert "raise the limit" in printed.err
    assert "Traceback" not in printed.err


def test_a_folder_of_another_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    with open_folder(compose(["run.name=mine"])) as folder:
        folder.journal.write_text("asked")
        kept = folder.config.read_bytes()

    status = main(["run.name=mine", "trainer.epochs=3"])

    assert status == 2
    message = capsys.readouterr().err
    assert "run folder runs/mine belongs to another configuration (there -> now):" in message
    assert "trainer.epochs: 8 -> 3" in message
    assert folder.config.read_bytes() == kept


def test_as_a_process_of_its_own_it_ends_within_two_seconds(command_line) -> None:
    """Processor time, for the machine that runs the tests may be busy; nothing is waited for."""
    for arguments, status in ((["--help"], 0), (["space=fuson"], 2), (["trainer.lr=-1", "sampler=gp"], 2)):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = command_line(*arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert ended.returncode == status, ended.stderr
        assert "Traceback" not in ended.stderr
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert spent < 2.0, (arguments, spent)


def test_a_second_driver_on_a_live_folder(command_line) -> None:
    with open_folder(compose(["run.name=mine"])):
        ended = command_line("run.name=mine")

    assert ended.returncode == 2
    assert "run folder runs/mine is in use by process" in ended.stderr
    assert re.fullmatch(r"fusion on scenes: [^.]*\n", ended.stdout)  # the first words and no more
