"""How often one address may ask for tokens: guessing passwords must be slow, also while Redis is away."""

from django.conf import settings
from django.http import HttpRequest

from .counting import count, count_locally, refusal


def require_allowance(request: HttpRequest, group: str) -> None:
    """Counts this request; raises 429 when the address has used up its share."""
    rate: str = settings.TOKEN_RATES[group]
    address = str(request.META.get("REMOTE_ADDR", ""))
    name = f"auth.{group}"
    usage = count(request, name, address, rate) or count_locally(name, address, rate)
    if usage.exceeded:
        raise refusal(usage, "for tokens from your address")
