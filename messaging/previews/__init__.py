"""Previews of links: given by the caller, looked up by us, or received."""
