"""Tables of contacts: what is read, what is refused and why, and that a page is never stored twice."""

import io
import uuid
from typing import Any

import pytest
from openpyxl import Workbook
from rest_framework.test import APIClient

from messaging.audience.importing import services
from messaging.audience.importing.mapping import mapping_guess
from messaging.audience.importing.tables import BadTable
from messaging.audience.models import (
    Addressee,
    ContactImport,
    ImportProblem,
    ImportState,
    ImportTarget,
    ListMember,
    RecipientList,
    Suppression,
)
from tests import factories
from whatsapp_api.accounts.models import Workspace

pytestmark = pytest.mark.django_db
CSV = "Name;Teléfono;City;Etiquetas\nAna;600 111 222;Madrid;vip, new\nLuis;+49 151 23456789;Köln;\n;;;\nEva;12;Rome;\n"


@pytest.fixture
def workspace() -> Workspace:
    return factories.workspace()


def created(workspace: Workspace, data: bytes, name: str = "people.csv", **options: Any) -> ContactImport:
    return services.import_create(workspace_id=workspace.pk, name=name, file=io.BytesIO(data), **options)


def done(row: ContactImport, **options: Any) -> ContactImport:
    settings = {"mapping": row.mapping, "country": "ES", "list_id": None, "tag_text": "", **options}
    services.import_start(row, **settings)
    services.import_run(row.pk)
    row.refresh_from_db()
    return row


