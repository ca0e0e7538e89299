"""Templates in the dashboard: write, preview, and refusals that say why."""

import pytest
from django.test import Client as Browser

from messaging.models import Template
from tests import factories

LIST = "/admin/messaging/template/"


@pytest.fixture
def root(db: None) -> Browser:
    browser = Browser()
    browser.force_login(factories.superuser())
    return browser


@pytest.fixture
def form(db: None) -> dict[str, str]:
    """As a browser posts it."""
    return {"workspace": str(factories.workspace().pk), "name": "hello", "kind": "text", "fields": "{}"}


def test_a_template_is_written_and_previewed(root: Browser, form: dict[str, str]) -> None:
    form |= {"written": "Hello {{name}},\r\n{{what}}", "defaults": "what: <b>: yes"}
    saved = root.post(f"{LIST}add/", form)
    assert saved.status_code == 302, saved.content.decode()
    template = Template.objects.get()
    assert template.fields == {"text": "Hello {{name}},\n{{what}}"}
    assert template.defaults == {"what": "<b>: yes"}
    page = root.get(f"{LIST}{template.pk}/change/").content.decode()
    assert "Hello [name],\n&lt;b&gt;: yes" in page
    assert "what: &lt;b&gt;: yes" in page
    assert "hello" in root.get(LIST).content.decode()


def test_what_else_a_kind_has_is_kept_beside_its_text(root: Browser, form: dict[str, str]) -> None:
    form |= {"kind": "poll", "written": "Where, {{name}}?", "fields": '{"options": ["Here", "There"]}'}
    root.post(f"{LIST}add/", form)
    template = Template.objects.get()
    assert template.fields == {"question": "Where, {{name}}?", "options": ["Here", "There"]}
    page = root.get(f"{LIST}{template.pk}/change/")
    assert page.context["adminform"].form.initial["written"] == "Where, {{name}}?"
    assert page.context["adminform"].form.initial["fields"] == {"options": ["Here", "There"]}
    saved = root.post(f"{LIST}{template.pk}/change/", {**form, "written": "When?", "name": "when"})
    assert saved.status_code == 302, saved.content.decode()
    template.refresh_from_db()
    assert (template.name, template.fields["question"]) == ("when", "When?")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"written": "{{a.b}}"}, "is no variable"),
        ({"written": "Hello", "defaults": "name"}, "this one has no colon: name"),
        ({"written": "Hello", "defaults": "name: you"}, "The template has no variable name."),
        ({"kind": "location", "written": "Hello"}, "A location has no text"),
        ({"written": ""}, "text:"),
        ({"written": "Hello", "fields": '{"colour": "red"}'}, "There is no such field in text"),
        ({"written": "Hello", "fields": "[1]"}, "JSON object"),
    ],
)
def test_what_could_not_be_sent_is_refused(
    root: Browser, form: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    answer = root.post(f"{LIST}add/", {**form, **wrong})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Template.objects.exists()
