"""App state patches: what one device writes, another one reads and checks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.sandbox.crypto.appstate import (
    AppStateKey,
    CollectionState,
    Mutation,
    PatchError,
    decode_patch,
    encode_patch,
    with_version,
)
from sessions_app.sandbox.protos import serversync, syncaction

NAMES = st.sampled_from(["a", "b", "c"])
PATCHES = st.lists(st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=4), max_size=5)


def mute(chat, remove=False):
    value = syncaction.SyncActionValue(timestamp=1, muteAction=syncaction.MuteAction(muted=True))
    return Mutation(("mute", chat), value.SerializeToString(), version=2, remove=remove)


def lookup(key):
    return lambda key_id: key.derive() if key_id == key.id else None


@settings(max_examples=40, deadline=None)
@given(patches=PATCHES)
def test_writer_and_reader_agree_after_every_patch(patches):
    key = AppStateKey.generate()
    writer = reader = CollectionState()
    for changes in patches:
        mutations = [mute(chat, remove) for chat, remove in changes]
        patch, writer = encode_patch(key.derive(), "regular_high", writer, mutations)
        read, reader = decode_patch(lookup(key), "regular_high", reader, patch)
        assert (read, reader) == (mutations, writer)


def test_it_names_what_was_set():
    key = AppStateKey.generate()
    name = syncaction.SyncActionValue(pushNameSetting=syncaction.PushNameSetting(name="Zoë"))
    mutation = Mutation(("setting_pushName",), name.SerializeToString())
    patch, _ = encode_patch(key.derive(), "critical_block", CollectionState(), [mutation])
    [read], _ = decode_patch(lookup(key), "critical_block", CollectionState(), patch)
    assert read.action().pushNameSetting.name == "Zoë"


def test_it_rejects_another_collection_version_or_key():
    key = AppStateKey.generate()
    patch, after = encode_patch(key.derive(), "regular", CollectionState(), [mute("a")])
    for name, state, keys in [
        ("regular_low", CollectionState(), lookup(key)),
        ("regular", after, lookup(key)),
        ("regular", CollectionState(), lambda key_id: None),
        ("regular", CollectionState(), lookup(AppStateKey(key.id, bytes(32)))),
    ]:
        with pytest.raises(PatchError):
            decode_patch(keys, name, state, patch)


def test_it_rejects_a_changed_mutation():
    key = AppStateKey.generate()
    data, _ = encode_patch(key.derive(), "regular", CollectionState(), [mute("a")])
    patch = serversync.SyncdPatch.FromString(data)
    blob = patch.mutations[0].record.value.blob
    patch.mutations[0].record.value.blob = blob[:20] + bytes([blob[20] ^ 1]) + blob[21:]
    with pytest.raises(PatchError):
        decode_patch(lookup(key), "regular", CollectionState(), patch.SerializeToString())
    with pytest.raises(PatchError):
        decode_patch(lookup(key), "regular", CollectionState(), b"\xff")


def test_the_server_writes_the_version_into_an_uploaded_patch():
    key = AppStateKey.generate()
    data, after = encode_patch(key.derive(), "regular", CollectionState(), [mute("a")])
    uploaded = serversync.SyncdPatch.FromString(data)
    uploaded.ClearField("version")
    stored = with_version(uploaded.SerializeToString(), 1)
    assert serversync.SyncdPatch.FromString(stored).version.version == 1
    assert decode_patch(lookup(key), "regular", CollectionState(), stored)[1] == after
