"""The Redis stream that every sessions worker reads in full."""

WAKE_STREAM = "wa:wake"
STREAM_LENGTH = 5_000
