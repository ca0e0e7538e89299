"""Takes secrets out of log lines, whoever wrote them: the last line of defence behind not logging them at all."""

import logging
import re

MASK = "[removed]"
PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"wak_([0-9a-z]{12})_[A-Za-z0-9_-]{20,}", r"wak_\1_" + MASK),  # the prefix finds the key
        (r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}", MASK),  # JSON Web Tokens
        (r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", r"\1 " + MASK),
        (r"(?<=://)[^/\s:@'\"]+:[^/\s@'\"]+(?=@)", MASK),  # user:password@ in addresses
        (r"\b2@[A-Za-z0-9+/=_-]{20,}(?:,[A-Za-z0-9+/=_-]+){2,}", MASK),  # the payload of a pairing QR code
        (r"\bwhsec_[A-Za-z0-9+/=_-]{8,}", "whsec_" + MASK),  # secrets of webhooks
        (r"\bk1:[0-9a-f]{8}:[A-Za-z0-9+/=]{20,}", "k1:" + MASK),  # sealed values
        (
            r"([\"']?\b(?:password|passwd|secret|token|access|refresh|api[_-]?key|authorization|cookie|sessionid|"
            r"pairing_code|master_key|secret_key)[\"']?\s*[=:]\s*[\"']?)(?!\[removed\])[^\s\"',;&}]{4,}",
            r"\1" + MASK,
        ),
        (r"([?&](?:ticket|signature|sig)=)[^\s&\"']+", r"\1" + MASK),
    )
)


def scrubbed(text: str) -> str:
    """The same text without what looks like a secret."""
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class ScrubbingFormatter(logging.Formatter):
    """Scrubs the finished line, so that arguments and tracebacks are covered as well."""

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))
