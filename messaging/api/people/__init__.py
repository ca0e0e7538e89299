"""Contacts, the block list, the own profile and calls over REST."""
