"""A sandbox that is told to end does so without a word, whoever is still connected."""

import json
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit


def test_it_ends_silently_with_connections_open():
    command = [sys.executable, "-m", "sessions_app.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = urlsplit(json.loads(process.stdout.readline())["url"])
        with socket.create_connection((url.hostname or "", url.port or 0)) as open_connection:
            open_connection.sendall(b"GET /control/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert open_connection.recv(1000)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
