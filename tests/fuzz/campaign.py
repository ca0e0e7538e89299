"""One campaign: a connected session, phones to write to, phones that nobody may write to, thousands of requests."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from whatsapp_api.core.paths import REPOSITORY

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
    "status_is_described",  # hooks.py
)
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
# They would end the campaign's own access.
LEFT_OUT = r"/auth/(logout|password)|/me/password|/events/stream|/ws/"  # the last two never end


@dataclass(frozen=True, slots=True)
class Outcome:
    """`output`: what Schemathesis printed. `strays`: messages that reached somebody they were not written to."""

    passed: bool
    output: str
    strays: list[str]


def run(platform: Platform, folder: Path, *, examples: int, phases: str, seed: int | None = None) -> Outcome:
    """Fuzz the platform; needs its sandbox."""
    api, sandbox = Api(platform), SandboxClient(platform.sandbox_url)
    session = api.session_link("Target", sandbox.create_phone(name="Target"))
    spare = api.session_create("Spare")["id"]
    friends = [sandbox.create_phone(name=f"Friend {number}") for number in range(2)]
    bystanders = [sandbox.create_phone(name=f"Bystander {number}") for number in range(3)]
    targets = {"session": session, "spare": spare, "to": [f"+{phone.number}" for phone in friends]}
    finished = subprocess.run(
        _command(platform, api.token, examples, phases, seed),
        cwd=folder,
        env=os.environ
        | {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "FUZZ_TARGETS": json.dumps(targets)}
        | {"PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=3600,
    )
    workspace = api.get(f"/sessions/{session}")["workspace"]
    strays = partial(_strays, api, workspace, (*friends, *bystanders))
    with suppress(AssertionError):  # what is under way is in the log a moment later
        eventually(lambda: not strays(), "the log knows of all messages")
    return Outcome(finished.returncode == 0, finished.stdout + finished.stderr, strays())


def _command(platform: Platform, token: str, examples: int, phases: str, seed: int | None) -> list[str]:
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIGURATION)),
        *("run", f"{platform.url}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {token}"),
        *("--checks", ",".join(CHECKS)),
        *("--phases", phases, "--max-examples", str(examples)),
        *("--exclude-path-regex", LEFT_OUT),
        *("--request-timeout", "60", "--suppress-health-check", "all", "--no-shrink", "--continue-on-failure"),
        *("--warnings", "off"),
    ]
    return command if seed is None else [*command, "--seed", str(seed)]


def _strays(api: Api, workspace: str, phones: Sequence[Phone]) -> list[str]:
    """What is on phones that no message was addressed to. The log knows also what was deleted meanwhile."""
    acks = [event["payload"] for event in api.pages("/events", event="message.ack", workspace=workspace)]
    chats = {ack["wa_id"]: ack["chat"] for ack in acks if ack["wa_id"]}
    return [
        f"{phone.number}: {message}"
        for phone in phones
        for message in phone.messages()
        if not _is_for(phone, chats.get(message["id"]))
    ]


def _is_for(phone: Phone, chat: dict[str, Any] | None) -> bool:
    """Groups and the status have many readers."""
    if chat is None:
        return False
    person = chat["jid"].endswith(("@s.whatsapp.net", "@lid"))
    return not person or phone.number in chat["jid"] or phone.info()["lid"].split("@")[0] in chat["jid"]
