"""The Postman collection, as Postman would send it: log-in, then everything that reads."""

import json
import re
from typing import Any

import httpx

from tests.e2e.platform import Platform
from whatsapp_api.core.paths import REPOSITORY

COLLECTION: dict[str, Any] = json.loads((REPOSITORY / "docs" / "postman.json").read_text())
KEEPS = re.compile(r'collectionVariables\.set\("(\w+)", answer\.(\w+)\)')


def filled(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: variables[found[1]], text)


def send(http: httpx.Client, item: dict[str, Any], variables: dict[str, str]) -> httpx.Response:
    """One request, and what its script keeps of the answer."""
    request = item["request"]
    headers = {each["key"]: each["value"] for each in request["header"]}
    if request.get("auth", {}).get("type") != "noauth":
        bearer = {each["key"]: each["value"] for each in COLLECTION["auth"]["bearer"]}
        headers["Authorization"] = f"Bearer {filled(bearer['token'], variables)}"
    body = filled(request.get("body", {}).get("raw", ""), variables)
    if body:
        headers["Content-Type"] = "application/json"
    answer = http.request(request["method"], filled(request["url"]["raw"], variables), headers=headers, content=body)
    for event in item.get("event", []) if answer.is_success else []:
        for name, field in KEEPS.findall("\n".join(event["script"]["exec"])):
            variables[name] = answer.json()[field]
    return answer


def test_it_logs_in_and_reads_everything(platform: Platform) -> None:
    nothing = "019ab3c0-7a10-7c1e-9d1f-0a1b2c3d4e5f"
    variables = {each["key"]: each["value"] or nothing for each in COLLECTION["variable"]}
    username, password = platform.admin
    variables |= {"base_url": platform.url, "username": username, "password": password}
    items = [item for folder in COLLECTION["item"] for item in folder["item"]]
    with httpx.Client(timeout=30) as http:
        for name in ("Get tokens", "Create a session"):
            made = send(http, next(item for item in items if item["name"] == name), variables)
            assert made.is_success, made.text
        answers = {item["name"]: send(http, item, variables) for item in items if item["request"]["method"] == "GET"}
    # What the other ids name is not found; a session that was never linked asks WhatsApp nothing.
    expected = {200, 400, 404, 409, 501}
    assert {name: each.text for name, each in answers.items() if each.status_code not in expected} == {}
    assert len([each for each in answers.values() if each.status_code == 200]) > 15
    assert len(answers) > 40