def xlsx(*rows: list[Any]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(workspace: Workspace, encoding: str) -> None:
    row = created(workspace, CSV.encode(encoding))

    assert row.columns == ["Name", "Teléfono", "City", "Etiquetas"]
    assert row.mapping == {"0": "name", "1": "phone", "2": "attribute:city", "3": "tags"}
    assert (row.rows_total, row.sample[0]) == (4, ["Ana", "600 111 222", "Madrid", "vip, new"])


def test_its_rows_become_addressees_and_the_rest_is_explained(workspace: Workspace) -> None:
    members = RecipientList.objects.create(workspace=workspace, name="Spring")

    row = done(created(workspace, CSV.encode()), list_id=members.pk, tag_text="|imported|")

    assert (row.state, row.rows_done, row.created, row.refused) == (ImportState.FINISHED, 4, 2, 1)
    ana = Addressee.objects.get(workspace=workspace, jid="34600111222@s.whatsapp.net")
    assert (ana.name, ana.attributes, ana.tags) == ("Ana", {"city": "Madrid"}, ["vip", "new", "imported"])
    assert Addressee.objects.filter(jid="4915123456789@s.whatsapp.net").exists()
    assert ListMember.objects.filter(list=members).count() == 2
    problem = ImportProblem.objects.get(contact_import=row)
    assert problem.row == 5
    assert "phone" in problem.text.lower() or "number" in problem.text.lower()


def test_a_spreadsheet_with_numbers_as_quantities(workspace: Workspace) -> None:
    row = done(created(workspace, xlsx(["phone", "city"], [34600111222, "Madrid"], [34600111223.0, None]), "p.xlsx"))

    assert (row.format, row.created, row.refused) == ("xlsx", 2, 0)


def test_a_second_import_completes_what_is_there(workspace: Workspace) -> None:
    done(created(workspace, b"phone,name,city\n+34600111222,Ana,Madrid\n"))
    row = done(created(workspace, b"phone,name,age\n+34600111222,,41\n+34600111222,Anna,42\n"))

    assert (row.created, row.updated, row.duplicates) == (0, 1, 1)
    ana = Addressee.objects.get()
    assert (ana.name, ana.attributes) == ("Anna", {"city": "Madrid", "age": "42"})


def test_a_table_of_those_who_want_no_more(workspace: Workspace) -> None:
    done(created(workspace, b"phone\n+34600111222\n+34600111222\n", target=ImportTarget.SUPPRESSIONS))

    assert list(Suppression.objects.values_list("jid", flat=True)) == ["34600111222@s.whatsapp.net"]


def test_a_worker_that_took_over_goes_on_after_the_last_page(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PAGE", 2)
    lines = "".join(f"+3460011{number:04}\n" for number in range(7))
    row = created(workspace, f"phone\n{lines}".encode())
    services.import_start(row, mapping=row.mapping, country="", list_id=None, tag_text="")
    store, pages = services._store, []

    def dies(row: ContactImport, claim: str, page: list[Any]) -> bool:
        if len(pages) == 2:
            raise SystemExit
        pages.append(page)
        return store(row, claim, page)

    monkeypatch.setattr(services, "_store", dies)
    with pytest.raises(SystemExit):
        services.import_run(row.pk)
    monkeypatch.setattr(services, "_store", store)
    assert services.imports_waiting() == []
    ContactImport.objects.update(alive_at="2026-01-01T00:00:00Z")
    assert services.imports_waiting() == [row.pk]

    services.import_run(row.pk)

    row.refresh_from_db()
    assert (row.state, row.rows_done, row.created) == (ImportState.FINISHED, 7, 7)


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02binary", b"PK\x03\x04 no workbook"])
def test_what_is_no_table_is_refused(workspace: Workspace, data: bytes) -> None:
    with pytest.raises(BadTable):
        created(workspace, data)


def test_headings_never_become_operators_of_a_query() -> None:
    assert set(mapping_guess(["phone", "contains", "a__gt", "id", "1st", "%%"]).values()) == {
        "phone",
        "attribute:contains_",
        "attribute:a_gt",
        "attribute:id",
        "attribute:n_1st",
        "ignore",
    }


class TestOverRest:
    @pytest.fixture
    def api(self, workspace: Workspace) -> APIClient:
        return factories.client(factories.user("alice", workspace=workspace))

    @pytest.fixture
    def import_id(self, api: APIClient, workspace: Workspace) -> str:
        media = api.post("/api/v1/media", {"data": "cGhvbmUsbmFtZQorMzQ2MDAxMTEyMjIsPUFuYQp4LD1FdmEK"}, format="json")
        assert media.status_code == 201, media.content
        answer = api.post("/api/v1/audience/imports", {"media": media.json()["id"]}, format="json")
        assert answer.status_code == 201, answer.content
        assert answer.json()["columns"] == ["phone", "name"]
        return str(answer.json()["id"])

    def test_the_refused_rows_are_a_table_without_formulas(self, api: APIClient, import_id: str) -> None:
        started = api.post(f"/api/v1/audience/imports/{import_id}/start", {}, format="json")
        assert started.status_code == 202, started.content
        services.import_run(uuid.UUID(import_id))

        progress = api.get(f"/api/v1/audience/imports/{import_id}").json()
        assert (progress["state"], progress["created"], progress["refused"]) == ("finished", 1, 1)
        answer = api.get(f"/api/v1/audience/imports/{import_id}/problems")
        text = b"".join(answer.streaming_content).decode()
        assert "'=Eva" in text
        again = api.post(f"/api/v1/audience/imports/{import_id}/start", {}, format="json")
        assert (again.status_code, again.json()["error"]["code"]) == (409, "import_under_way")

    @pytest.mark.parametrize(
        "body",
        [
            {"mapping": {"0": "name"}},
            {"mapping": {"9": "phone"}},
            {"mapping": {"0": "phone", "1": "phone"}},
            {"mapping": {"0": "attribute:a__b", "1": "phone"}},
            {"country": "XX"},
            {"list": "01a20406-6072-7331-b974-9354ec34db02"},
        ],
    )
    def test_a_wrong_start_is_refused_by_name(self, api: APIClient, import_id: str, body: dict[str, Any]) -> None:
        answer = api.post(f"/api/v1/audience/imports/{import_id}/start", body, format="json")

        assert answer.status_code == 400, answer.content
        assert next(iter(answer.json()["error"]["fields"])).partition(".")[0] in body
