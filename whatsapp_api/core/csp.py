"""Content-Security-Policy by kind of page; docs/adr/0009-access.md says why each part is as strict as it is.

No policy allows inline scripts, so a payload that got past escaping does not run.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Policy = dict[str, str]

NOTHING: Policy = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
PAGES: Policy = NOTHING | {
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "script-src": "'self'",
    "style-src": "'self'",
}
# unfold runs Alpine, whose attributes are compiled at run time, and writes its colours into a <style> element.
DASHBOARD: Policy = PAGES | {"script-src": "'self' 'unsafe-eval'", "style-src": "'self' 'unsafe-inline'"}
# Swagger UI and Redoc set styles from scripts; Redoc searches in a worker made from a blob.
DOCUMENTS: Policy = PAGES | {"style-src": "'self' 'unsafe-inline'", "worker-src": "blob:"}

BY_PREFIX: tuple[tuple[str, Policy], ...] = (
    ("/admin/", DASHBOARD),
    ("/api/docs/", DOCUMENTS),
    ("/api/redoc/", DOCUMENTS),
    ("/api/", NOTHING),
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def policy_of(path: str) -> str:
    """The header's value for an address; the strictest one where nothing is known."""
    policy = next((policy for prefix, policy in BY_PREFIX if path.startswith(prefix)), NOTHING)
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


class ContentSecurityPolicy:
    """Sets the headers unless a view, such as one that serves a file, has set stricter ones."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", policy_of(request.path))
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith(("/admin/", "/api/v1/")):
            response.setdefault("Cache-Control", "no-store")  # what only its reader may see stays nowhere else
        return response
