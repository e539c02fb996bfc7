"""Groupings of attributes: the shipped ones, one's own, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from spaces.errors import DataError
from tests.trainers.data.labelled import ATTRIBUTES, write_celeba
from trainers.data.celeba import CelebA
from trainers.data.celeba_groups import check_known, list_shipped, locate_groups, read_groups


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_celeba(tmp_path / "celeba")


def _problems(root: Path, groups: Path | str) -> list[str]:
    with pytest.raises(DataError) as caught:
        CelebA(root=str(root), image_size=16, groups=str(groups)).check()
    return list(caught.value.problems)


def _written(root: Path, text: str) -> Path:
    path = root.parent / "groups.yaml"
    path.write_text(text)
    return path


def test_the_shipped_ones_are_of_attributes_that_there_are() -> None:
    assert list_shipped() == ["interrogate", "maximum_roaming"]
    for name in list_shipped():
        path = locate_groups(name)
        assert path.is_file() and check_known(path, read_groups(path), ATTRIBUTES) == []


def test_a_shipped_one_is_chosen_by_its_name(root: Path) -> None:
    data = CelebA(root=str(root), image_size=16, groups="interrogate")
    data.check()

    assert {task.name: task.attributes for task in data.selected} == {
        "age": ("Young",),
        "gender": ("Male",),
        "clothes": ("Wearing_Earrings", "Wearing_Hat", "Wearing_Necklace", "Wearing_Necktie"),
    }
    assert {name: target.shape for name, target in data.load("val").targets.items()} == {
        "age": (3, 1),
        "gender": (3, 1),
        "clothes": (3, 4),
    }


def test_fingerprints_tell_what_groups_hold_and_not_how_they_were_named(root: Path) -> None:
    usual, named = CelebA(root=str(root)), CelebA(root=str(root), groups="maximum_roaming")
    copied = root.parent / "copy.yaml"
    copied.write_text(locate_groups("interrogate").read_text())
    others = [CelebA(root=str(root), groups=groups) for groups in ("interrogate", str(copied))]

    assert usual.fingerprint == named.fingerprint
    assert others[0].fingerprint == others[1].fingerprint != usual.fingerprint


def test_a_path_is_a_path_whatever_its_name(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("interrogate", "mine"):
        Path(name).write_text("face: [Young, Male]\nhat: [Wearing_Hat]\n")

    for given in ("./interrogate", "mine", str(tmp_path / "mine")):
        assert list(CelebA(root=str(root), groups=given).available) == ["face", "hat"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("a: [Yung]\nb: [Male]", ["unknown attribute 'Yung' in a; did you mean 'Young'?"]),
        ("a: [Qqqq]\nb: [Male]", ["unknown attribute 'Qqqq' in a; want among 5_o_Clock_Shadow, "]),
        ("a: [Male]\nb: [Young, Male]", ["attribute Male is in a and b; want it in one group at most, once"]),
        ("a: [Male, Male]\nb: [Young]", ["attribute Male is in a and a; want it in one group at most, once"]),
        ("a: [Male]\nb: []", ["b=[]: want a list of names of attributes, at least one"]),
        ("a: Male\nb: [Young]", ["a='Male': want a list of names"]),
        ("a: [Male]\na: [Young]", ["group a is given twice; join them"]),
        ("on: [Male]\nb: [Young]", ["names: YAML takes on for a value that is no text; quote it: 'on'"]),
        ("a: [Male, yes]", ["a: YAML takes yes for a value that is no text; quote it: a: [Male, 'yes']"]),
        ("a b: [Male]\nb: [Young]", ["task name 'a b': want a letter"]),
        ("- Male", ["a list where a mapping is wanted; want name: [attribute, ...] for each group"]),
        ("", ["nothing where a mapping is wanted"]),
        ("a: [Male", ["cannot be read as YAML"]),
    ],
)
def test_malformed_groupings_are_refused(text: str, messages: list[str], root: Path) -> None:
    problems = _problems(root, _written(root, text))
    assert len(problems) == len(messages)
    for problem, message in zip(problems, messages, strict=True):
        assert problem.startswith(f"{root.parent / 'groups.yaml'}: ")
        assert message in problem


@pytest.mark.parametrize("given", ["nowhere.yaml", "interogate"])
def test_a_missing_grouping_is_named(given: str, root: Path) -> None:
    (problem,) = _problems(root, given)
    assert problem == (
        f"data.groups: no file {Path.cwd() / given}; want a YAML file of groups, name: [attribute, ...], or the name "
        "of a shipped one: interrogate, maximum_roaming"
    )
