"""What the dashboard asks for to add an account."""

from typing import Any

from django import forms

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.phones import BadPhone, phone_digits

from .models import PairingMethod, Provider


class SessionForm(forms.Form):
    """`workspaces`: where the account may go; with only one there is nothing to ask."""

    name = forms.CharField(max_length=100, label="Name", help_text="How you call this account, for example “Support”.")
    provider = forms.ChoiceField(choices=Provider.choices, initial=Provider.WHATSAPP)
    pairing_method = forms.ChoiceField(choices=PairingMethod.choices, initial=PairingMethod.QR)
    pairing_phone = forms.CharField(max_length=30, required=False, label="Phone number of the account")
    workspace = forms.ModelChoiceField(queryset=Workspace.objects.none(), empty_label=None)

    def __init__(self, *args: Any, workspaces: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(workspaces) > 1:
            field: Any = self.fields["workspace"]
            field.queryset = Workspace.objects.filter(id__in=workspaces)
        else:
            del self.fields["workspace"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("pairing_method") != PairingMethod.CODE:
            data["pairing_phone"] = ""
        elif "pairing_phone" in data:
            self._read_phone(data)
        return data

    def _read_phone(self, data: dict[str, Any]) -> None:
        try:
            data["pairing_phone"] = phone_digits(data["pairing_phone"])
        except BadPhone as error:
            self.add_error("pairing_phone", str(error))
