"""Which sessions worker is alive, and which carries what. docs/adr/0006-leases.md has the rules and the reasons."""
