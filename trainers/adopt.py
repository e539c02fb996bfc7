"""Where a gated network starts: its branches from networks that were trained without gates."""

from __future__ import annotations

from spaces.networks.build import SharedNetwork
from spaces.networks.modules.layer import list_layers
from spaces.pattern.sharing_pattern import NoExchange, SharingPattern
from spaces.pattern.stage import Stage


def adopt_single_task(network: SharedNetwork, alone: SharedNetwork, task: str) -> None:
    """Start a task's branches, private blocks and head from its trained single-task network; in place."""
    for name, stage in network.gated.items():
        if task in stage.tasks:
            source = list_layers(alone.blocks[f"{name.partition('/')[0]}/{task}"])
            for index, trained in enumerate(source):
                stage.layers(index)[stage.tasks.index(task)].load_state_dict(trained.state_dict())
    for name, block in alone.blocks.items():
        if name in network.blocks:
            network.blocks[name].load_state_dict(block.state_dict())
    network.heads[f"head/{task}"].load_state_dict(alone.heads[f"head/{task}"].state_dict())


def share_all(pattern: SharingPattern) -> SharingPattern:
    """The pattern whose trained network shared branches start from: the same groups, sharing whole blocks."""
    encoder = tuple(Stage(stage.groups) for stage in pattern.encoder)
    return SharingPattern(encoder, (NoExchange(),) * len(encoder), pattern.decoder)


def adopt_hard_sharing(network: SharedNetwork, together: SharedNetwork) -> None:
    """Start shared branches and whatever else tasks share from a trained network of `share_all`; in place."""
    for name, stage in network.gated.items():
        for index, trained in enumerate(list_layers(together.blocks[name.rpartition("/")[0]])):
            stage.layers(index)[-1].load_state_dict(trained.state_dict())
    shared = {name for name in together.blocks if "+" in name and name in network.blocks}
    for name in shared:
        network.blocks[name].load_state_dict(together.blocks[name].state_dict())
    for task in [task for group in network.pattern.decoder[-1].groups if len(group) > 1 for task in group]:
        network.heads[f"head/{task}"].load_state_dict(together.heads[f"head/{task}"].state_dict())
