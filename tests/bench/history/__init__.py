"""How fast chats, history and search answer when a session has many messages."""
