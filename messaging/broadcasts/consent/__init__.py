"""Opting out and in again by a word in a reply."""
