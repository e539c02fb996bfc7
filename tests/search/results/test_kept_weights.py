from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from search.results.kept_weights import find_weights
from search.study.fronts.final_files import Final, save_final
from tests.search.trials import complete

TRIAL = complete(3, 1.0, 10)


def _leave(file: Path, *, whole: bool = True) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    if whole:
        with ZipFile(file, "w") as weights:
            weights.writestr("data", "")
    return file


def test_weights_of_the_end_come_before_those_of_the_trial(tmp_path: Path) -> None:
    assert find_weights(tmp_path, TRIAL) is None
    member = _leave(tmp_path / f"front/3-{TRIAL.key}/weights.pt")
    assert find_weights(tmp_path, TRIAL) == member
    own = _leave(tmp_path / "trials/0003.pt")
    assert find_weights(tmp_path, TRIAL) == own
    _leave(own, whole=False)
    own.write_bytes(b"torn")
    assert find_weights(tmp_path, TRIAL) == member  # the last good copy
    final = Final(TRIAL, "0123456789abcdef", _leave(tmp_path / "finals/0003-0123456789abcdef.pt"))
    assert find_weights(tmp_path, TRIAL, [final]) == final.weights
    save_final(tmp_path, final)
    assert find_weights(tmp_path, TRIAL) == final.weights
    final.weights.unlink()
    assert find_weights(tmp_path, TRIAL) == own  # not what the end left in front/, which is no weights of the trial
