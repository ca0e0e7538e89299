"""The HTTP API that drives the sandbox: phones, what they do and see, faults."""
