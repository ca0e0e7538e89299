"""Query parameters of lists: a typing error must not widen what comes back."""

import django_filters

PAGE_PARAMETERS = {"cursor", "limit", "format"}


class StrictFilterSet(django_filters.FilterSet):
    """Refuses parameters that there are not."""

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        known = {*self.filters, *PAGE_PARAMETERS}
        unknown = sorted(set(self.data) - known) if self.is_bound else []
        for name in unknown:
            sentence = f"There is no such parameter; there are {', '.join(sorted(known))}."
            self.form.errors[name] = self.form.error_class([sentence])
        return valid and not unknown
