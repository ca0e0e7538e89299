"""Logins by token: begin, renew, end."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings

from whatsapp_api.accounts.access_changes import access_changed
from whatsapp_api.accounts.audit.models import ActorKind
from whatsapp_api.accounts.audit.record import Actor, Deed, audit
from whatsapp_api.accounts.models import Login, Membership, User
from whatsapp_api.accounts.security_events import Security, security_event
from whatsapp_api.core.db import retry_conflicts
from whatsapp_api.core.errors import ApiError

from .tokens import LOGIN, STAMP, RefreshToken, stamp_holds

# A client that renews twice at the same moment is no thief.
GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Pair:
    access: str
    refresh: str


@retry_conflicts
def login_begin(*, user: User, address: str, user_agent: str) -> Pair:
    """After the password, and the second factor, were right."""
    token = RefreshToken.for_user(user)
    now = timezone.now()
    login = Login.objects.create(
        user=user,
        jti=token["jti"],
        rotated_at=now,
        expires_at=now + api_settings.REFRESH_TOKEN_LIFETIME,
        address=address[:45],
        user_agent=user_agent[:200],
    )
    token[LOGIN] = str(login.pk)
    audit(
        Deed("login", target=f"login:{login.pk}"),
        actor=Actor(ActorKind.USER, str(user.pk), user.username, address, user_agent),
    )
    return Pair(str(token.access_token), str(token))


@retry_conflicts
def login_renew(*, refresh: str, address: str) -> Pair:
    """A new pair; the old refresh token is used up. Raises ApiError 401."""
    token = _token(refresh)
    login = Login.objects.filter(pk=token.get(LOGIN), revoked_at=None).first()
    user = User.objects.filter(pk=login.user_id).first() if login else None
    if login is None or user is None or not stamp_holds(user, token.get(STAMP)):
        raise token_not_valid()
    if not user.is_active:
        raise ApiError("no_active_account", "The account of this token is not active.", http_status=401)
    renewed = RefreshToken.for_user(user)
    renewed[LOGIN] = str(login.pk)
    if not _rotate(login, token["jti"], renewed):
        _replayed(login, user, address)
    return Pair(str(renewed.access_token), str(renewed))


def _rotate(login: Login, jti: str, renewed: RefreshToken) -> bool:
    """False when the token was used up before."""
    now = timezone.now()
    changes = {"jti": renewed["jti"], "previous_jti": jti, "rotated_at": now}
    changes["expires_at"] = now + api_settings.REFRESH_TOKEN_LIFETIME
    if Login.objects.filter(pk=login.pk, jti=jti, revoked_at=None).update(**changes):
        return True
    login.refresh_from_db()
    if login.previous_jti == jti and now - login.rotated_at < GRACE and login.revoked_at is None:
        renewed["jti"] = login.jti
        return True
    return False


def _replayed(login: Login, user: User, address: str) -> None:
    Login.objects.filter(pk=login.pk).update(revoked_at=timezone.now())
    text = "A refresh token was used twice; the login was ended."
    workspaces = Membership.objects.filter(user=user).values_list("workspace_id", flat=True)
    security_event(Security.TOKEN_REPLAYED, workspace_ids=workspaces, subject=user.username, address=address, text=text)
    raise token_not_valid()


@retry_conflicts
def login_end(*, refresh: str) -> None:
    """Log out: this login's refresh tokens renew nothing any more."""
    Login.objects.filter(pk=_token(refresh).get(LOGIN)).update(revoked_at=timezone.now())


@retry_conflicts
def logins_end(*, user: User) -> None:
    """Log out everywhere: every token and every cookie of the user is void at the next request."""
    User.objects.filter(pk=user.pk).update(token_generation=F("token_generation") + 1)
    Login.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    access_changed(user.pk)


def logins_prune() -> int:
    """Remove logins that nobody can renew any more."""
    return logins_due().delete()[0]


def logins_due() -> QuerySet[Login]:
    return Login.objects.filter(expires_at__lt=timezone.now())


def token_not_valid() -> ApiError:
    return ApiError(
        "token_not_valid", "The refresh token is used up, expired or revoked; log in again.", http_status=401
    )


def _token(text: str) -> RefreshToken:
    try:
        return RefreshToken(text)  # type: ignore[arg-type]
    except TokenError as error:
        raise token_not_valid() from error
