"""What any request may be answered with, written into every operation of the OpenAPI document that it can meet.

Views name the refusals of their own (`refusals`); these come from below them: the server, the middleware, the
permission check, the parsers, and the exceptions that `errors.handle` understands.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Operation = dict[str, Any]
METHODS = {"get", "post", "put", "patch", "delete"}
CODE = re.compile(r"`([a-z_]+)`")
ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}


@dataclass(frozen=True, slots=True)
class Common:
    """`meets`: can this operation, at that address and by that method, be answered so?"""

    status: int
    name: str
    codes: tuple[str, ...]
    meets: Callable[[str, str, Operation], bool] = lambda path, method, operation: True


def _has_body(path: str, method: str, operation: Operation) -> bool:
    return "requestBody" in operation


def _asks_who(path: str, method: str, operation: Operation) -> bool:
    """An empty alternative means that nobody need be known; who gives a token all the same must give a right one."""
    return any(operation.get("security", []))


def _needs_scope(path: str, method: str, operation: Operation) -> bool:
    return "x-scope" in operation


def _names_something(path: str, method: str, operation: Operation) -> bool:
    return "{" in path


def _changes_something(path: str, method: str, operation: Operation) -> bool:
    return method != "get"


RIGHTS = ("permission_denied", "role_too_low", "scope_missing", "key_bound", "address_not_allowed")
COMMON = (
    Common(400, "BadRequest", ("validation_error", "invalid_request", "invalid_filter")),
    Common(400, "BadBody", ("validation_error", "invalid_json", "invalid_request"), _has_body),
    Common(401, "NotAuthenticated", ("not_authenticated", "token_not_valid", "key_not_valid"), _asks_who),
    Common(403, "AddressNotAllowed", ("permission_denied", "address_not_allowed")),
    Common(403, "NotAllowed", RIGHTS, _needs_scope),
    Common(404, "NotFound", ("not_found",), _names_something),
    Common(406, "NotAcceptable", ("not_acceptable",)),
    Common(408, "BodyTooSlow", ("body_too_slow",), _has_body),
    Common(409, "ChangedMeanwhile", ("changed_meanwhile",), _changes_something),
    Common(413, "BodyTooLarge", ("body_too_large",), _has_body),
    Common(415, "UnsupportedMediaType", ("unsupported_media_type",), _has_body),
    Common(429, "TooMany", ("rate_limited",)),
    Common(431, "HeadersTooLarge", ("headers_too_large",)),
    Common(500, "OurDefect", ("internal_error",)),
    Common(503, "Away", ("database_unavailable", "redis_unavailable", "secret_sealed")),
    Common(507, "StorageFull", ("storage_full",), _changes_something),
)


def describe_common(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A postprocessing hook: each common refusal once among the components, and where it can be met."""
    responses = result["components"].setdefault("responses", {})
    for common in COMMON:
        responses[common.name] = {"description": _words(common.codes), "content": ERROR}
    for path, methods in result["paths"].items():
        for method in METHODS & set(methods):
            _complete(path, method, methods[method])
    return result


def _complete(path: str, method: str, operation: Operation) -> None:
    """The last that is met counts, where two have one status; an operation's own codes are kept."""
    answers = operation["responses"]
    met = {str(each.status): each for each in COMMON if each.meets(path, method, operation)}
    for status, common in met.items():
        own = answers.get(status)
        if own is None:
            answers[status] = {"$ref": f"#/components/responses/{common.name}"}
        elif own.get("description", "").startswith("Code: "):
            codes = dict.fromkeys([*CODE.findall(own["description"]), *common.codes])
            own["description"] = _words(tuple(codes))
    operation["responses"] = dict(sorted(answers.items()))


def _words(codes: tuple[str, ...]) -> str:
    return "Code: " + ", ".join(f"`{code}`" for code in codes) + "."
