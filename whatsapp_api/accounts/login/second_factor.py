"""Time-based one-time codes (RFC 6238) by pyotp; the secret is sealed at rest, a code counts once."""

import hashlib
import hmac
import secrets
import time

import pyotp

from whatsapp_api.accounts.models import User
from whatsapp_api.core.crypto import seal_text, unseal_text
from whatsapp_api.core.db import retry_conflicts
from whatsapp_api.core.errors import ApiError

STEP = 30  # seconds
ISSUER = "WhatsApp API"
RECOVERY_CODES = 10


def secret_new() -> str:
    """Base32, for an authenticator app."""
    return pyotp.random_base32()


def secret_address(user: User, secret: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=ISSUER)


@retry_conflicts
def second_factor_enable(*, user: User, secret: str, code: str) -> list[str]:
    """Recovery codes, shown once; raises unless the code proves that the app has the secret."""
    step = _step_of(secret, code, after=0)
    if step is None:
        raise ApiError("wrong_code", "This code is not the one that the app shows now; try the next one.")
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    User.objects.filter(pk=user.pk).update(
        otp_secret=seal_text(secret, context=user.otp_context),
        otp_last_step=step,
        otp_recovery=[_digest(text) for text in codes],
    )
    user.refresh_from_db()
    return codes


@retry_conflicts
def second_factor_disable(*, user: User) -> None:
    """The password alone is enough again."""
    User.objects.filter(pk=user.pk).update(otp_secret="", otp_last_step=0, otp_recovery=[])
    user.refresh_from_db()


@retry_conflicts
def code_accept(*, user: User, code: str) -> bool:
    """Is this code of the app, or recovery code, right and not used before? It is used up then."""
    text = "".join(code.split()).lower()
    secret = unseal_text(user.otp_secret, context=user.otp_context)
    step = _step_of(secret, text, after=user.otp_last_step)
    if step is not None:
        return bool(User.objects.filter(pk=user.pk, otp_last_step__lt=step).update(otp_last_step=step))
    left = [known for known in user.otp_recovery if not hmac.compare_digest(known, _digest(text))]
    if len(left) == len(user.otp_recovery):
        return False
    rows = User.objects.filter(pk=user.pk, otp_last_step=user.otp_last_step)
    return bool(rows.update(otp_recovery=left, otp_last_step=user.otp_last_step + 1))


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The time step that the code belongs to: this one or a neighbour, newer than the last one that was used."""
    now = int(time.time()) // STEP
    for step in (now, now - 1, now + 1):
        if step > after and hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP), code):
            return step
    return None


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
