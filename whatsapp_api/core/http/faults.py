"""What can go wrong with a request to somebody else's server, in words for whoever gave us the address."""


class HttpFault(Exception):
    """`code` is for programs and stable, `message` for people; `permanent`: asking again will not help."""

    def __init__(self, code: str, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.permanent = permanent


class UrlRefused(HttpFault):
    """We do not ask this address: `url_invalid`, `url_forbidden`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, permanent=True)


def forbidden(host: str) -> UrlRefused:
    # Not to which address: a caller must not learn what our resolver knows.
    return UrlRefused(
        "url_forbidden",
        f"The address {host} is not on the public internet. The operator can allow it in OUTGOING_PRIVATE_ALLOWED.",
    )


def unresolvable(host: str) -> HttpFault:
    return HttpFault("url_unresolvable", f"The name {host} is not known to DNS, or DNS did not answer.")


def unreachable(why: str) -> HttpFault:
    return HttpFault("url_unreachable", f"The server could not be reached: {why}.")


def timed_out(seconds: float) -> HttpFault:
    return HttpFault("url_timeout", f"The server took longer than the {seconds:g} seconds it had for everything.")


def too_large(size: int) -> HttpFault:
    return HttpFault("url_too_large", f"The server's answer is longer than the {size} bytes allowed.", permanent=True)


def too_many_redirects(limit: int) -> HttpFault:
    sentence = f"The server redirected more than {limit} times; give the final address."
    return HttpFault("url_too_many_redirects", sentence, permanent=True)


def bad_answer(why: str) -> HttpFault:
    return HttpFault("url_bad_answer", f"The server's answer cannot be used: {why}.")
