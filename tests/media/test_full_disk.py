"""The disk of the files is full: uploads are refused in a sentence, the rest works, and room is enough to go on."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from sessions_app.snapshots.storage import PrivateFiles
from whatsapp_api.core.errors import handle
from whatsapp_api.health.parts import disk

MEGABYTE = 1024 * 1024


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "media"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def files(small: Path) -> Storage:
    return PrivateFiles(location=str(small))


def test_it_is_refused_and_leaves_nothing_behind(files: Storage, small: Path) -> None:
    files.save("first", ContentFile(b"x" * MEGABYTE))
    with pytest.raises(OSError) as full:
        files.save("second", ContentFile(b"x" * 2 * MEGABYTE))
    answer = handle(full.value, {})
    assert answer is not None
    assert (answer.status_code, answer.data["error"]["code"]) == (507, "storage_full")
    assert [path.name for path in small.iterdir()] == ["first"]
    assert files.open("first").read() == b"x" * MEGABYTE
    files.delete("first")
    files.save("third", ContentFile(b"x" * MEGABYTE))


def test_health_names_the_place(small: Path, settings) -> None:
    media = {**settings.STORAGES["media"], "OPTIONS": {"location": str(small)}}
    settings.STORAGES = {**settings.STORAGES, "media": media}
    finding = disk()
    assert "media" in finding.text
    assert finding.detail["free_bytes"]["media"] <= 2 * MEGABYTE
