"""Loaded by Schemathesis: leads generated requests to things that are there, so that they get past the 404s.

FUZZ_TARGETS (JSON): `session`, a connected one; `spare`, one that may be logged out and deleted; `to`, addresses
that may be written to. Every fifth request keeps what was generated.
"""

import json
import os
import random
import uuid
from typing import Any

import schemathesis
from schemathesis import GenerationMode

TARGETS = json.loads(os.environ["FUZZ_TARGETS"])
# Operations after which a session no longer sends; they get the spare one.
ENDING = ("/start", "/stop", "/restart", "/logout", "/pairing-code", "/proxy", "/simulated-scan")
ADDRESSES = ("to", "chat", "jid")
_random = random.Random(7)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Swap ids and addresses of a well-formed request for real ones."""
    parameters = case.path_parameters
    if ends_all(case, parameters or {}):
        parameters["session_id" if "session_id" in parameters else "workspace_id"] = str(uuid.uuid4())
    if _random.random() < 0.2:
        return
    if parameters and is_uuid(parameters.get("session_id")):
        parameters["session_id"] = TARGETS["spare" if ends_session(case) else "session"]
    if case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE and isinstance(case.body, dict):
        for name in ADDRESSES:
            if isinstance(case.body.get(name), str):
                case.body[name] = _random.choice(TARGETS["to"])


@schemathesis.check
def status_is_described(ctx: Any, response: Any, case: Any) -> None:
    """By number: that any refusal has one shape (`default`) does not say which there are."""
    described = case.operation.definition.raw["responses"]
    # A method that the address does not have is no operation of it; OPTIONS is one everywhere (RFC 9110).
    assert response.status_code == 405 or case.method == "OPTIONS" or str(response.status_code) in described, (
        f"{case.method} {case.operation.path} answers {response.status_code}, which its description does not name"
    )


def ends_session(case: Any) -> bool:
    """Whether the request stops, unlinks or removes a session."""
    path = case.operation.path
    return path.endswith(ENDING) or (path.endswith("/{session_id}") and case.method.upper() in ("DELETE", "PATCH"))


def ends_all(case: Any, parameters: dict[str, Any]) -> bool:
    """Whether it would take the connected session away, or the workspace with everything in it: ids are learnt, too."""
    if "session_id" in parameters:
        return ends_session(case) and str(parameters["session_id"]) == TARGETS["session"]
    return case.method.upper() == "DELETE" and case.operation.path.endswith("/workspaces/{workspace_id}")


def is_uuid(value: Any) -> bool:
    """Only what has the right form is swapped; what was made wrong on purpose stays."""
    try:
        return bool(uuid.UUID(str(value)))
    except ValueError:
        return False
