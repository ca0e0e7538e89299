"""The cryptography of WhatsApp's multi-device protocol, without any I/O."""
