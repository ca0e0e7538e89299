"""The engine providers. Adding one is a folder and a line here; no engine is imported before a host starts."""

from .provider import Provider
from .sandbox.provider import SANDBOX
from .whatsapp.provider import WHATSAPP

_providers: dict[str, Provider] = {provider.name: provider for provider in (WHATSAPP, SANDBOX)}


class UnknownProvider(LookupError):
    """No provider has this name."""


def get(name: str) -> Provider:
    """The provider of that name."""
    try:
        return _providers[name]
    except KeyError:
        raise UnknownProvider(f"no engine provider {name!r}; there are: {', '.join(_providers)}") from None


def providers() -> list[Provider]:
    """All providers, in the order to offer them."""
    return list(_providers.values())


def register(provider: Provider) -> None:
    """Add a provider that lives elsewhere, such as a test's."""
    _providers[provider.name] = provider
