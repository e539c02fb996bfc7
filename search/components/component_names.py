"""What this project's components are called in files that last: run configurations and fingerprints of trainings.

A name is GROUP/CHOICE, or KIND/NAME of what is no group of its own (task, augment, probe), and stays for ever; where
its class lies may change. Whoever moves or renames a class adds its new path at the end of the row and leaves the
others, for files of earlier versions hold them. A component of a user's own has no row: its dotted path is its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spaces.common.lasting_names import LastingNames

TARGET = "_target_"

COMPONENTS = LastingNames(
    {
        "space/fusion": ("spaces.fusion.Fusion",),
        "space/branching": ("spaces.branching.Branching",),
        "space/routing": ("spaces.routing.Routing",),
        "space/gates": ("spaces.gates.Gates", "spaces.gates.GatedEncoder"),
        "space/workspace": ("spaces.workspace.Workspaces",),
        "space/joint": ("spaces.joint.Joint",),
        "data/scenes": ("trainers.data.scenes.Scenes",),
        "data/npz": ("trainers.data.npz.Npz",),
        "data/folder": ("trainers.data.folder.Folder",),
        "data/celeba": ("trainers.data.celeba.CelebA",),
        "data/multidigits": ("trainers.data.multidigits.MultiDigits",),
        "data/multifashion": ("trainers.data.multifashion.MultiFashion",),
        "data/loading": ("trainers.data.loading.Loading",),
        "task/segmentation": ("trainers.tasks.segmentation.Segmentation",),
        "task/depth": ("trainers.tasks.depth.Depth",),
        "task/normals": ("trainers.tasks.normals.Normals",),
        "task/edges": ("trainers.tasks.edges.Edges",),
        "task/regression": ("trainers.tasks.regression.Regression",),
        "task/autoencoder": ("trainers.tasks.autoencoder.Autoencoder",),
        "task/saliency": ("trainers.tasks.saliency.Saliency",),
        "task/classification": ("trainers.tasks.classification.Classification",),
        "task/attributes": ("trainers.tasks.attributes.Attributes",),
        "network/small": ("spaces.networks.small.Small",),
        "network/pdf": ("spaces.networks.pdf.Pdf",),
        "network/classifier": ("spaces.networks.classifier.Classifier",),
        "network/resnet": ("spaces.networks.resnets.ResNet",),
        "network/vit": ("spaces.networks.vit.Vit",),
        "network/timm": ("spaces.networks.timm.Timm",),
        "network/transformers": ("spaces.networks.transformers.Transformers",),
        "trainer/adamw": ("trainers.recipe.Recipe",),
        "trainer/gating": ("trainers.gating.Gating",),
        "augment/flip": ("trainers.augment.Flip",),
        "augment/zoom": ("trainers.augment.Zoom",),
        "weighting/equal": ("trainers.weighting.equal.Equal",),
        "weighting/fixed": ("trainers.weighting.fixed.Fixed",),
        "weighting/uncertainty": ("trainers.weighting.uncertainty.Uncertainty",),
        "weighting/dwa": ("trainers.weighting.dwa.Dwa",),
        "weighting/gradients": ("trainers.weighting.gradients.Gradients",),
        "probe/similarity": ("trainers.similarity.Similarity",),
        "sampler/frontier": ("search.samplers.frontier.Frontier",),
        "sampler/oneshot": ("search.samplers.oneshot.Oneshot",),
        "sampler/tpe": ("search.samplers.tpe.Tpe",),
        "sampler/nsga2": ("search.samplers.nsga2.Nsga2",),
        "sampler/gp": ("search.samplers.gp.Gp",),
        "sampler/random": ("search.samplers.random.Random",),
        "sampler/exhaustive": ("search.samplers.exhaustive.Exhaustive",),
        "sampler/progressive": ("search.samplers.progressive.Progressive",),
        "sampler/offline": ("search.samplers.progressive.Offline",),
        "scheduler/full": ("search.schedulers.full.Full",),
        "scheduler/pareto_asha": ("search.schedulers.pareto_asha.ParetoAsha",),
        "runner/inline": ("search.runners.inline.Inline",),
        "runner/ray_tune": ("search.runners.ray_tune.RayTune",),
        "tracking/mlflow": ("search.tracking.Mlflow", "search.tracking.mlflow.Mlflow"),
        "tracking/none": ("search.tracking.NoTracking", "search.tracking.no_tracking.NoTracking"),
    }
)


def name_all(plain: Any) -> Any:
    """Plain values, every component in them called by its name."""
    return _replace(plain, COMPONENTS.name)


def mark_all(plain: Any) -> Any:
    """Plain values for a fingerprint, every component in them called by the first path it ever had.

    So a training keeps its fingerprint, and with it what is cached of it, wherever its classes lie.
    """
    return _replace(plain, COMPONENTS.mark)


def _replace(plain: Any, change: Callable[[str], str]) -> Any:
    if isinstance(plain, Mapping):
        return {
            key: change(value) if key == TARGET and isinstance(value, str) else _replace(value, change)
            for key, value in plain.items()
        }
    return [_replace(each, change) for each in plain] if isinstance(plain, (list, tuple)) else plain
