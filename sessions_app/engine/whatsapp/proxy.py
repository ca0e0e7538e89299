"""The session's own proxy in words that may be read by anybody."""

from urllib.parse import unquote, urlsplit


def proxy_name(url: str) -> str:
    """`scheme://host:port`, without credentials; empty without a proxy."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"


def scrub(text: str, url: str) -> str:
    """A text of the library without the proxy's credentials, however it wrote them."""
    parts = urlsplit(url)
    if not parts.username:
        return text
    for secret in (url, parts.netloc.rpartition("@")[0], parts.password or "", unquote(parts.password or "")):
        text = text.replace(secret, "***") if secret else text
    return text
