"""Telephone numbers as tables hold them."""

import phonenumbers

from messaging.addresses import BadAddress, canonical_jid
from whatsapp_api.core.phones import BadPhone


def jid_of(text: str, country: str) -> str:
    """The canonical JID of a number or a chat id. `country` (ISO 3166, such as ES) is for numbers without its code.

    Raises BadAddress or BadPhone, with a sentence for people.
    """
    text = text.strip()
    if "@" in text or not country or text.startswith("+"):
        return canonical_jid(text)
    if text.startswith("00"):
        return canonical_jid(f"+{text[2:]}")
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise BadPhone("This is not a phone number.") from error
    if not phonenumbers.is_valid_number(parsed):
        # A number that carries its code already, without the plus: 34600111222 in a table of Spanish numbers.
        return canonical_jid(text)
    return canonical_jid(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


__all__ = ["BadAddress", "BadPhone", "jid_of"]
