"""Pages of the second factor: asking for the code after the password, setting it up, turning it off."""

from typing import Any

import segno
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from whatsapp_api.accounts.login.backend import address_of, attempt_failed
from whatsapp_api.accounts.login.lockout import forgive, is_locked
from whatsapp_api.accounts.login.middleware import SHOWN
from whatsapp_api.accounts.login.second_factor import (
    code_accept,
    second_factor_disable,
    second_factor_enable,
    secret_address,
    secret_new,
)
from whatsapp_api.accounts.models import User
from whatsapp_api.core.errors import ApiError

PENDING = "second_factor_pending"  # the secret that is being set up, in the session
WRONG = "This code is wrong or was used before; try the next one."


def ask(request: HttpRequest) -> HttpResponse:
    """The code, once for each login."""
    user = _user(request)
    if not user.has_second_factor or request.session.get(SHOWN) == str(user.pk):
        return HttpResponseRedirect(reverse("admin:index"))
    error = ""
    if request.method == "POST":
        if _code_right(request, user):
            request.session.cycle_key()
            request.session[SHOWN] = str(user.pk)
            return HttpResponseRedirect(reverse("admin:index"))
        error = WRONG
    return _page(request, "Second factor", mode="ask", error=error)


def setup(request: HttpRequest) -> HttpResponse:
    """A QR code for the authenticator app; recovery codes when the app's code proves that it worked."""
    user = _user(request)
    if user.has_second_factor:
        return _existing(request, user)
    secret = request.session.setdefault(PENDING, secret_new())
    error = ""
    if request.method == "POST":
        try:
            codes = second_factor_enable(user=user, secret=secret, code=_code(request))
        except ApiError as refused:
            error = refused.message
        else:
            del request.session[PENDING]
            request.session[SHOWN] = str(user.pk)
            return _page(request, "Second factor", mode="codes", codes=codes)
    picture = segno.make(secret_address(user, secret), micro=False).svg_inline(scale=5, svgclass="wa-qr", omitsize=True)
    return _page(request, "Second factor", mode="setup", secret=secret, picture=picture, error=error)


def _existing(request: HttpRequest, user: User) -> HttpResponse:
    """Turning it off needs a code: a browser left open is not enough."""
    error = ""
    if request.method == "POST":
        if _code_right(request, user):
            second_factor_disable(user=user)
            messages.success(request, "The second factor is off.")
            return HttpResponseRedirect(reverse("admin:index"))
        error = WRONG
    return _page(request, "Second factor", mode="on", error=error)


def _code_right(request: HttpRequest, user: User) -> bool:
    """Guessing codes is as slow as guessing passwords, and told of alike."""
    name, address = user.get_username(), address_of(request)
    if is_locked(name, address):
        return False
    if code_accept(user=user, code=_code(request)):
        forgive(name, address)
        return True
    attempt_failed(name, address)
    return False


def _code(request: HttpRequest) -> str:
    return "".join(request.POST.get("code", "")[:40].split())


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # admin_view let it in
    return request.user


def _page(request: HttpRequest, title: str, **context: Any) -> HttpResponse:
    chrome = admin.site.each_context(request) | {"title": title}
    answer = TemplateResponse(request, "dashboard/second_factor.html", chrome | context)
    answer["Cache-Control"] = "no-store"
    return answer
