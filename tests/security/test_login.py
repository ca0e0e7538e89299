"""Passwords, tokens and second factors under attack."""

from datetime import timedelta
from typing import Any

import jwt
import pyotp
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from tests import factories
from whatsapp_api.accounts.limits import counting
from whatsapp_api.accounts.login import lockout, services
from whatsapp_api.accounts.login.second_factor import code_accept, second_factor_enable, secret_new
from whatsapp_api.accounts.login.tokens import AccessToken, RefreshToken, signing_key
from whatsapp_api.accounts.models import Login, User
from whatsapp_api.events.models import Event

AUTH, SESSIONS = "/api/v1/auth", "/api/v1/sessions"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()
    counting.local.clear()
    counting.outage.until = 0.0


def post(path: str, body: Any, client: APIClient | None = None, **extra: Any) -> Any:
    return (client or APIClient()).post(f"{AUTH}/{path}", body, format="json", **extra)


def pair(user: User, **more: str) -> dict[str, str]:
    answer = post("token", {"username": user.username, "password": factories.PASSWORD, **more})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def get(access: str) -> Any:
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {access}").get(SESSIONS)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# ---- tampering ----
def forged(user: User, **change: Any) -> dict[str, Any]:
    return dict(AccessToken.for_user(user).payload) | change


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("none", ""),
        ("HS256", "guess"),
        ("HS512", None),
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_signed_otherwise_opens_nothing(owner: User, algorithm: str, key: str | None) -> None:
    secret = signing_key(django_settings.SECRET_KEY) if key is None else key
    assert code(get(jwt.encode(forged(owner), secret, algorithm=algorithm))) == (401, "token_not_valid")


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_the_key_of_cookies_signs_no_tokens(owner: User) -> None:
    assert get(jwt.encode(forged(owner), django_settings.SECRET_KEY, algorithm="HS256")).status_code == 401


def test_a_changed_claim_breaks_the_signature(owner: User, people: dict[str, User]) -> None:
    head, _, signature = str(AccessToken.for_user(people["viewer"])).split(".")
    body = str(AccessToken.for_user(owner)).split(".")[1]
    assert get(f"{head}.{body}.{signature}").status_code == 401


def test_expired_ones_and_refresh_tokens_open_nothing(owner: User) -> None:
    expired = AccessToken.for_user(owner)
    expired.set_exp(lifetime=-timedelta(seconds=1))
    assert get(str(expired)).status_code == 401
    assert get(str(RefreshToken.for_user(owner))).status_code == 401
    assert code(post("token/refresh", {"refresh": str(RefreshToken.for_user(owner))})) == (401, "token_not_valid")


# ---- refreshing ----
def test_a_refresh_token_is_good_for_one_renewal(owner: User, workspace: Any) -> None:
    first = pair(owner)
    second = post("token/refresh", {"refresh": first["refresh"]}).json()
    Login.objects.update(rotated_at="2001-01-01T00:00:00Z")

    assert code(post("token/refresh", {"refresh": first["refresh"]})) == (401, "token_not_valid")
    assert code(post("token/refresh", {"refresh": second["refresh"]})) == (401, "token_not_valid")
    assert Event.objects.filter(type="security.token_replayed", workspace=workspace).count() == 1


