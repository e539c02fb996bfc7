"""What a run folder holds: tables, patterns, networks and predictions, for notebooks.

Made by `search.load`. Whatever is asked for is read at that moment, from files that are whole, so the search may still
run. Nothing is written to the folder, and only what trains or asks for data needs them where they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.components.components import build_component
from search.confirming.confirmation import CSV
from search.jobs.trial import Trial, explain_unknown_trial, load_trial
from search.problem.objectives import resolve_objectives
from search.results.data_frames import read_table, tabulate_curves, tabulate_trials
from search.results.kept_weights import find_weights
from search.results.missing import explain_missing_front, explain_missing_weights
from search.results.picture import Picture, title_trial
from search.study.fronts.best_guess import NO_GUESSES, guess_objectives
from search.study.fronts.final_files import choose_delivered, choose_ended, choose_told, load_finals
from search.study.fronts.front import find_front
from search.study.fronts.guess_columns import tabulate_guesses
from search.study.kept_single_tasks import foretell_objectives
from search.study.run_folder import TRIALS
from spaces.errors import ConfigError, DataError, UserError
from spaces.pattern.sharing_pattern import SharingPattern

if TYPE_CHECKING:
    import numpy as np
    from pandas import DataFrame

    from spaces.networks.build import SharedNetwork
    from spaces.networks.family import Family
    from trainers.data.dataset import DataSet
    from trainers.tasks.task import Task

ROBUSTNESS = "robustness.csv"


@dataclass(frozen=True)
class Results:
    """What a search has left in its run folder.

    Args:
        path: the run folder.
        config: everything that the search was started with.
    """

    path: Path
    config: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def trials(self) -> DataFrame:
        """All finished trials by number, as `search.results.data_frames.tabulate_trials` lays them out."""
        return self._tabulate(self._load_trials())

    def _tabulate(self, trials: Sequence[Trial]) -> DataFrame:
        names = self.config["objectives"]
        try:
            objectives = resolve_objectives(names, self.tasks)
        except ConfigError:  # tasks of one's own that are not here: what was measured can be read all the same
            return tabulate_trials(trials, names)
        guesses = foretell_objectives(self.path, trials, objectives, self.tasks)
        return tabulate_trials(trials, names, tabulate_guesses(trials, objectives, guesses))

    @property
    def ended(self) -> tuple[Trial, ...]:
        """All finished trials, whole, by number."""
        return tuple(self._load_trials())

    @property
    def front(self) -> DataFrame:
        """The members of the Pareto front by best guesses, cheapest first, with the columns of ``trials``.

        Raises:
            DataError: no trial has completed.
        """
        return self._tabulate_front(guessed=True)

    @property
    def finals(self) -> DataFrame:
        """The networks that were trained to the end, by number of their trials; empty where the search has none."""
        return tabulate_trials(choose_told(load_finals(self.path)), self.config["objectives"])

    @property
    def robustness(self) -> DataFrame:
        """What ``python -m search.robustness`` has measured, by number, as ``front`` is.

        Raises:
            DataError: it has not measured anything, or its file is damaged.
        """
        path = self.path / ROBUSTNESS
        if not path.exists():
            raise DataError(f"{path} is not there yet: python -m search.robustness {self.path} measures and writes it")
        return read_table(path)

    @property
    def confirmed(self) -> DataFrame:
        """What ``python -m search.confirm`` has measured on the test split with fresh seeds, by number.

        Raises:
            DataError: it has not measured anything, or its file is damaged.
        """
        path = self.path / CSV
        if not path.exists():
            raise DataError(
                f"{path} is not there yet: python -m search.confirm {self.path} trains and measures what it tells"
            )
        return read_table(path)

    @property
    def raw_front(self) -> DataFrame:
        """The same of single measurements, which flatter those that were lucky.

        Raises:
            DataError: no trial has completed.
        """
        return self._tabulate_front(guessed=False)

    def _tabulate_front(self, *, guessed: bool) -> DataFrame:
        objectives, trials = resolve_objectives(self.config["objectives"], self.tasks), self._load_trials()
        members = find_front(trials, objectives, guess_objectives(trials, objectives) if guessed else NO_GUESSES)
        if not members:
            raise DataError(explain_missing_front(self.path, trials))
        return self._tabulate(trials).loc[[member.number for member in members]]

    def curves(self, number: int) -> DataFrame:
        """Losses and validation metrics of a trial, one row an epoch, from 1."""
        return tabulate_curves(self._load_trial(number))

    def pattern(self, number: int) -> SharingPattern:
        """What the tasks of a trial share."""
        return self._load_trial(number).pattern

    def picture(self, number: int) -> Picture:
        """The drawing of a trial's pattern, which a notebook shows."""
        trial = self._load_trial(number)
        return Picture(trial.pattern, title_trial(trial))

    def network(self, number: int, device: str | None = None) -> SharedNetwork:
        """The trained network of a trial, in evaluation mode; that of its final training where it had one.

        Args:
            number: of a trial whose weights are kept, as are those of the front's members.
            device: such as "cpu" or "cuda"; None for a GPU where there is one, as in training.

        Raises:
            ConfigError: there is no such device.
            DataError: no such trial, no weights, or a damaged file; the message says what to do.
        """
        from search.results.trained_network import rebuild_network  # torch: 1.5 s, reading tables does without

        trial = self.trained(number)
        return rebuild_network(trial.pattern, self._family, self.tasks, self.weights(number), device, trial.masks)

    @property
    def delivered(self) -> tuple[Trial, ...]:
        """What the search hands over, cheapest first: networks that were trained to the end, else the front's members.

        Raises:
            DataError: no trial has completed.
        """
        objectives, trials = resolve_objectives(self.config["objectives"], self.tasks), self._load_trials()
        ended = tuple(final.trial for final in choose_delivered(load_finals(self.path), objectives))
        members = ended or find_front(trials, objectives, guess_objectives(trials, objectives))
        if not members:
            raise DataError(explain_missing_front(self.path, trials))
        return members

    def trained(self, number: int) -> Trial:
        """A trial, or its final training where it had one.

        Raises:
            DataError: no such trial.
        """
        trial = self._load_trial(number)
        final = choose_ended(load_finals(self.path)).get(trial.number)
        return final.trial if final else trial

    def weights(self, number: int) -> Path:
        """The file of weights of what `trained` says.

        Raises:
            DataError: no such trial, or its weights are not kept, or not as its final training left them.
        """
        trial = self._load_trial(number)
        found = find_weights(self.path, trial)
        if found is None:
            raise DataError(explain_missing_weights(self.path, trial, self.kept))
        if final := choose_ended(load_finals(self.path)).get(trial.number):
            final.check_weights()
        return found

    @property
    def kept(self) -> tuple[int, ...]:
        """Numbers of the trials whose weights are there."""
        # Of thousands of trials few have any: only those are read of which there is some file or folder.
        found = [*(self.path / TRIALS).glob("[0-9]*.pt"), *(self.path / "front").glob("[0-9]*-*")]
        names = [each.stem for each in found] + [str(final.trial.number) for final in load_finals(self.path)]
        numbers = {int(name.partition("-")[0]) for name in names}
        ended = [n for n in sorted(numbers) if (self.path / TRIALS / f"{n:04d}.json").exists()]
        return tuple(n for n in ended if find_weights(self.path, self._load_trial(n)))

    def predict(self, network: int | SharedNetwork, images: np.ndarray) -> dict[str, np.ndarray]:
        """What a trained network says about images.

        Args:
            network: the number of a trial; or a network of this search, which saves reading it for every call.
            images: (N, H, W, 3) uint8 RGB; any N, H and W those of the search's data, or multiples of the network's
                stride.

        Returns:
            An array a task, in the task's own unit, several values of a pixel last, as in images. Segmentation:
            (N, H, W) class ids as the data's arrays have them; depth: (N, H, W) metres; normals: (N, H, W, 3) unit
            vectors; edges: (N, H, W) probabilities; regression: (N, H, W) or (N, H, W, C) values; autoencoder:
            (N, H, W, 3) in [0, 1]; classification: (N,) class ids; attributes: (N, C) probabilities.

        Raises:
            ConfigError, DataError: as ``network``, or the images are of another type, shape or size.
        """
        from torch import nn  # torch: as above

        from spaces.networks.build import SharedNetwork
        from trainers.predict import predict

        built = network if isinstance(network, nn.Module) else self.network(network)
        if not isinstance(built, SharedNetwork):
            raise ConfigError(f"{type(built).__name__} is no network of a search: want a number, or .network(n)")
        return predict(built, images, self.tasks, self._family.stride, self._find_size())

    def _find_size(self) -> tuple[int, int]:
        """Of the images it was trained on, (0, 0) where the data are not at hand, as predictions do without them."""
        try:
            return self.data.size
        except UserError:
            return 0, 0

    def train(self, number: int) -> SharedNetwork:
        """A trial's network trained again, just as the search did, for one whose weights were not kept; now they are.

        Raises:
            DataError: the data are not where they were, or are others now, or the training fails.
        """
        # torch: as above
        from search.results.retraining import plan_again
        from search.results.trained_network import retrain_network

        trial, searched = self._load_trial(number), self.config.get("data_content")
        if self.data.fingerprint != searched:
            raise DataError(
                f"trial {trial.number} cannot be trained as it was, for the data have changed since (content "
                f"{searched} -> {self.data.fingerprint}); restore them"
            )
        # Of a trial with a final training the weights are those of its end, which this does not give.
        missing = find_weights(self.path, trial) is None and number not in choose_ended(load_finals(self.path))
        kept = self.path / TRIALS / f"{trial.number:04d}.pt" if missing else None
        return retrain_network(trial, plan_again(self.config, self.path, trial), kept)

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that were trained."""
        return tuple(build_component(spec, f"tasks.{position}") for position, spec in enumerate(self.config["tasks"]))

    @cached_property
    def data(self) -> DataSet:
        """The data set, where the search found it; ``data.load("val").images`` are images to predict for."""
        return build_component(self.config["data"], "data")

    @cached_property
    def _family(self) -> Family:
        return build_component(self.config["network"], "network")

    def _load_trials(self) -> list[Trial]:
        return [load_trial(path) for path in sorted((self.path / TRIALS).glob("[0-9]*.json"))]

    def _load_trial(self, number: int) -> Trial:
        """A finished trial."""
        if isinstance(number, bool) or not isinstance(number, Integral):
            raise ConfigError(f"{number!r} is no number of a trial: want a whole number, such as one of .trials.index")
        path = self.path / TRIALS / f"{number:04d}.json"
        if path.exists():
            return load_trial(path)
        raise DataError(explain_unknown_trial(self.path, number, [each.number for each in self._load_trials()]))
