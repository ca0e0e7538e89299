"""A WhatsApp server of our own on loopback, with simulated phones.

The real, unmodified neonize client connects to it, is linked by a simulated phone and exchanges
end-to-end encrypted messages. Start it with ``python -m sessions_app.sandbox``.
"""
