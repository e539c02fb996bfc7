from __future__ import annotations

import pytest
import yaml

from trainers.data.specs.yaml_loader import SpecLoader


def load(text: str) -> object:
    return yaml.load(text, SpecLoader)  # a safe loader


@pytest.mark.parametrize("text", ["1e-3", "1E-3", "0.1e-2", ".001e0", "+10e-4"])
def test_exponents_need_no_point_and_no_sign(text: str) -> None:
    assert load(text) == pytest.approx(0.001)
    assert load(f"-{text.lstrip('+')}") == pytest.approx(-0.001)


@pytest.mark.parametrize("text", ["e3", "1e", "1e3x", "0x1e3 x"])
def test_texts_stay_texts(text: str) -> None:
    assert load(text) == text


@pytest.mark.parametrize("text", ["a: 1\na: 2", "b: {a: 1, c: 2, a: 1}", "255: x\n255: y"])
def test_a_key_given_twice_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match=r"key ('a'|255) is given twice"):
        load(text)
    assert load("a: 1\nb: {a: 2}") == {"a": 1, "b": {"a": 2}}


def test_python_objects_are_never_made() -> None:
    with pytest.raises(yaml.YAMLError):
        load("!!python/object/apply:os.getcwd []")
