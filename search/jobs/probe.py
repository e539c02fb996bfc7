"""The contract of a probe: what a job finds out about its trained network beyond metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from spaces.networks.build import SharedNetwork
    from trainers.batches.source import Source


ROBUSTNESS = "robustness"  # finding of a training whose robustness is an objective, `trainers.robustness.measure_aims`
WORKSPACE = "workspace"  # finding of every training with a workspace, `trainers.workspace_effect`
TESTED = "tested"  # finding of a job that was tested: "metrics" on that split, and "robustness" where it has aims


class Probe(Protocol):
    """A frozen configuration dataclass that finds out something about a trained network, on its worker."""

    @property
    def name(self) -> str:
        """Under which the finding is kept in the trial."""

    def find(self, network: SharedNetwork, training: Source) -> Any:
        """What was found, as values of JSON (DataError where nothing can be)."""
