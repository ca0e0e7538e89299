"""A broadcast to very many, against a sender that only counts."""
