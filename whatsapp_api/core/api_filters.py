"""Query parameters of lists: a typing error must not widen what comes back."""

from datetime import UTC, datetime

import django_filters
from django import forms
from django.http import QueryDict

from .api_input import unclear

PAGE_PARAMETERS = {"cursor", "limit", "format"}


class StrictFilterSet(django_filters.FilterSet):
    """Refuses parameters that there are not, and those without a value or with several."""

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        known = {*self.filters, *PAGE_PARAMETERS}
        given = self.data if self.is_bound else QueryDict()
        wrong = {name: sentence for name, sentence in unclear(given).items() if name in self.filters}
        wrong |= {
            name: f"There is no such parameter; there are {', '.join(sorted(known))}."
            for name in sorted(given)
            if name not in known
        }
        for name, sentence in wrong.items():
            self.form.errors[name] = self.form.error_class([sentence])
        return valid and not wrong


class MomentField(forms.Field):
    """ISO 8601; without a time zone it is UTC."""

    def to_python(self, value: str | None) -> datetime | None:
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value.replace(" ", "+"))  # a + in a query string arrives as a space
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("Write a time like 2026-01-31T12:00:00Z.") from error


class MomentFilter(django_filters.Filter):
    field_class = MomentField
