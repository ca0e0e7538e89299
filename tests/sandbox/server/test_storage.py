"""State is written soon after it changes."""

import asyncio

from sessions_app.sandbox.server.storage import Storage


def test_it_keeps_blobs(tmp_path):
    storage = Storage(tmp_path)
    storage.put("scope", "b", b"2")
    storage.put("scope", "a", b"1")
    storage.put("other", "a", b"x")
    storage.close()
    assert list(Storage(tmp_path).scan("scope")) == [("a", b"1"), ("b", b"2")]


def test_the_last_value_counts(tmp_path):
    storage = Storage(tmp_path)
    storage.put("scope", "a", b"1")
    storage.flush()
    storage.put("scope", "a", b"2")
    storage.put("scope", "a", None)
    storage.close()
    assert list(Storage(tmp_path).scan("scope")) == []


def test_a_scope_can_be_dropped(tmp_path):
    storage = Storage(tmp_path)
    storage.put("scope", "a", b"1")
    storage.flush()
    storage.put("scope", "b", b"2")
    storage.put("other", "a", b"x")
    storage.drop("scope")
    storage.close()
    again = Storage(tmp_path)
    assert list(again.scan("scope")) == []
    assert list(again.scan("other")) == [("a", b"x")]


def test_it_writes_without_being_told(tmp_path):
    async def change() -> list[tuple[str, bytes]]:
        storage = Storage(tmp_path)
        storage.put("scope", "a", b"1")
        reader, deadline = Storage(tmp_path), asyncio.get_running_loop().time() + 60
        while not (found := list(reader.scan("scope"))) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0)
        return found

    assert asyncio.run(change()) == [("a", b"1")]


def test_collectors_add_what_has_changed(tmp_path):
    storage = Storage(tmp_path)
    storage.on_flush(lambda: storage.put("scope", "late", b"1"))
    storage.close()
    assert list(Storage(tmp_path).scan("scope")) == [("late", b"1")]


def test_without_a_folder_nothing_is_kept():
    storage = Storage(None)
    storage.put("scope", "a", b"1")
    storage.flush()
    assert list(storage.scan("scope")) == []
