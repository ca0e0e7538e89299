"""Rate limits: told in headers, by key, user and session; without Redis the API goes on.

By the day: the end of an hour, when counting begins anew, falls into a test every now and then.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache, caches
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.keys.services import key_create
from whatsapp_api.accounts.limits import counting
from whatsapp_api.accounts.models import User
from whatsapp_api.core.cache import CounterCache, JSONSerializer

SESSIONS = "/api/v1/sessions"


@pytest.fixture(autouse=True)
def fresh_allowance() -> Iterator[None]:
    cache.clear()
    counting.outage.until = 0.0
    yield
    counting.outage.until = 0.0


def limits(settings: Any, **rates: str) -> None:
    settings.API_RATES = settings.API_RATES | rates


def test_headers_tell_what_is_left(owner: User, settings: Any) -> None:
    limits(settings, api="3/d")
    answers = [factories.client(owner).get(SESSIONS) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[0]["RateLimit-Limit"] == "3"
    assert 1 <= int(answers[3]["Retry-After"]) <= 86_400
    assert answers[3].json()["error"]["code"] == "rate_limited"


def test_callers_have_their_own_allowance(owner: User, people: dict[str, User], settings: Any) -> None:
    limits(settings, api="1/d")
    assert factories.client(owner).get(SESSIONS).status_code == 200
    assert factories.client(owner).get(SESSIONS).status_code == 429
    assert factories.client(people["viewer"]).get(SESSIONS).status_code == 200


def test_a_session_is_spared_by_all_callers_together(people: dict[str, User], session: Session, settings: Any) -> None:
    limits(settings, send="1/d")
    path, body = f"{SESSIONS}/{session.id}/messages", {"to": "+34600111222", "text": "Hello"}
    assert factories.client(people["owner"]).post(path, body, format="json").status_code == 202
    assert factories.client(people["operator"]).post(path, body, format="json").status_code == 429
    assert factories.client(people["operator"]).get(path).status_code == 200


def test_a_key_may_have_its_own_limits(owner: User, session: Session, settings: Any) -> None:
    limits(settings, api="1/d")
    key, text = key_create(
        authority=Authority(owner), workspace_id=session.workspace_id, name="x", scopes=["read"], rates={"api": "2/d"}
    )
    client = APIClient(HTTP_X_API_KEY=text)
    assert [client.get(SESSIONS).status_code for _ in range(3)] == [200, 200, 429]
    assert ApiKey.objects.get(pk=key.pk).rates == {"api": "2/d"}


def test_without_redis_the_api_goes_on_uncounted(owner: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limits(settings, api="1/d")
    nowhere = CounterCache("unix:///nowhere/redis.sock", {"OPTIONS": {"serializer": JSONSerializer}})
    monkeypatch.setattr(caches._connections, "default", nowhere)
    before = counting.outage.uncounted
    assert [factories.client(owner).get(SESSIONS).status_code for _ in range(3)] == [200, 200, 200]
    assert counting.outage.uncounted == before + 3


def test_the_cache_never_unpickles(db: None) -> None:
    cache.set("plain", {"a": [1, "b"]}, 10)
    assert cache.get("plain") == {"a": [1, "b"]}
    raw = caches["default"]._cache.get_client().get(cache.make_key("plain"))
    assert raw == b'{"a": [1, "b"]}'
