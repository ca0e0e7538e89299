"""The image as far as no engine is needed: its lines follow the usual rules, and what it copies is enough to start."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from whatsapp_api.core.paths import REPOSITORY

DOCKERFILE = REPOSITORY / "deploy" / "docker" / "Dockerfile"
KUBERNETES = REPOSITORY / "deploy" / "kubernetes" / "whatsapp.yaml"
API_VERSIONS = {
    "Namespace": "v1",
    "Service": "v1",
    "Secret": "v1",
    "ConfigMap": "v1",
    "PersistentVolumeClaim": "v1",
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "Job": "batch/v1",
    "Ingress": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
}


def instructions() -> list[tuple[str, str]]:
    """`(INSTRUCTION, rest)`, with continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line)]


def rest_of(instruction: str) -> list[str]:
    return [rest for word, rest in instructions() if word == instruction]


def test_it_follows_the_rules_of_linters() -> None:
    found = [word for word, _ in instructions()]
    assert set(found) <= {"FROM", "ENV", "RUN", "COPY", "WORKDIR", "USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"}
    assert all(re.match(r"\S+:[\w.-]*\d", image) and ":latest" not in image for image in rest_of("FROM"))
    assert all("sudo" not in run and "curl" not in run for run in rest_of("RUN"))
    assert all(rest.startswith("/") for rest in rest_of("WORKDIR"))
    assert all(rest.startswith("[") for rest in rest_of("ENTRYPOINT") + rest_of("CMD")), "no shell between signals"
    assert "PIP_NO_CACHE_DIR=1" in " ".join(rest_of("ENV"))
    last = len(found) - 1 - found[::-1].index("RUN")
    assert found.index("USER") > last, "nothing is built as the user that runs"


@pytest.mark.timeout(600)
def test_what_it_copies_is_enough_to_start(tmp_path: Path) -> None:
    app, data = tmp_path / "app", tmp_path / "data"
    app.mkdir()
    for rest in rest_of("COPY"):
        *sources, target = rest.split()
        if not rest.startswith("--") and not target.startswith("/tmp"):
            _copy(sources, tmp_path / "bin" if target.startswith("/usr") else app / target)
    variables = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "DATA_DIR": str(data), "HOME": str(tmp_path)}
    variables |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    start = str(tmp_path / "bin" / "start")
    subprocess.run([start, "manage.py", "check"], cwd=app, env=variables, check=True, timeout=250)
    probe = "import sessions_app.engine.host, messaging.media.lab, whatsapp_api.asgi"
    environment = variables | {"DJANGO_SETTINGS_MODULE": "whatsapp_api.settings"}
    subprocess.run([sys.executable, "-c", probe], cwd=app, env=environment, check=True, timeout=250)


def _copy(sources: list[str], target: Path) -> None:
    for source in sources:
        path = REPOSITORY / source
        if path.is_dir():
            shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


@pytest.mark.parametrize("thing", list(yaml.safe_load_all(KUBERNETES.read_text())), ids=lambda it: it["kind"])
def test_kubernetes_objects_are_of_current_versions(thing: dict[str, object]) -> None:
    assert thing["apiVersion"] == API_VERSIONS[str(thing["kind"])]
    metadata = thing["metadata"]
    assert isinstance(metadata, dict)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", metadata["name"])
    spec = thing.get("spec")
    if isinstance(spec, dict) and "template" in spec:
        labels = spec["template"].get("metadata", {}).get("labels", {})
        wanted = spec.get("selector", {}).get("matchLabels", {})
        assert wanted.items() <= labels.items(), "the selector does not find its own pods"
        for container in spec["template"]["spec"]["containers"]:
            assert thing["kind"] == "Job" or {"requests", "limits"} <= set(container["resources"]), container["name"]
