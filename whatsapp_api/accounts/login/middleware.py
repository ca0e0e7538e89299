"""Who logged in to the dashboard with a password has the second factor still to show."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from whatsapp_api.accounts.models import User

SHOWN = "second_factor"  # in the session


class SecondFactorMiddleware:
    """After AuthenticationMiddleware. Until the code was shown, the cookie opens the page that asks for it, only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            page = page_owed(request)
            if page and not request.path.startswith("/admin/"):
                request.user = AnonymousUser()
            elif page and request.path not in {reverse(page), reverse("admin:logout")}:
                return HttpResponseRedirect(reverse(page))
        return self.get_response(request)


def page_owed(request: HttpRequest) -> str:
    """The page that this login must pass first, if any."""
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return ""
    if user.has_second_factor:
        return "" if request.session.get(SHOWN) == str(user.pk) else "admin:second-factor"
    must = settings.SECOND_FACTOR == "required" and user.is_staff
    return "admin:second-factor-setup" if must else ""
