"""What README and the documents tell a reader to type works, page by page, on the running platform."""

import subprocess
from pathlib import Path

import pytest

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api
from tests.e2e.pages.script import Script, program_of
from tests.e2e.platform import Platform
from tests.pages.blocks import blocks, pages_that_run
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.mongod import free_port

HOOK = "127.0.0.2"  # where the shared platform may deliver to


@pytest.fixture(scope="module")
def surroundings(platform: Platform) -> dict[str, str]:
    """What a reader has at hand by then: a login, a session that is connected, and a friend to write to."""
    api, sandbox = Api(platform), SandboxClient(platform.sandbox_url)
    session = api.session_link("Reader", sandbox.create_phone(name="Reader"))
    return {
        "API": f"{platform.url}/api/v1",
        "TOKEN": api.token,
        "AUTH": f"Authorization: Bearer {api.token}",
        "PASSWORD": platform.admin[1],
        "ID": session,
        "SPARE": api.session_create("Spare")["id"],
        "FRIEND": f"+{sandbox.create_phone(name='Friend').number}",
    }


@pytest.mark.parametrize("page", pages_that_run(), ids=str)
def test_a_page(page: Path, platform: Platform, surroundings: dict[str, str], tmp_path: Path) -> None:
    port = str(free_port())
    replaced = {
        "127.0.0.1:8000": f"127.0.0.1:{platform.port}",
        "127.0.0.1:8765": f"127.0.0.1:{platform.sandbox_port}",
        "127.0.0.1:9000": f"{HOOK}:{port}",
        '"127.0.0.1", 9000': f'"{HOOK}", {port}',
        '9000, "127.0.0.1"': f'{port}, "{HOOK}"',
        "/tmp/": f"{tmp_path}/",
        "$ID/proxy": "$SPARE/proxy",  # the proxy of the example is nobody's
        "https://example.com/hook": f"http://{HOOK}:{port}/hook",
    }
    script = Script(tmp_path, replaced, surroundings)
    for number, block in enumerate(each for each in blocks(page) if each.is_run):
        script.add(number, block)
    (tmp_path / "page.sh").write_text(script.text)
    environment = {
        **platform.environment,
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/docs/client",
        "BACKUP_DIR": str(tmp_path / "backups"),
    }
    done = subprocess.run(
        [*program_of("sh"), str(tmp_path / "page.sh")],
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    if script.skipped:
        pytest.skip("; ".join(script.skipped))
