"""Get, renew and check tokens, not too often.

Rates are by the day here: the end of an hour, when counting begins anew, falls into a test every now and then.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from rest_framework.test import APIClient

from tests import factories
from whatsapp_api.accounts.limits import counting
from whatsapp_api.accounts.login.services import login_begin
from whatsapp_api.accounts.login.tokens import AccessToken, RefreshToken
from whatsapp_api.accounts.models import User

AUTH = "/api/v1/auth"
LOGIN = {"username": "alice", "password": factories.PASSWORD}


@pytest.fixture(autouse=True)
def fresh_allowance() -> Iterator[None]:
    cache.clear()
    counting.local.clear()
    counting.outage.until = 0.0
    yield
    counting.outage.until = 0.0


@pytest.fixture
def anyone() -> APIClient:
    return APIClient()


def post(client: APIClient, path: str, body: Any) -> Any:
    return client.post(f"{AUTH}/{path}", body, format="json")


def test_a_password_gives_tokens_that_open_the_api(anyone: APIClient, alice: User) -> None:
    tokens = post(anyone, "token", LOGIN).json()

    assert set(tokens) == {"access", "refresh"}
    anyone.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    assert anyone.get("/api/v1/sessions").status_code == 200
    renewed = post(anyone, "token/refresh", {"refresh": tokens["refresh"]}).json()["access"]
    assert post(anyone, "token/verify", {"token": renewed}).status_code == 200


def test_wrong_passwords_and_strangers_look_alike(anyone: APIClient, alice: User) -> None:
    for login in (LOGIN | {"password": "wrong"}, LOGIN | {"username": "mallory"}):
        answer = post(anyone, "token", login)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_active_account")
        assert "WWW-Authenticate" in answer


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("token", {}),
        ("token", {"username": "alice"}),
        ("token", {"username": ["alice"], "password": {}}),
        ("token", {"username": "alice\x00", "password": "x"}),
        ("token", {"username": None, "password": None}),
        ("token/refresh", {}),
        ("token/verify", {"token": ["x"]}),
    ],
)
def test_it_names_the_fields_that_are_wrong(anyone: APIClient, db: None, path: str, body: Any) -> None:
    answer = post(anyone, path, body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
    assert answer.json()["error"]["fields"]


def test_it_refuses_tokens_of_the_wrong_kind(anyone: APIClient, alice: User) -> None:
    refresh, access = RefreshToken.for_user(alice), AccessToken.for_user(alice)
    expired = RefreshToken.for_user(alice)
    expired.set_exp(lifetime=-timedelta(seconds=1))
    for path, body in (
        ("token/refresh", {"refresh": str(access)}),
        ("token/refresh", {"refresh": str(expired)}),
        ("token/refresh", {"refresh": "nonsense"}),
        ("token/verify", {"token": "a.b.c"}),
    ):
        answer = post(anyone, path, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_not_valid")
    anyone.credentials(HTTP_AUTHORIZATION=f"Bearer {refresh}")
    assert anyone.get("/api/v1/sessions").json()["error"]["code"] == "token_not_valid"


def test_tokens_die_with_their_account(anyone: APIClient, alice: User) -> None:
    refresh, access = login_begin(user=alice, address="", user_agent="").refresh, AccessToken.for_user(alice)
    anyone.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")

    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert post(APIClient(), "token/refresh", {"refresh": str(refresh)}).status_code == 401
    assert anyone.get("/api/v1/sessions").json()["error"]["code"] == "user_inactive"

    alice.delete()
    assert post(APIClient(), "token/refresh", {"refresh": str(refresh)}).json()["error"]["code"] == "token_not_valid"
    assert anyone.get("/api/v1/sessions").json()["error"]["code"] == "user_not_found"


def test_no_token_gets_a_sentence(anyone: APIClient) -> None:
    answer = anyone.get("/api/v1/sessions")

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")
    assert "/api/v1/auth/token" in answer.json()["error"]["message"]
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_guessing_is_slow(anyone: APIClient, alice: User, settings: Any) -> None:
    settings.TOKEN_RATES = settings.TOKEN_RATES | {"token": "3/d"}

    statuses = [post(anyone, "token", LOGIN | {"password": "wrong"}).status_code for _ in range(4)]

    assert statuses == [401, 401, 401, 429]
    refused = post(anyone, "token", LOGIN)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
    assert 1 <= int(refused["Retry-After"]) <= 86_400
    elsewhere = APIClient(REMOTE_ADDR="192.0.2.7")
    assert post(elsewhere, "token", LOGIN).status_code == 200


def test_without_redis_people_log_in_and_guessing_stays_slow(
    anyone: APIClient, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOKEN_RATES = settings.TOKEN_RATES | {"token": "2/d"}
    monkeypatch.setattr(caches._connections, "default", RedisCache("unix:///nowhere/redis.sock", {}))  # type: ignore[attr-defined]

    assert [post(anyone, "token", LOGIN).status_code for _ in range(3)] == [200, 200, 429]
