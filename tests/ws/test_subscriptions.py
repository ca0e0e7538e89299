"""The query string of a subscription."""

import pytest

from whatsapp_api.core.errors import ApiError
from whatsapp_api.events.models import EventType
from whatsapp_api.events.subscriptions import subscription


@pytest.mark.parametrize(
    ("pattern", "types"),
    [
        ("message", {"message"}),
        ("message.*", {kind for kind in EventType.values if f"{kind}.".startswith("message.")}),
        ("session.*", {kind for kind in EventType.values if kind.startswith("session.")}),
        ("*", set(EventType.values)),
    ],
)
def test_patterns_stand_for_types(pattern: str, types: set[str]) -> None:
    assert subscription(f"event={pattern}").wanted.types == types


@pytest.mark.parametrize(
    "query",
    [
        "?session=nonsense",
        "?session=",
        "?event=nonsense",
        "?event=message.nonsense",
        "?event=",
        "?since=abc",
        "?since=-1",
        "?since=99999999999999999999999",
        "?since=9223372036854775808",
        "?workspace=1",
        "?sesion=typing-error",
        "?session=%00",
        "?" + "&".join(["event=*"] * 3000),
    ],
    ids=lambda query: query[:30],
)
def test_it_refuses_filters_that_mean_nothing(query: str) -> None:
    with pytest.raises(ApiError) as refusal:
        subscription(query.lstrip("?"))
    assert (refusal.value.code, refusal.value.http_status) == ("invalid_filter", 400)
