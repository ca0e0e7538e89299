"""`make bench`: the platform against the sandbox, beside raw neonize in the same run."""
