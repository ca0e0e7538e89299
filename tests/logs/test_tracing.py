"""Traces are for those who ask for them."""

import os
import subprocess
import sys

from whatsapp_api.core.paths import REPOSITORY

PROGRAM = """
import sys, django
django.setup()
from django.conf import settings
ours = ("opentelemetry.exporter", "opentelemetry.sdk.trace")  # Redis' client looks for the rest
print([name for name in sys.modules if name in ours], "Tracing" in str(settings.MIDDLEWARE))
"""


def loaded(**environment: str) -> str:
    given = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    given |= {"DJANGO_SETTINGS_MODULE": "whatsapp_api.settings", **environment}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=REPOSITORY, env=given, capture_output=True, text=True, check=True, timeout=90)
    return done.stdout.splitlines()[-1]


def test_nothing_is_loaded_unless_there_is_a_collector() -> None:
    assert loaded() == "[] False"
    assert loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_SDK_DISABLED="true") == "[] False"
    assert loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1").endswith("True")
