"""The storage is chosen by the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from whatsapp_api.core.storages import storages


def chosen(tmp_path):
    return storages(tmp_path)["sessions"]


def test_by_default_private_files_below_the_data(tmp_path):
    assert chosen(tmp_path) == {
        "BACKEND": "sessions_app.snapshots.storage.PrivateFiles",
        "OPTIONS": {"location": str(tmp_path / "snapshots")},
    }


def test_another_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("SNAPSHOTS_DIR", "/mnt/shared")
    assert chosen(tmp_path)["OPTIONS"] == {"location": "/mnt/shared"}


def test_another_class(tmp_path, monkeypatch):
    monkeypatch.setenv("SNAPSHOTS_STORAGE", "storages.backends.s3.S3Storage")
    monkeypatch.setenv("SNAPSHOTS_STORAGE_OPTIONS", '{"bucket_name": "snapshots"}')
    assert chosen(tmp_path) == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": "snapshots"},
    }


@pytest.mark.parametrize("value", ["bucket", "[1]", "{"])
def test_malformed_options_are_refused(tmp_path, monkeypatch, value):
    monkeypatch.setenv("SNAPSHOTS_STORAGE_OPTIONS", value)
    with pytest.raises(ImproperlyConfigured, match="SNAPSHOTS_STORAGE_OPTIONS must be a JSON object"):
        chosen(tmp_path)
