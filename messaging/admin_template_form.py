"""The form of a template: what people write is a box of its own, not part of some JSON."""

from typing import Any

from django import forms
from rest_framework.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from whatsapp_api.core.errors import flatten

from .models import Template
from .templating.services import KINDS_ALLOWED, template_check

WRITTEN = ("text", "caption", "question", "description")
"""The field that holds what people write, in the kinds that have one."""


def written_in(kind: str) -> str | None:
    """Which field of a kind people write into."""
    if kind not in KINDS_ALLOWED:
        return None
    known = KINDS_ALLOWED[kind].fields().fields
    return next((name for name in WRITTEN if name in known), None)


class ValuesField(forms.CharField):
    """A line for each variable, `name: value`."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "placeholder": "name: friend"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name}: {text}" for name, text in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[str, str]:  # type: ignore[override] # not text any more
        lines = [line for line in str(value or "").splitlines() if line.strip()]
        pairs = {name.strip(): (mark, text.strip()) for name, mark, text in (line.partition(":") for line in lines)}
        if wrong := next((name for name, (mark, _) in pairs.items() if not mark), ""):
            raise forms.ValidationError(f"Write a line as name: value; this one has no colon: {wrong}")
        return {name: text for name, (_, text) in pairs.items()}


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    kind = forms.ChoiceField(
        choices=[(name, name.replace("_", " ").capitalize()) for name in sorted(KINDS_ALLOWED)],
        initial="text",
        widget=UnfoldAdminSelectWidget,
    )
    written = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6, "placeholder": "Hello {{name}}, your order is ready."}),
        help_text="Variables stand in double braces. For a file it is the caption, for a poll the question.",
    )
    defaults = ValuesField(
        label="Values where a message has none",
        required=False,
        help_text="A line for each variable; the others have to be given with each message.",
    )

    class Meta:
        model = Template
        fields = ("workspace", "name", "kind", "written", "defaults", "fields", "language", "description")
        labels = {"fields": "Everything else, as JSON"}
        help_texts = {
            "fields": 'What a request to send this kind has besides, as {"media": {"url": "https://…"}} for a file.'
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["fields"].required = False
        self.fields["fields"].widget.attrs["rows"] = 4
        given = dict(self.instance.fields or {})
        if (name := written_in(self.instance.kind)) and isinstance(given.get(name), str):
            self.initial["written"] = given.pop(name)
        self.initial["fields"] = given

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if not isinstance(given := data.get("fields") or {}, dict):
            self.add_error("fields", "Write a JSON object, in braces.")
            return data
        data["fields"] = {**given, **self._written(data)}
        if not self.errors:
            self._check(data)
        return data

    def _written(self, data: dict[str, Any]) -> dict[str, str]:
        if not data["written"]:
            return {}
        name = written_in(data["kind"])
        if name is None:
            self.add_error("written", f"A {data['kind'].replace('_', ' ')} has no text: leave this empty.")
            return {}
        return {name: data["written"].replace("\r\n", "\n")}

    def _check(self, data: dict[str, Any]) -> None:
        try:
            template_check(Template(**{name: data[name] for name in ("kind", "fields", "defaults")}))
        except ValidationError as error:
            for name, texts in flatten(error.detail).items():
                field = "defaults" if name.startswith("defaults") else None
                self.add_error(field, [text if field else f"{name}: {text}" for text in texts])
