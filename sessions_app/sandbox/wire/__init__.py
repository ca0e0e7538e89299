"""What goes over the wire: JIDs, binary XML, the Noise handshake and the certificates of both layers."""
