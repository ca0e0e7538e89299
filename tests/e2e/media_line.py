"""A session and a friend, for tests that send files."""

from typing import Any

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api
from tests.e2e.platform import Platform

OWN, FRIEND = "34600700001", "34600700002"
Json = dict[str, Any]
Line = tuple[Api, str, Phone]
"""A program, its session, and the friend's phone."""


def media_line(platform: Platform) -> Line:
    """Made once for the platform that the tests share: these numbers can be taken only once."""
    sandbox = SandboxClient(platform.sandbox_url)
    own, friend = sandbox.create_phone(OWN), sandbox.create_phone(FRIEND)
    api = Api(platform)
    return api, api.session_link("Media", own), friend
