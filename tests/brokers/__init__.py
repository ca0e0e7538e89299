"""Real message brokers for the tests of sinks. Each has an address, and tells what it was given."""
