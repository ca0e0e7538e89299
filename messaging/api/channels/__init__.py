"""Channels over REST."""
