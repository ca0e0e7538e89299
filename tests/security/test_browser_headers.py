"""What browsers are told, and what the platform refuses to start with."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.security.test_walk import cookie
from whatsapp_api.accounts.models import User
from whatsapp_api.core.csp import policy_of
from whatsapp_api.core.csv_export import cell
from whatsapp_api.core.production import faults

GOOD: dict[str, Any] = {
    "host": "0.0.0.0",
    "behind_tls": True,
    "debug": False,
    "secret_key": "Zk3vQm8xT1pLw0sYb7rNc5uHj2dGf9aEiXoV",
    "allowed_hosts": ["wa.example.com"],
}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"debug": True}, "DJANGO_DEBUG"),
        ({"secret_key": "django-insecure-0123456789abcdefghijklmnop"}, "SECRET_KEY"),
        ({"secret_key": "a" * 50}, "SECRET_KEY"),
        ({"secret_key": "changeme" * 6}, "SECRET_KEY"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": ["wa.example.com", ".*"]}, "ALLOWED_HOSTS"),
    ],
)
def test_it_refuses_to_start_where_others_can_reach_it(change: dict[str, Any], names: str) -> None:
    assert faults(**GOOD) == []
    found = faults(**GOOD | change)
    assert len(found) == 1
    assert found[0].startswith(names)
    assert faults(**GOOD | change | {"host": "::1", "behind_tls": False}) == []


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "HOST": "0.0.0.0", "BEHIND_TLS": "1", "DJANGO_DEBUG": "0", **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_the_check_for_deployment_is_clean(tmp_path: Path) -> None:
    key = {"SECRET_KEY": str(GOOD["secret_key"]) * 2, "DATA_DIR": str(tmp_path), "ALLOWED_HOSTS": "wa.example.com"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **key)
    assert done.returncode == 0, done.stderr
    refused = manage("check", **key | {"DJANGO_DEBUG": "1", "ALLOWED_HOSTS": "*"})
    assert refused.returncode != 0
    assert "DJANGO_DEBUG must be 0" in refused.stderr
    assert "ALLOWED_HOSTS must name" in refused.stderr


@pytest.mark.parametrize("path", ["/", "/admin/", "/api/v1/sessions", "/api/docs/", "/api/redoc/", "/elsewhere"])
def test_no_page_allows_inline_scripts(path: str) -> None:
    policy = dict(part.split(" ", 1) for part in policy_of(path).split("; "))
    scripts = policy.get("script-src", policy["default-src"])
    assert "unsafe-inline" not in scripts
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "http" not in policy_of(path)
    assert ("unsafe-eval" in scripts) == path.startswith("/admin/")


def test_the_headers_are_there(owner: User) -> None:
    answer = cookie(owner).get("/admin/")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer


def test_other_sites_get_no_cors(db: None) -> None:
    ask: dict[str, Any] = {"HTTP_ORIGIN": "https://evil.example", "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}
    assert not [
        name for name in Client().options("/api/v1/sessions", **ask).headers if name.startswith("Access-Control")
    ]


def test_a_form_of_another_site_changes_nothing(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    owner.is_staff = True
    owner.save()
    client.force_login(owner)
    answer = client.post("/api/v1/sessions", {"name": "x"}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")
    assert client.post("/admin/sessions_app/session/try-sandbox/").status_code == 403


@pytest.mark.parametrize("value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "＝1+1"])
def test_a_cell_never_becomes_a_formula(value: str) -> None:
    assert cell(value).startswith("'")
    assert cell(-5) == "-5"
    assert cell("plain") == "plain"
