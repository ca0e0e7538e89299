"""Chats over REST."""
