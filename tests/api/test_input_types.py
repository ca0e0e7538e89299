"""JSON of another type than described is refused: a mistake of the caller, not something to be guessed at."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Session


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": 0}, "name"),
        ({"name": True}, "name"),
        ({"autostart": "yes"}, "autostart"),
        ({"autostart": 1}, "autostart"),
        ({"labels": ["fine", 3]}, "labels.1"),
        ({"metadata": {"tier": 1}}, "metadata"),
    ],
)
def test_another_type_is_refused_by_name(api: APIClient, connected: Session, body: dict[str, Any], field: str) -> None:
    answer = api.patch(f"/api/v1/sessions/{connected.pk}", body, format="json")

    assert answer.status_code == 400, answer.content
    assert list(answer.json()["error"]["fields"]) == [field]


def test_a_query_is_all_text_and_still_read(api: APIClient, connected: Session) -> None:
    assert api.get(f"/api/v1/sessions/{connected.pk}/messages?limit=5").status_code == 200


@pytest.mark.parametrize("parameter", ["workspace", "state", "label"])
def test_a_filter_without_a_value_is_refused(api: APIClient, connected: Session, parameter: str) -> None:
    answer = api.get(f"/api/v1/sessions?{parameter}=")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [parameter]
