"""Every address of the platform, asked for with the rows of somebody else's workspace.

Generated from the URL map: an endpoint that is added tomorrow is walked tomorrow. What comes back must be a refusal
where the address names a foreign row, and must show nothing foreign anywhere else; and nothing foreign has changed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from tests.security.addresses import Address, addresses
from tests.security.rows import World, workspace_models
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.accounts.keys.services import key_create
from whatsapp_api.accounts.models import Role, User, Workspace
from whatsapp_api.accounts.scopes import Scope

REFUSED = {401, 403, 404, 405}
MARK = "notyours"
Ask = Callable[[str, str], Any]
# Both answer anybody with the same: the login page, and what the platform's addresses are.
LOGIN_PAGES = {"login", "logout", "jsi18n"}
AUDIT = {"audit", "audit-csv", "audit-ndjson"}


@pytest.fixture
def theirs(elsewhere: Workspace) -> World:
    """A workspace with a row of every model there is."""
    elsewhere.name = f"{MARK} workspace"
    elsewhere.save()
    session = factories.connected_session(elsewhere, f"{MARK} session", push_name=MARK, metadata={"note": MARK})
    user = factories.user(f"{MARK}-bob", workspace=elsewhere, role=Role.OWNER)
    world = World(elsewhere, session, user, MARK)
    factories.message(session, text=f"{MARK} text", push_name=MARK)
    for model in workspace_models():
        world.row(model)
    return world


def asking(client: Client, **extra: Any) -> Ask:
    def ask(method: str, path: str) -> Any:
        if method == "get":
            return client.get(path, **extra)
        return getattr(client, method)(path, data="{}", content_type="application/json", **extra)

    return ask


def cookie(user: User) -> Client:
    user.is_staff = True
    user.save()
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


def key(owner: User, workspace: Workspace, **fields: Any) -> APIClient:
    made = key_create(
        authority=Authority(owner), workspace_id=workspace.pk, name="all", scopes=list(Scope.values), **fields
    )
    return APIClient(HTTP_X_API_KEY=made[1])


@pytest.fixture
def strangers(people: dict[str, User], workspace: Workspace, session: Session, database: str) -> dict[str, Ask]:
    """Everybody who has some rights, in another workspace.

    Which role may do what is decided without a query: on a second database those are enough who may do everything.
    """
    if database == "mongodb":
        people = {Role.OWNER: people[Role.OWNER]}
    callers = {f"{role} by token": asking(factories.client(user)) for role, user in people.items()}
    callers |= {f"{role} by cookie": asking(cookie(user)) for role, user in people.items()}
    callers["key with all scopes"] = asking(key(people["owner"], workspace))
    callers["key bound to a session"] = asking(key(people["owner"], workspace, sessions=[str(session.pk)]))
    callers["nobody"] = asking(Client())
    return callers


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> Iterator[None]:
    settings.API_RATES = {"api": "", "send": ""}
    settings.TOKEN_RATES = dict.fromkeys(settings.TOKEN_RATES, "100000/s")
    yield
    cache.clear()


def goes_there(who: str, address: Address) -> bool:
    """The lesser roles meet each address in one way: that the other ways lead to the same is shown by the owner."""
    if who.endswith("by cookie"):
        return address.is_admin or who.startswith(Role.OWNER)
    if who.endswith("by token"):
        return not address.is_admin or who.startswith(Role.OWNER)
    return True


def is_denied(address: Address, answer: Any) -> bool:
    """Refused, or sent to the login page or away from a row that the dashboard does not have."""
    return answer.status_code in REFUSED or (address.is_admin and answer.status_code == 302)


@pytest.mark.timeout(1800)  # thousands of requests
def test_no_address_tells_or_touches_anything_of_another_workspace(
    theirs: World, strangers: dict[str, Ask], capsys: pytest.CaptureFixture[str]
) -> None:
    found = addresses(theirs)
    before, tried, faults = theirs.fingerprint(), Counter[str](), []
    for who, ask in strangers.items():
        for address in filter(partial(goes_there, who), found):
            if address.is_own_account and address.name == "logout-everywhere":
                continue  # would end the walk; it takes no parameter
            for method in address.methods:
                answer = ask(method, address.path)
                denied = is_denied(address, answer)
                tried["tried"] += 1
                tried["denied"] += denied
                tried["named a foreign row"] += address.names_a_row
                if fault := _fault(address, answer, denied, theirs):
                    faults.append(f"{who}: {method.upper()} {address.path} -> {answer.status_code}: {fault}")
    assert not faults, "\n".join(faults)
    assert theirs.fingerprint() == before
    assert tried["tried"] > 400
    with capsys.disabled():
        counts = ", ".join(f"{number} {name}" for name, number in tried.items())
        print(f"\ncross-workspace walk: {len(found)} addresses, {len(strangers)} callers: {counts}")


def _fault(address: Address, answer: Any, denied: bool, theirs: World) -> str:
    if answer.status_code >= 500 and not _is_ill(address, answer):
        return "broke"
    if address.names_a_row and not denied and not (address.is_admin and address.name in LOGIN_PAGES):
        return "answered about a foreign row"
    text = b"".join(answer) if answer.streaming else answer.content
    asked_for = address.path
    # An audit trail tells its own people what they asked for, foreign ids among it.
    secrets = [theirs.mark] if address.name in AUDIT else theirs.secrets()
    told = [secret for secret in secrets if secret.encode() in text and secret not in asked_for]
    return f"tells {told[0]}" if told else ""


def _is_ill(address: Address, answer: Any) -> bool:
    """Health tells the truth, on a machine where something answers late, too."""
    return address.path.startswith("/api/health") and answer.status_code == 503


@pytest.mark.parametrize("parameter", ["session", "workspace"])
def test_no_filter_opens_another_workspace(theirs: World, strangers: dict[str, Ask], parameter: str) -> None:
    value = {"session": theirs.session.pk, "workspace": theirs.workspace.pk}[parameter]
    for who in ("owner by token", "owner by cookie", "key with all scopes"):
        for address in addresses(theirs):
            if "get" in address.methods and not address.names_a_row:
                answer = strangers[who]("get", f"{address.path}?{parameter}={value}")
                assert answer.status_code < 500 or _is_ill(address, answer), address.path
                text = b"".join(answer) if answer.streaming else answer.content
                assert MARK.encode() not in text, (who, address.path, parameter)


def test_no_dashboard_action_touches_another_workspace(theirs: World, people: dict[str, User]) -> None:
    client, before = cookie(people["owner"]), theirs.fingerprint()
    for model, model_admin in admin.site._registry.items():
        if model not in theirs._made:
            continue
        name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for action in ("delete_selected", *(str(item) for item in model_admin.actions or ())):
            body = {"action": action, "_selected_action": [str(theirs.row(model).pk)], "post": "yes"}
            assert client.post(name, body).status_code < 500, (name, action)
    assert theirs.fingerprint() == before


def test_nobody_gets_in_anywhere(theirs: World) -> None:
    """Without credentials only the login, the tokens, the health and the description answer."""
    ask = asking(Client())
    for address in addresses(theirs):
        if address.is_public or not address.path.startswith("/api/v1/"):
            continue
        for method in address.methods:
            assert ask(method, address.path).status_code == 401, (method, address.path)


def test_a_viewer_changes_nothing_anywhere(people: dict[str, User], workspace: Workspace, session: Session) -> None:
    """In its own workspace: every method that changes something is refused by the role."""
    ours = World(workspace, session, people["owner"], "ours")
    for model in workspace_models():
        ours.row(model)
    found = addresses(ours)  # makes rows
    before = ours.fingerprint(but="events.EventCounter")  # denials are events
    ask = asking(factories.client(people["viewer"]))
    for address in found:
        if address.is_public or address.is_own_account or not address.path.startswith("/api/v1/"):
            continue
        for method in set(address.methods) - {"get", *address.reads}:
            answer = ask(method, address.path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low"), (method, address.path)
    assert ours.fingerprint(but="events.EventCounter") == before
