"""One address adds up what web, worker and sessions worker count, while a message is sent and answered."""

from prometheus_client.parser import text_string_to_metric_families as parse

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform

TICKS = "wa_task_seconds_count outcome=success task=health.tick"


def figures(api: Api) -> dict[str, float]:
    """`name{label="value"}` to value, labels in the order of their names."""
    text = api.http.get(f"{api.platform.url}/metrics").raise_for_status().text
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in parse(text)
        for sample in family.samples
    }


def test_it_counts_what_happens_in_every_process(platform: Platform) -> None:
    api, sandbox = Api(platform), SandboxClient(platform.sandbox_url)
    session, friend = (
        api.session_link("Counted", sandbox.create_phone(name="Counted")),
        sandbox.create_phone(name="Friend"),
    )
    before = figures(api)
    wa_id = api.settled(session, "", {"to": f"+{friend.number}", "text": "one"})["wa_id"]
    friend.wait_message(text="one")
    friend.read(wa_id)

    def grown(name: str) -> float:
        return figures(api).get(name, 0) - before.get(name, 0)

    expected = ("wa_sends_total outcome=sent", "wa_send_seconds_count", "wa_ack_seconds_count level=read", TICKS)
    eventually(lambda: all(grown(name) >= 1 for name in expected), f"all of {expected} grow")
    now = figures(api)
    assert now["wa_sessions state=CONNECTED"] >= 1
    assert now["wa_outbox_oldest_seconds"] >= 0
    posts = "wa_http_request_seconds_count method=POST route=api/v1/sessions/<uuid:session_id>/messages status="
    statuses = [f"{posts}{status}" for status in (200, 202)]  # 202: it took longer than a request waits
    assert sum(now.get(name, 0) - before.get(name, 0) for name in statuses) >= 1

    def host_told() -> bool:
        """A worker that was held up for some seconds is missing until it tells again."""
        return any(name.startswith("wa_host_resident_bytes") and size > 2**20 for name, size in figures(api).items())

    eventually(host_told, "the memory of a host")
