"""Secrets in log lines, whoever wrote them."""

import io
import logging

import pytest

from whatsapp_api.core.scrub import ScrubbingFormatter, scrubbed

# As secret_make() makes them; fixed, because every process of a run must find the same tests.
KEY = "wak_0123456789ab_" + "Zx9" * 14 + "q"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiMDE5In0.c2lnbmF0dXJlLWhlcmU"
QR = "2@Abcdefghijklmnopqrstuvwx1234567890+/=,AbCdEfGh1234=,IjKlMnOp5678=,QrStUv=="


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"key {KEY} was used", KEY[17:]),
        (f"Authorization: Bearer {TOKEN}", TOKEN),
        (f"token {TOKEN} refused", TOKEN),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ("GET /ws/events?ticket=WzEsMl0:1abc:sig", "WzEsMl0"),
        ("GET /media/1/content?expires=5&signature=deadbeef00", "deadbeef00"),
        ("connecting to redis://user:hunter22@10.0.0.1:6379/0", "hunter22"),
        ("mongodb+srv://app:pa55word@cluster0.example.net/db", "pa55word"),
        ('{"password": "hunter22", "name": "x"}', "hunter22"),
        ("password=hunter22 name=x", "hunter22"),
        ("{'refresh': 'abcdefgh'}", "abcdefgh"),
        ("X-Api-Key: abcdefgh12345", "abcdefgh12345"),
        ("Cookie: sessionid=abcdefgh12345", "abcdefgh12345"),
        (f"scan {QR} now", "AbCdEfGh1234"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqr"),
        ("sealed k1:0f3a9c21:AAECAwQFBgcICQoLDA0ODxAREhM=", "AAECAwQFBgcI"),
        ("SECRET_KEY=0123456789abcdef", "0123456789abcdef"),
    ],
)
def test_a_secret_is_removed(line: str, secret: str) -> None:
    assert secret in line
    assert secret not in scrubbed(line)
    assert "[removed]" in scrubbed(line)


@pytest.mark.parametrize(
    "line",
    [
        "Session 019ab3c0-7a10-7c1e-9d1f-0a1b2c3d4e5f is CONNECTED",
        "Redis does not answer at redis://10.0.0.1:6379/0",
        "The token is malformed, expired or of the wrong type",
        "POST /api/v1/auth/token 401 in 12 ms",
        'audit {"chain": "019ab3c0", "number": 5, "digest": "0f3a9c21b7de"}',
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert scrubbed(line) == line


def test_arguments_and_tracebacks_are_covered() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ScrubbingFormatter("%(message)s"))
    logger = logging.getLogger("test of the scrubber")
    logger.addHandler(handler)
    try:
        raise ValueError(f"bad key {KEY}")
    except ValueError:
        logger.exception("While reading %s", {"password": "hunter22"})
    assert KEY[17:] not in out.getvalue()
    assert "hunter22" not in out.getvalue()
