"""The list of conversations: what changes it, and what reads it."""
