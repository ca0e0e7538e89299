"""Simulated phones: the primary device (device 0) of an account, without any I/O."""
