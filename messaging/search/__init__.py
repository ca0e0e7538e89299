"""Finding messages by their words. docs/adr/0007-search.md says why it is built like this."""
