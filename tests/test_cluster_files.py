"""The files for clusters, as far as they can be checked without one: syntax, schema, commands, and how scripts end."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from search.config.composition import compose
from tests.conftest import ROOT

FOLDER = ROOT / "experiments" / "cluster"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")
DRIVER = """#!/bin/bash
echo "$*" > "$STAND_IN/given"
trap 'exit 130' TERM
touch "$STAND_IN/began"
for _ in $(seq 600); do [[ -e $STAND_IN/end ]] && exit "$(cat "$STAND_IN/end")"; sleep 0.05; done
"""


def test_there_are_files_for_every_way_and_the_readme_names_them() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        "README.md",
        "slurm_one_node.sh",
        "slurm_nodes.sh",
        "ray_up.yaml",
        "kuberay_rayjob.yaml",
    }
    for path in FOLDER.iterdir():
        assert path.name == "README.md" or f"experiments/cluster/{path.name}" in README
    for word in ("code", "data", "run folder", "MLflow store"):
        assert f"| {word} |" in README


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_bash_without_a_complaint(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)
    checker = shutil.which("shellcheck")
    if checker is None:
        pytest.skip("shellcheck is not installed")
    done = subprocess.run([checker, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_jobs_are_queued_again_and_warned_before_the_limit(script: Path) -> None:
    options = re.findall(r"^#SBATCH (\S+)$", script.read_text(), re.MULTILINE)
    assert {"--requeue", "--signal=B:USR1@120", "--open-mode=append"} <= set(options)


def test_commands_in_the_readme_compose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    commands = re.findall(r"-m search\.run ([^'#\n]+)", README) + re.findall(r"\.sh ([^#\n]+)", README)
    assert len(commands) == 4
    for command in commands:
        assert str(compose(shlex.split(command)).run.folder) == "/shared/runs"


def test_ray_takes_the_cluster_of_machines() -> None:
    util = pytest.importorskip("ray.autoscaler._private.util")
    config = yaml.safe_load((FOLDER / "ray_up.yaml").read_text())
    util.validate_config(util.prepare_config(config))
    for name in ("head", "worker"):
        command = config[f"{name}_start_ray_commands"][-1]
        assert "RAY_AUTH_MODE=token" in command and "--disable-usage-stats" in command
        subprocess.run(["bash", "-n", "-c", command], check=True)
    assert config["min_workers"] == config["max_workers"] == len(config["provider"]["worker_ips"])


def test_the_rayjob_begins_the_same_command_again_on_a_shared_volume() -> None:
    job, claim = yaml.safe_load_all((FOLDER / "kuberay_rayjob.yaml").read_text())
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    spec = job["spec"]
    assert spec["backoffLimit"] > 0 and spec["shutdownAfterJobFinishes"] is True
    python, _, module, *words = shlex.split(spec["entrypoint"])
    assert (python, module) == ("python", "search.run")
    settings = compose(words)
    assert settings.runner.elsewhere and settings.run.name == "mine"
    cluster = spec["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    assert len(groups) == 2
    for group in groups:
        pod = group["template"]["spec"]
        (volume,) = pod["volumes"]
        assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
        (container,) = pod["containers"]
        (mount,) = container["volumeMounts"]
        assert mount["name"] == volume["name"]
        assert str(settings.run.folder).startswith(mount["mountPath"])
        assert container["image"] == groups[0]["template"]["spec"]["containers"][0]["image"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.fixture
def begun(tmp_path: Path) -> subprocess.Popen[str]:
    """The script of one node, with a driver that ends when it is told to."""
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    requeue = '#!/bin/bash\necho "$*" > "$STAND_IN/scontrol"\n'
    for name, text in (("python", DRIVER), ("scontrol", requeue)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    process = subprocess.Popen(
        ["bash", str(FOLDER / "slurm_one_node.sh"), "space=fusion", "run.name=two words"],
        env={**os.environ, "STAND_IN": str(tmp_path), "VENV": str(programs.parent), "SLURM_JOB_ID": str(os.getpid())},
        text=True,
    )
    end = time.monotonic() + 20
    while not (tmp_path / "began").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(
    ("number", "status", "requeued"),
    [(signal.SIGUSR1, 130, True), (signal.SIGTERM, 130, False), (None, 0, False), (None, 2, False)],
)
def test_a_job_is_queued_again_where_its_time_is_over_and_only_there(
    number: signal.Signals | None, status: int, requeued: bool, begun: subprocess.Popen[str], tmp_path: Path
) -> None:
    if number:
        begun.send_signal(number)
    else:
        (tmp_path / "end").write_text(str(status))
    assert begun.wait(timeout=20) == status
    assert (tmp_path / "given").read_text() == "-m search.run space=fusion run.name=two words\n"
    asked = (tmp_path / "scontrol").read_text() if (tmp_path / "scontrol").exists() else ""
    assert asked == (f"requeue {os.getpid()}\n" if requeued else "")
    assert not Path(f"/tmp/ray-{os.getpid()}").exists()
