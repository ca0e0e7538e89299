"""A person as programs see one."""

from typing import Any

from messaging.models import Contact
from messaging.payloads import phone_of


def contact_payload(contact: Contact) -> dict[str, Any]:
    """See docs/api.md."""
    return {
        "jid": contact.jid,
        "lid": contact.lid,
        "phone": phone_of(contact.jid),
        "name": contact.name,
        "local_name": contact.local_name,
        "full_name": contact.full_name,
        "first_name": contact.first_name,
        "business_name": contact.business_name,
        "push_name": contact.push_name,
    }
