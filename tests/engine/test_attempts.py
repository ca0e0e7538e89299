"""The store tells which id an attempt used, also when its answer never came."""

from sessions_app.engine.attempts import attempt_secret, attempts_find
from sessions_app.engine.base import Outgoing
from sessions_app.sandbox.client import wait_until


def send(linked, phone, ref):
    message = Outgoing(ref=ref, to=f"{phone.number}@s.whatsapp.net", content={"text": ref})
    return linked.host.send(linked.session, message, timeout=20)


def test_the_id_of_an_attempt_is_found_by_its_reference(linked, sandbox):
    friend = sandbox.create_phone()
    sent = send(linked, friend, "a/1").result(60)
    assert attempts_find(linked.store, ["a/1", "a/2"]) == {"a/1": sent.wa_id}
    assert friend.wait_message(text="a/1")["id"] == sent.wa_id


def test_it_is_found_when_the_host_died_before_the_answer(linked, sandbox):
    friend = sandbox.create_phone()
    send(linked, friend, "a/1").result(60)  # keys are exchanged
    sandbox.fault("silence", account=linked.phone.number, hold=True)
    send(linked, friend, "a/2")
    wait_until(lambda: attempts_find(linked.store, ["a/2"]))
    linked.host.kill()
    linked.report.wait_for_exit()
    [wa_id] = attempts_find(linked.store, ["a/2"]).values()
    sandbox.clear_faults()
    assert wa_id.startswith("3EB0")


def test_nothing_is_found_where_there_is_nothing(tmp_path):
    assert attempts_find(tmp_path, ["a/1"]) == {}
    assert attempts_find(tmp_path, []) == {}
    assert len(attempt_secret("a/1")) == 32 and attempt_secret("a/1") != attempt_secret("a/2")
