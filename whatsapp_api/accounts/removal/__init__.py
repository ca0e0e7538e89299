"""A workspace goes, with everything in it: asked for by an owner, done step by step in a worker."""
