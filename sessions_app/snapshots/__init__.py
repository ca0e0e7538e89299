"""Encrypted copies of session stores. docs/adr/0005-snapshots.md has the rules and the reasons."""
