"""A search's networks confirmed, between the search as it is open and the trainings of a confirmation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from search.config.settings import Settings
from search.confirming.choose import choose_members
from search.confirming.confirming import Begun, Subject, confirm
from search.confirming.request import Request
from search.confirming.shown import list_networks
from search.jobs.trial import Trial
from search.report.build_search import Search
from search.study.fronts.final_files import load_finals
from search.study.run_folder import RunFolder
from spaces.common.formatting import format_list

MOST = 12  # numbers of trials in a line: as many as a list has before it counts the rest


def confirm_search(
    settings: Settings,
    folder: RunFolder,
    search: Search,
    trials: Sequence[Trial],
    request: Request,
    say: Callable[[str], None],
    begun: Begun,
) -> None:
    """Train a search's networks with fresh seeds and keep what they show; the report that follows tells it.

    Args:
        settings: of the search.
        folder: of the run, held by this process.
        search: open; its reporter hears of every training.
        trials: that have ended.
        request: what is asked.
        say: hears of the progress.
        begun: hears what is to be trained.

    Raises:
        UserError: as `choose_members` and `confirm`.
    """
    problem, finals = search.study.problem, load_finals(folder.path)
    members = choose_members(folder.path, request, trials, finals, problem.objectives, problem.point or ())
    now = list_networks(trials, finals)
    say(describe_asked([member.number for member in members], request.seeds))
    confirm(Subject(settings, folder, problem, now), request, members, say, search.reporter.confirmed, begun)


def describe_asked(numbers: Sequence[int], seeds: int) -> str:
    """What is trained now, so that the count of seeds is not read as one more trial.

    >>> describe_asked([6, 7], 2)
    'Confirming the networks of trials 6 and 7, with 2 fresh seeds each, on the test split.'
    >>> describe_asked([6], 1)
    'Confirming the network of trial 6, with 1 fresh seed, on the test split.'
    """
    fresh = "1 fresh seed" if seeds == 1 else f"{seeds} fresh seeds"
    if len(numbers) == 1:
        return f"Confirming the network of trial {numbers[0]}, with {fresh}, on the test split."
    told = format_list(numbers) if len(numbers) > MOST else f"{format_list(numbers[:-1])} and {numbers[-1]}"
    return f"Confirming the networks of trials {told}, with {fresh} each, on the test split."
