"""Files in messages: stored, made fit for WhatsApp, served. docs/architecture.md, "Media"."""
