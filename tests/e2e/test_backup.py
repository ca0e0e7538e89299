"""The machine is lost. On another one the backup is restored, and the account is connected without a new QR."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api
from tests.e2e.platform import Platform, database_url_for
from whatsapp_api.core.paths import REPOSITORY


def manage(platform: Platform, *arguments: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=REPOSITORY,
        env={**platform.environment, "REDIS_URL": os.environ["REDIS_URL"], **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_lost_machine_is_restored_elsewhere(tmp_path: Path) -> None:
    backups, keys = str(tmp_path / "backups"), tmp_path / "master.key"
    first = Platform(tmp_path / "first", database_url=database_url_for("backup_first"), BACKUP_DIR=backups)
    with first:
        api, sandbox = Api(first), SandboxClient(first.sandbox_url)
        session, friend = (
            api.session_link("Shop", sandbox.create_phone(name="Shop")),
            sandbox.create_phone(name="Friend"),
        )
        api.post(f"/sessions/{session}/messages", {"to": f"+{friend.number}", "text": "before"}, wait=20)
        friend.wait_message(text="before")
        manage(first, "backup")
        assert "is sound" in manage(first, "backup", "--verify", "last")
    shutil.copy(first.data_dir / "master.key", keys)
    world = tmp_path / "second" / "data" / "sandbox"  # WhatsApp itself is not lost
    world.parent.mkdir(parents=True)
    shutil.move(first.data_dir / "sandbox", world)
    shutil.rmtree(first.data_dir)

    second = Platform(
        tmp_path / "second",
        database_url=database_url_for("backup_second"),
        BACKUP_DIR=backups,
        MASTER_KEY_FILE=str(keys),
    )
    said = manage(second, "restore", "last", "--the-original-is-gone")
    assert "Restored" in said
    with second:
        api, sandbox = Api(second), SandboxClient(second.sandbox_url)
        api.wait_state(session, "CONNECTED")
        texts = [message["text"] for message in api.messages(session, direction="out")]
        assert texts == ["before"]
        api.post(f"/sessions/{session}/messages", {"to": f"+{friend.number}", "text": "after"}, wait=20)
        sandbox.phone(friend.number).wait_message(text="after")
        assert sandbox.stats().get("replaced", 0) == 0
