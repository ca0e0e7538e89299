"""The Signal protocol as WhatsApp uses it: X3DH, Double Ratchet (version 3 messages) and sender keys for groups."""
