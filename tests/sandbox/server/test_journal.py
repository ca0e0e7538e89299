"""A log that readers can wait on."""

import asyncio
import time

from sessions_app.sandbox.server.journal import KEEP, Journal
from sessions_app.sandbox.server.storage import Storage


def anything(_entry) -> bool:
    return True


def test_numbers_go_on_after_a_restart(tmp_path):
    storage = Storage(tmp_path)
    journal = Journal(storage, "log")
    journal.add({"text": "a"})
    journal.add({"text": "b"})
    storage.close()
    again = Journal(Storage(tmp_path), "log").load()
    assert [entry.data["text"] for entry in again.after(0, anything)] == ["a", "b"]
    assert again.add({"text": "c"}).n == 3


def test_it_gives_what_is_new():
    journal = Journal(Storage(None), "log")
    for number in range(5):
        journal.add({"even": number % 2 == 0})
    assert [entry.n for entry in journal.after(2, anything)] == [3, 4, 5]
    assert [entry.n for entry in journal.after(2, lambda entry: entry.data["even"])] == [3, 5]
    assert journal.after(5, anything) == []


def test_it_forgets_the_oldest():
    journal = Journal(Storage(None), "log")
    for _ in range(KEEP + 5):
        journal.add({})
    assert (journal.entries[0].n, len(journal.entries)) == (6, KEEP)


def test_a_reader_wakes_up_for_what_it_wants():
    async def read():
        journal = Journal(Storage(None), "log")
        reader = asyncio.create_task(journal.wait(0, lambda entry: entry.data["text"] == "b", 60))
        for text in "ab":
            await asyncio.sleep(0)
            journal.add({"text": text})
        return await reader

    assert [entry.n for entry in asyncio.run(read())] == [2]


def test_a_reader_gives_up():
    started = time.monotonic()
    assert asyncio.run(Journal(Storage(None), "log").wait(0, anything, 0.05)) == []
    assert time.monotonic() - started < 30
