"""What a client asks to hear: the query string of /ws/events and of GET /api/v1/events, checked and resolved."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from whatsapp_api.core.errors import ApiError

from .models import EventType

# Which of the sessions are in which of the workspaces: given by the layer above, which knows sessions.
SessionWorkspaces = Callable[[Iterable[uuid.UUID], Iterable[uuid.UUID]], dict[uuid.UUID, uuid.UUID]]

SECRETS = {"token", "access", "access_token", "jwt", "bearer", "authorization", "auth", "api_key", "apikey", "key"}
PAIRING_SECRETS = (EventType.SESSION_QR, EventType.SESSION_PAIRING_CODE)  # who sees one can link the account
SECURITY = frozenset(kind for kind in EventType.values if kind.startswith("security."))
MOST_SESSIONS = 1000
LAST_SEQUENCE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; an empty set means no restriction."""

    sessions: frozenset[uuid.UUID] = frozenset()
    types: frozenset[str] = frozenset()
    pairing_in: frozenset[uuid.UUID] | None = None  # the workspaces whose pairing secrets may be heard; None: all

    def matches(self, envelope: dict[str, Any]) -> bool:
        if envelope["event"] in PAIRING_SECRETS and not self._may_pair(envelope["workspace"]):
            return False
        if self.types and envelope["event"] not in self.types:
            return False
        session = envelope["session"]
        return not self.sessions or (session is not None and uuid.UUID(session) in self.sessions)

    def _may_pair(self, workspace: str) -> bool:
        return self.pairing_in is None or uuid.UUID(workspace) in self.pairing_in


@dataclass(frozen=True, slots=True)
class Subscription:
    """A query as asked; `workspaces_chosen` says what it covers for a given caller."""

    wanted: Wanted
    since: int | None = None  # of the one workspace that is covered
    marks: dict[uuid.UUID, int] = field(default_factory=dict)  # the same by workspace, for several
    workspace: uuid.UUID | None = None

    def within(
        self, sessions: frozenset[uuid.UUID] | None, pairing_in: frozenset[uuid.UUID], *, security: bool = True
    ) -> "Subscription":
        """The same for a caller who may hear of `sessions` only (None: of all), and of `security` or not."""
        wanted = replace(self.wanted, pairing_in=pairing_in)
        if not security:
            types = (wanted.types or frozenset(EventType.values)) - SECURITY
            if not types:
                raise ApiError("role_too_low", "event: security events need the scope `admin`.", http_status=403)
            wanted = replace(wanted, types=types)
        if sessions is not None:
            if not wanted.sessions <= sessions:
                raise _no_session()
            wanted = replace(wanted, sessions=wanted.sessions or sessions)
        return replace(self, wanted=wanted)

    def start_after(self, heads: dict[uuid.UUID, int]) -> dict[uuid.UUID, int]:
        """Where to begin in each covered workspace, of which `heads` says how far its log has come."""
        given = self.marks if self.since is None else dict.fromkeys(heads, self.since)
        for workspace_id, since in given.items():
            if since > heads.get(workspace_id, since):
                raise _bad(f"since: the log has only come to {heads[workspace_id]} so far.")
        return {workspace_id: given.get(workspace_id, head) for workspace_id, head in heads.items()}


def subscription(query: str | bytes, *, since: str = "", also: frozenset[str] = frozenset()) -> Subscription:
    """Read a query string; unknown parameters are refused, or a typing error would widen what arrives."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=2 * MOST_SESSIONS)
    except ValueError as error:
        raise _bad("The query has too many parts.") from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    if SECRETS & {name.lower() for name in values}:
        raise ApiError(
            "token_in_url",
            "Never put a token into an address, it ends up in logs: send the header `Authorization: Bearer <token>`.",
            http_status=401,
        )
    if unknown := values.keys() - {"session", "event", "since", "workspace", "ticket"} - also:
        raise _bad(f"There is no parameter {sorted(unknown)[0][:40]!r}; there are session, event, since, workspace.")
    return Subscription(
        wanted=Wanted(
            frozenset(_uuid("session", text) for text in values.get("session", [])),
            frozenset(kind for pattern in values.get("event", []) for kind in _types(pattern)),
        ),
        **_since(values.get("since", [since] if since else [])),
        workspace=_uuid("workspace", values["workspace"][-1]) if "workspace" in values else None,
    )


def workspaces_chosen(
    asked: Subscription, own: Iterable[uuid.UUID], session_workspaces: SessionWorkspaces
) -> list[uuid.UUID]:
    """The caller's workspaces that the subscription covers; refuses what is not the caller's."""
    chosen = list(own)
    if asked.workspace is not None:
        if asked.workspace not in chosen:
            raise ApiError("workspace_not_found", "You belong to no workspace with this id.", http_status=403)
        chosen = [asked.workspace]
    if asked.wanted.sessions:
        found = session_workspaces(asked.wanted.sessions, chosen)
        if len(found) < len(asked.wanted.sessions):
            raise _no_session()
        chosen = sorted(set(found.values()))
    if not chosen:
        raise ApiError("no_workspace", "Your account belongs to no workspace; ask an administrator.", http_status=403)
    if asked.since is not None and len(chosen) > 1:
        raise _bad(
            "since: each workspace counts its own events; choose one with `workspace`, "
            "or give `since=<workspace>:<sequence>` for each."
        )
    if foreign := asked.marks.keys() - set(chosen):
        raise _bad(f"since: the workspace {min(foreign)} is not among those that you listen to.")
    return chosen


def event_types(pattern: str) -> list[str]:
    """`message` is one type, `message.*` is all that begin so (and `message` itself), `*` is everything; or none."""
    prefix = pattern.removesuffix("*").removesuffix(".")
    if pattern == "*":
        return list(EventType.values)
    if pattern.endswith(".*"):
        return [kind for kind in EventType.values if kind == prefix or kind.startswith(f"{prefix}.")]
    return [kind for kind in EventType.values if kind == pattern]


def _types(pattern: str) -> list[str]:
    if found := event_types(pattern):
        return found
    raise _bad(f"event: no type is called so; there are {', '.join(EventType.values)}, and patterns like message.*.")


def _since(values: list[str]) -> dict[str, Any]:
    """Either one number, or `<workspace>:<number>` for each of several workspaces."""
    marks: dict[uuid.UUID, int] = {}
    for value in values:
        workspace, mark, number = value.rpartition(":")
        if not mark:
            return {"since": _number(value)}
        marks[_uuid("since", workspace)] = _number(number)
    return {"marks": marks}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LAST_SEQUENCE):
        raise _bad("since: give the `sequence` of the last event that you have, 0 for all.")
    return int(text)


def _uuid(name: str, text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise _bad(f"{name}: this is not an id; take it from the API.") from error


def _no_session() -> ApiError:
    return ApiError("session_not_found", "session: there is none with this id that you may see.", http_status=403)


def _bad(message: str) -> ApiError:
    return ApiError("invalid_filter", message)
