"""Phone numbers as people write them."""

import re

import phonenumbers

PUNCTUATION = re.compile(r"[\s().\-\u00a0]+")
DIGITS = re.compile(r"\+?[0-9]{5,20}")


class BadPhone(ValueError):
    """Its text tells the caller what to write instead."""


def phone_digits(number: str) -> str:
    """A number in international form, with or without the +, as E.164 digits; raises BadPhone."""
    text = PUNCTUATION.sub("", number)
    if not DIGITS.fullmatch(text):
        raise BadPhone("Write a phone number with country code, such as +34600111222.")
    try:
        parsed = phonenumbers.parse(text if text.startswith("+") else f"+{text}")
    except phonenumbers.NumberParseException as error:
        raise BadPhone("No country has this code; write a number with country code, such as +34600111222.") from error
    if not phonenumbers.is_possible_number(parsed):
        raise BadPhone("This number is too short or too long for its country; write one such as +34600111222.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
