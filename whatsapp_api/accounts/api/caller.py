"""Who makes a request to a plain Django view, which must answer when DRF's machinery (limits, permissions) cannot."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.views import APIView

from whatsapp_api.accounts.models import User


def caller_of(request: HttpRequest) -> User | AnonymousUser:
    """By token, API key or cookie, as everywhere in the API; nobody, when what was sent is not valid."""
    try:
        user: User | AnonymousUser = APIView().initialize_request(request).user
    except APIException:
        return AnonymousUser()
    return user
