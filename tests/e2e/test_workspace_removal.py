"""A workspace is removed from the running platform: its account is unlinked at WhatsApp, its files are gone."""

import os
from pathlib import Path

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform


def files(folder: Path) -> set[str]:
    """Not by rglob, which fails on a folder that somebody removes meanwhile."""
    return {str(Path(at) / name) for at, _, names in os.walk(folder) for name in names}


def test_it_goes_with_its_account_and_its_files(platform: Platform) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    phone, friend = sandbox.create_phone("34600930001"), sandbox.create_phone("34600930002")
    workspace = api.post("/workspaces", {"name": "Leaving"})["id"]
    session = api.post("/sessions", {"name": "Leaving", "provider": "sandbox", "workspace": workspace})["id"]
    api.post(f"/sessions/{session}/start")
    api.wait_state(session, "SCAN_QR")
    phone.scan(api.get(f"/sessions/{session}/qr", format="json")["qr"])
    api.wait_state(session, "CONNECTED")
    friend.send(phone.number, text="hello")
    eventually(lambda: api.messages(session, direction="in"), "the message")
    api.post("/media", {"data": "aGVsbG8="}, workspace=workspace)
    media = {path for path in files(platform.data_dir / "media") if workspace in path}
    store = {path for path in files(platform.data_dir / "sessions") if session in path}
    assert store

    answer = api.http.delete(f"/workspaces/{workspace}", params={"confirm": "Leaving"})
    assert answer.status_code == 202, answer.text
    eventually(lambda: api.http.get(f"/workspaces/{workspace}").status_code == 404, "it is gone", 60)

    assert phone.devices() == []
    assert api.http.get(f"/sessions/{session}").status_code == 404
    assert not media & files(platform.data_dir / "media")
    assert not [path for path in files(platform.data_dir) if session in path]
