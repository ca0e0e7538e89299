"""The server: one loopback port that is proxy, TLS end, WebSocket server, media server and control API."""
