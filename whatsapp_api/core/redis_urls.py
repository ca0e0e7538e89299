"""REDIS_URL in the spelling of each library that uses it."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class RedisUrls:
    """The same server as each library wants it written."""

    plain: str
    celery: str


def redis_urls(url: str) -> RedisUrls:
    """Derive each library's form of REDIS_URL (`redis://`, `rediss://` or `unix:///path?db=0`)."""
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"}:
        plain = url if parts.path.strip("/") else urlunsplit(parts._replace(path="/0"))
        return RedisUrls(plain=plain, celery=plain)
    if parts.scheme == "unix":
        database = parse_qs(parts.query).get("db", ["0"])[0]
        plain = f"unix://{parts.path}?db={database}"
        return RedisUrls(plain=plain, celery=f"redis+socket://{parts.path}?virtual_host={database}")
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://")
