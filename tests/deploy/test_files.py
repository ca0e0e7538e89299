"""The files in deploy/ are well-formed and name only variables, processes, metrics and states that there are."""

import configparser
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from sessions_app.engine.states import State
from tests.api.test_configuration_docs import documented
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.metrics.exposition import render
from whatsapp_api.ops.procfile import read_procfile

DEPLOY = REPOSITORY / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text())
OBJECTS: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "whatsapp.yaml").read_text()))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROCESSES = set(read_procfile(REPOSITORY / "Procfile")) - {"sandbox"} | {"prepare"}
OURS = [name for name in COMPOSE["services"] if name not in {"mongodb", "redis", "nginx"}]
# Of Python, the entry point and the other containers.
OTHERS = {"PATH", "PYTHONUNBUFFERED", "INSTANCE", "SERVER_NAME", "MONGODB_PASSWORD", "REDIS_PASSWORD", "MONGODB_KEY"}


def env_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


def named_variables() -> dict[str, set[str]]:
    """By file: the variables that it sets for the platform."""
    containers = {name for service in OURS for name in COMPOSE["services"][service].get("environment", {})}
    config = {name for thing in OBJECTS for key in ("data", "stringData") for name in thing.get(key, {})}
    found = {"docker-compose.yml": containers, "kubernetes": config, "env.example": env_example()}
    for path in UNITS:
        words = shlex.split(unit(path)["Service"]["Environment"])
        found[path.name] = {word.partition("=")[0] for word in words}
    return found


@pytest.mark.parametrize(("file", "names"), named_variables().items())
def test_every_variable_is_documented(file: str, names: set[str]) -> None:
    assert names
    assert sorted(names - set(documented()) - OTHERS) == []


def test_every_variable_of_compose_is_in_the_example() -> None:
    text = (DEPLOY / "docker-compose.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text)) - {"VERSION"}
    assert asked <= env_example()


def test_containers_start_processes_of_the_procfile_as_nobody_special() -> None:
    commands = [COMPOSE["services"][name]["command"] for name in OURS]
    pods = [thing["spec"]["template"]["spec"] for thing in OBJECTS if "template" in thing.get("spec", {})]
    commands += [container["args"] for pod in pods for container in pod["containers"]]
    assert {command[0] for command in commands} == PROCESSES
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in pods)
    dockerfile = (DEPLOY / "docker" / "Dockerfile").read_text()
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["10001:10001"]
    for sources in re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, re.MULTILINE):
        assert all((REPOSITORY / source).exists() for source in sources.split())


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_closed_and_restart(path: Path) -> None:
    service = unit(path)["Service"]
    program, process = service["ExecStart"].split()
    assert (REPOSITORY / Path(program).relative_to("/opt/whatsapp-api")).stat().st_mode & 0o111
    assert process in PROCESSES
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    if process != "prepare":
        assert service["Restart"] == "always"
        # Longer than sessions take to be handed over and sends to finish.
        assert int(service["TimeoutStopSec"]) >= (60 if process in {"sessions", "worker"} else 15)


def exposed() -> set[str]:
    families = text_string_to_metric_families(render().decode())
    names = {family.name for family in families}
    return names | metrics_defined()


def metrics_defined() -> set[str]:
    """A process that has counted nothing yet shows none, so counters and gauges are read from where they are made."""
    files = [
        REPOSITORY / "whatsapp_api" / "core" / "metrics.py",
        REPOSITORY / "messaging" / "webhooks" / "backlog.py",
        *REPOSITORY.glob("*/gauges.py"),
    ]
    return {name for file in files for name in re.findall(r'"(wa_[a-z_]+)"', file.read_text())}


def expressions() -> list[str]:
    rules = yaml.safe_load((DEPLOY / "monitoring" / "alerts.yml").read_text())
    found = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    board = json.loads((DEPLOY / "monitoring" / "grafana-dashboard.json").read_text())
    return found + [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def test_dashboard_and_alerts_name_metrics_that_there_are() -> None:
    there = exposed()
    for expression in expressions():
        for name in re.findall(r"\bwa_[a-z_]+", expression):
            assert re.sub(r"_(total|bucket|count|sum)$", "", name) in there | {"wa_source_up"}, expression


def test_every_metric_is_on_the_dashboard() -> None:
    shown = " ".join(expressions())
    assert [name for name in sorted(metrics_defined()) if name not in shown] == []


def test_states_of_sessions_in_alerts_are_true_ones() -> None:
    for expression in expressions():
        for states in re.findall(r'state[!=]~?"([A-Z_|]+)"', expression):
            assert set(states.split("|")) <= set(State), expression


def test_alerts_say_what_to_do() -> None:
    rules = yaml.safe_load((DEPLOY / "monitoring" / "alerts.yml").read_text())
    for rule in [rule for group in rules["groups"] for rule in group["rules"]]:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"] and rule["annotations"]["action"], rule["alert"]
