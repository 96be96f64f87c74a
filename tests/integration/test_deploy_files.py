"""The units of systemd and the manifests of Kubernetes: they load, and say what they promise."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.cli import COMMANDS

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = tuple(sorted((DEPLOY / "systemd").glob("*.service")))
BASE = DEPLOY / "kubernetes/base"
PODS = {"valkey": "StatefulSet", "poller": "Deployment", "worker": "Deployment"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_unit_and_finds_it_closed(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    # given: a program where the unit expects ours
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/wirewatch/bin/wirewatch", sys.executable))
    # when
    verified = subprocess.run(
        [analyze, "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )
    judged = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    # then
    assert (verified.returncode, verified.stderr) == (0, "")
    assert judged.returncode == 0, judged.stdout


def test_units_call_commands_that_there_are() -> None:
    called = [
        word
        for unit in UNITS
        for word in re.findall(
            r"^ExecStart=/opt/wirewatch/bin/wirewatch (\S+)", unit.read_text(), re.MULTILINE
        )
    ]

    assert sorted(called) == ["poller", "worker"]
    assert set(called) <= set(COMMANDS)


@pytest.fixture(scope="module")
def objects() -> dict[tuple[str, str], Any]:
    """All objects of the base, by kind and name."""
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    read = [each for file in listed for each in yaml.safe_load_all((BASE / file).read_text())]
    return {(each["kind"], each["metadata"]["name"]): each for each in read}


def pod(objects: dict[tuple[str, str], Any], name: str) -> Any:
    return objects[PODS[name], name]["spec"]["template"]["spec"]


def test_kustomize_builds_the_base(objects: dict[tuple[str, str], Any]) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    done = subprocess.run([kubectl, "kustomize", BASE], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    built = [each for each in yaml.safe_load_all(done.stdout) if each]
    assert len(built) == len(objects)
    assert {each["metadata"].get("namespace", "wirewatch") for each in built} == {"wirewatch"}


@pytest.mark.parametrize("name", PODS)
def test_every_pod_can_do_little_and_is_watched(
    objects: dict[tuple[str, str], Any], name: str
) -> None:
    spec = pod(objects, name)
    (container,) = spec["containers"]

    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
    assert "memory" in container["resources"]["limits"]
    assert spec["terminationGracePeriodSeconds"] >= 30
    assert ("PodDisruptionBudget", name) in objects


@pytest.mark.parametrize("name", PODS)
def test_selectors_find_their_pods_and_mounts_their_volumes(
    objects: dict[tuple[str, str], Any], name: str
) -> None:
    labels = objects[PODS[name], name]["spec"]["template"]["metadata"]["labels"]
    for kind in (PODS[name], "PodDisruptionBudget"):
        assert objects[kind, name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    spec = pod(objects, name)
    (container,) = spec["containers"]
    claimed = objects[PODS[name], name]["spec"].get("volumeClaimTemplates", ())
    volumes = {each["name"] for each in spec["volumes"]} | {
        each["metadata"]["name"] for each in claimed
    }
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes


def test_secrets_come_as_files_and_no_object_holds_one(
    objects: dict[tuple[str, str], Any],
) -> None:
    assert not [kind for kind, _ in objects if kind in ("Secret", "ConfigMap")]
    for name in ("poller", "worker"):
        (container,) = pod(objects, name)["containers"]
        values = {each["name"]: each["value"] for each in container["env"]}
        assert values["WIREWATCH_REDIS_PASSWORD"].startswith("file:/run/secrets/wirewatch/")


def test_only_poller_and_worker_reach_valkey(objects: dict[tuple[str, str], Any]) -> None:
    policy = objects["NetworkPolicy", "valkey"]["spec"]
    (rule,) = policy["ingress"]
    (source,) = rule["from"]

    assert objects["NetworkPolicy", "nobody"]["spec"]["podSelector"] == {}
    assert source["podSelector"]["matchExpressions"][0]["values"] == ["poller", "worker"]
    assert rule["ports"] == [{"port": "valkey"}]
