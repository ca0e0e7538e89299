"""What the settings say about each variable, put into the configuration reference: its type, bounds and choices.

The calls of `env.integer`, `env.boolean` and so on are the declaration; they are read from the source, so that the
reference has those of every module and cannot differ from what the program does.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from whatsapp_api.core.paths import REPOSITORY

FOLDERS = ("whatsapp_api", "sessions_app", "messaging")
ROW = re.compile(r"^\| ((?:`[A-Z_]+`,? ?)+(?:\*\*F\*\* )?)\|(.*?)\|(.*)\|$", re.MULTILINE)
HEAD = re.compile(r"^\| variable \| default \| \|\n\|---\|---\|---\|$", re.MULTILINE)
KINDS = {
    "integer": "whole number",
    "boolean": "yes or no",
    "words": "list",
    "networks": "list of addresses",
    "rate": "rate",
    "rate_or_none": "rate, or 0",
    "text": "text",
}


@dataclass(frozen=True)
class Variable:
    """One reading of a variable."""

    name: str
    kind: str  # the function of whatsapp_api.core.env
    default: object
    minimum: int = 0
    choices: tuple[str, ...] = ()

    def accepts(self) -> str:
        if self.choices:
            return ", ".join(f"`{each}`" for each in self.choices)
        bound = f", {self.minimum} or more" if self.kind == "integer" and self.minimum else ""
        return KINDS[self.kind] + bound


def variables() -> dict[str, Variable]:
    """All that are read through `env`, by name."""
    files = (file for folder in FOLDERS for file in sorted((REPOSITORY / folder).rglob("*.py")))
    return {found.name: found for file in files for found in _in_file(file)}


def completed(text: str) -> str:
    """The document with a column of what each variable accepts, when it is the one that lists them."""
    if not HEAD.search(text):
        return text
    known = variables()

    def row(match: re.Match[str]) -> str:
        names = re.findall(r"`([A-Z_]+)`", match[1])
        accepts = next((known[name].accepts() for name in names if name in known), "text")
        return f"| {match[1]}| {accepts} |{match[2]}|{match[3]}|"

    return ROW.sub(row, HEAD.sub("| variable | accepts | default | |\n|---|---|---|---|", text))


def _in_file(file: Path) -> Iterator[Variable]:
    text = file.read_text()
    if "env." not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        module, _, function = ast.unparse(node.func).rpartition(".")
        if module == "env" and function in {*KINDS, "choice"} and isinstance(node.args[0], ast.Constant):
            yield _variable(node, function)


def _variable(call: ast.Call, kind: str) -> Variable:
    values = [_literal(each) for each in call.args]
    named = {each.arg: _literal(each.value) for each in call.keywords}
    choices = values[2] if kind == "choice" else ()
    return Variable(
        name=str(values[0]),
        kind=kind,
        default=values[1] if len(values) > 1 else named.get("default", ""),
        minimum=int(str(named.get("minimum", 0))),
        choices=tuple(str(each) for each in choices) if isinstance(choices, tuple) else (),
    )


def _literal(node: ast.expr) -> object:
    """None for what is computed."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None