def test_renewing_twice_at_once_is_forgiven(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "GRACE", timedelta(minutes=5))
    first = pair(owner)
    answers = [post("token/refresh", {"refresh": first["refresh"]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert post("token/refresh", {"refresh": answers[1].json()["refresh"]}).status_code == 200


def test_logging_out_ends_the_login(owner: User) -> None:
    tokens, other = pair(owner), pair(owner)
    assert post("logout", {"refresh": tokens["refresh"]}).status_code == 204
    assert code(post("token/refresh", {"refresh": tokens["refresh"]})) == (401, "token_not_valid")
    assert post("token/refresh", {"refresh": other["refresh"]}).status_code == 200


def ends_everything(user: User, do: Any) -> None:
    """`do` with a token must void all tokens and cookies, at once."""
    tokens, elsewhere = pair(user), Client()
    user.is_staff = True
    user.save()
    elsewhere.force_login(user)
    assert elsewhere.get("/admin/").status_code == 200
    assert do(APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")).status_code == 204
    assert code(get(tokens["access"])) == (401, "token_revoked")
    assert post("token/refresh", {"refresh": tokens["refresh"]}).status_code == 401
    assert post("token/verify", {"token": tokens["access"]}).status_code == 401
    assert elsewhere.get("/admin/").status_code == 302


def test_logging_out_everywhere_ends_tokens_and_cookies(owner: User) -> None:
    ends_everything(owner, lambda client: client.post(f"{AUTH}/logout-everywhere"))


def test_a_new_password_ends_tokens_and_cookies(owner: User) -> None:
    body = {"current": factories.PASSWORD, "new": "another horse battery staple"}
    ends_everything(owner, lambda client: client.post(f"{AUTH}/password", body, format="json"))
    assert post("token", {"username": owner.username, "password": body["new"]}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"current": "wrong", "new": "another horse battery staple"}, "current"),
        ({"current": factories.PASSWORD, "new": "12345678"}, "new"),
        ({"current": factories.PASSWORD, "new": "the-owner"}, "new"),
    ],
)
def test_a_bad_new_password_is_refused(owner: User, body: dict[str, str], field: str) -> None:
    answer = factories.client(owner).post(f"{AUTH}/password", body, format="json")
    assert field in answer.json()["error"]["fields"]


def test_passwords_are_argon2(owner: User) -> None:
    assert owner.password.startswith("argon2$argon2id$")


# ---- rotating the key ----
def test_the_signing_key_can_be_replaced_under_load(owner: User, settings: Any) -> None:
    tokens, old = pair(owner), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [old]
    assert get(tokens["access"]).status_code == 200
    renewed = post("token/refresh", {"refresh": tokens["refresh"]}).json()

    settings.SECRET_KEY_FALLBACKS = []
    assert get(tokens["access"]).status_code == 401
    assert get(renewed["access"]).status_code == 200


# ---- guessing ----
def guess(user: User, times: int, **extra: Any) -> list[int]:
    body = {"username": user.username, "password": "wrong"}
    return [post("token", body, **extra).status_code for _ in range(times)]


def test_wrong_passwords_close_the_account_to_their_address(owner: User, workspace: Any, settings: Any) -> None:
    settings.LOGIN_LOCK_AFTER = 3
    right = {"username": owner.username, "password": factories.PASSWORD}
    guess(owner, 3)
    assert code(post("token", right)) == (401, "no_active_account")
    assert post("token", right, REMOTE_ADDR="203.0.113.9").status_code == 200
    kinds = set(Event.objects.filter(workspace=workspace).values_list("type", flat=True))
    assert kinds == {"security.login_failed", "security.login_locked"}


def test_many_addresses_close_it_to_everybody(owner: User, settings: Any) -> None:
    settings.LOGIN_LOCK_AFTER, settings.TOKEN_RATES = 2, settings.TOKEN_RATES | {"token": "1000/s"}
    for number in range(20):
        guess(owner, 1, REMOTE_ADDR=f"203.0.113.{number}")
    right = {"username": owner.username, "password": factories.PASSWORD}
    assert post("token", right, REMOTE_ADDR="198.51.100.1").status_code == 401


def test_a_right_password_forgives(owner: User, settings: Any) -> None:
    settings.LOGIN_LOCK_AFTER = 3
    for _ in range(3):
        guess(owner, 2)
        pair(owner)


def test_without_redis_the_lock_holds_in_the_process(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    from redis.exceptions import ConnectionError as Away

    settings.LOGIN_LOCK_AFTER = 2
    lockout._local.clear()
    for name in ("get", "add", "incr"):
        monkeypatch.setattr(cache, name, lambda *_, **__: (_ for _ in ()).throw(Away()), raising=False)
    assert [lockout.note_failure("eve", "1.1.1.1") for _ in range(2)] == [False, True]
    assert lockout.is_locked("eve", "1.1.1.1")


# ---- second factor ----
@pytest.fixture
def guarded(owner: User) -> pyotp.TOTP:
    """The owner's authenticator app."""
    app = pyotp.TOTP(secret_new())
    second_factor_enable(user=owner, secret=app.secret, code=app.now())
    # So that the test may use this very code: one of the step before would be too old if a step ended right here.
    owner.is_staff, owner.otp_last_step = True, 0
    owner.save()
    return app


def test_the_secret_is_sealed_at_rest(owner: User, guarded: pyotp.TOTP) -> None:
    assert guarded.secret not in str(User.objects.filter(pk=owner.pk).values().get())
    assert User.objects.get(pk=owner.pk).otp_secret.startswith("k1:")


def test_tokens_need_the_code_too(owner: User, guarded: pyotp.TOTP) -> None:
    login = {"username": owner.username, "password": factories.PASSWORD}
    assert code(post("token", login)) == (401, "second_factor_required")
    assert code(post("token", login | {"code": "000000"})) == (401, "no_active_account")
    now = guarded.now()
    assert post("token", login | {"code": now}).status_code == 200
    assert code(post("token", login | {"code": now})) == (401, "no_active_account"), "a code counts once"


def test_a_recovery_code_counts_once(owner: User) -> None:
    app = pyotp.TOTP(secret_new())
    codes = second_factor_enable(user=owner, secret=app.secret, code=app.now())
    assert len(set(codes)) == 10
    assert code_accept(user=User.objects.get(pk=owner.pk), code=codes[0])
    assert not code_accept(user=User.objects.get(pk=owner.pk), code=codes[0])


def test_the_password_alone_opens_no_page_and_no_api(owner: User, guarded: pyotp.TOTP) -> None:
    client = Client()
    assert client.login(username=owner.username, password=factories.PASSWORD)
    answer = client.get("/admin/sessions_app/session/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/second-factor/")
    assert client.get(SESSIONS).status_code == 401

    assert client.post("/admin/second-factor/", {"code": "000000"}).status_code == 200
    assert client.post("/admin/second-factor/", {"code": guarded.now()}).status_code == 302
    assert client.get("/admin/sessions_app/session/").status_code == 200
    assert client.get(SESSIONS).status_code == 200


def test_it_is_set_up_in_the_dashboard(owner: User, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"
    owner.is_staff = True
    owner.save()
    client = Client()
    client.force_login(owner)
    assert client.get("/admin/")["Location"] == "/admin/second-factor/setup/"
    page = client.get("/admin/second-factor/setup/").content.decode()
    app = pyotp.TOTP(client.session["second_factor_pending"])
    assert app.secret in page
    assert "not the one" in client.post("/admin/second-factor/setup/", {"code": "000000"}).content.decode()
    done = client.post("/admin/second-factor/setup/", {"code": app.now()}).content.decode()
    assert "recovery codes" in done
    assert client.get("/admin/").status_code == 200
