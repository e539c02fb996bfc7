"""The experiment on clutter: what it adds to images, what its networks are, and that it goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from experiments.benchmarks import clutter
from search.config.composition import compose
from search.config.settings import Settings
from spaces.networks.modules.exchange.workspace import SlotAttention
from trainers.batches.memory import Split, load_split

SMALL = ["data.images=16", "data.val_images=8", "data.test_images=8", "data.image_size=32", "trainer.batch_size=8"]


def told(tmp_path: Path) -> Settings:
    return compose([*SMALL, f"data.cache={tmp_path / 'cache'}", f"run.folder={tmp_path / 'runs'}"])


def test_clutter_stands_beside_the_image_is_a_share_of_it_and_has_no_targets(tmp_path: Path) -> None:
    settings = told(tmp_path)
    tasks, split = settings.data.selected, load_split(settings.data, "val", "cpu")
    assert isinstance(split, Split)
    assert clutter.add_clutter(split, tasks, 0.0, 1) is split
    for share, width in ((0.2, 40), (0.5, 64), (0.75, 128)):
        wide = clutter.add_clutter(split, tasks, share, 1)
        assert wide.size == (32, width)
        assert torch.equal(wide.images[..., :32], split.images)
        for task in tasks:
            assert torch.equal(wide.targets[task.name][..., :32], split.targets[task.name])
            beside = wide.targets[task.name][..., 32:]
            assert torch.all(beside == (-1 if task.kind == "segmentation" else 0))
    first, other = (clutter.add_clutter(split, tasks, 0.5, seed).images[..., 32:] for seed in (1, 2))
    assert not torch.equal(first, other)


def test_networks_differ_in_their_exchange_alone(tmp_path: Path) -> None:
    settings = told(tmp_path)
    networks = {name: clutter.make_network(settings, name, 1) for name in clutter.EXCHANGES}
    slots = {n: sum(isinstance(b, SlotAttention) for b in net.blocks.values()) for n, net in networks.items()}
    assert slots == {clutter.NONE: 0, clutter.FULL: 0, clutter.TOP: 2, clutter.SOFT: 2}
    whole = clutter.make_network(settings, clutter.TOP, 1, 4)
    assert sum(isinstance(block, SlotAttention) for block in whole.blocks.values()) == 4
    image = torch.rand(2, 3, 32, 64).to(memory_format=torch.channels_last)
    alike = {n: {k: v for k, v in net.state_dict().items() if "exchange" not in k} for n, net in networks.items()}
    for name, network in networks.items():
        assert network.eval()(image)["depth"].shape == (2, 1, 32, 64)
        assert all(torch.equal(value, alike[clutter.NONE][key]) for key, value in alike[name].items())


def test_full_attention_reads_from_all_tokens_of_all_tasks_by_cosines() -> None:
    torch.manual_seed(0)
    full = clutter.FullExchange(4)
    inputs = [torch.randn(2, 3, 4) for _ in range(2)]
    *read, slot = full(*inputs)
    assert [each.shape for each in read] == [each.shape for each in inputs]
    assert slot.shape == (2, 1, 4)
    tokens = full.norm(torch.cat(inputs, 1))
    queries, keys = (torch.nn.functional.normalize(each(tokens), dim=-1) for each in (full.queries, full.keys))
    wanted = torch.softmax(10.0 * queries @ keys.transpose(1, 2), -1) @ full.values(tokens)
    torch.testing.assert_close(torch.cat(read, 1), wanted, atol=1e-5, rtol=1e-4)


def test_it_ends_in_a_table_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--epochs", "1", "--seeds", "1", "2", "--shares", "0.5", "--folder", str(tmp_path / "table")]
    data = [*SMALL, f"data.cache={tmp_path / 'cache'}", f"run.folder={tmp_path / 'runs'}"]
    monkeypatch.setattr("sys.argv", ["clutter", *few, *data])
    assert clutter.main() == 0
    table = (tmp_path / "table" / "clutter.csv").read_text()
    assert len(table.splitlines()) == 1 + 3 * 2
    macs = {row.split(",")[0]: [int(each) for each in row.split(",")[-2:]] for row in table.splitlines()[1:]}
    assert macs[clutter.FULL][0] > macs[clutter.TOP][0] > macs[clutter.TOP][1] == macs[clutter.SOFT][1]
    assert "full cross-attention, 50 % clutter: " in capsys.readouterr().out
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs" / "clutter").iterdir()}
    assert clutter.main() == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs" / "clutter").iterdir()} == kept
    assert (tmp_path / "table" / "clutter.csv").read_text() == table
