"""Clearing away what nobody uses any more: sessions by age, and files that no session speaks of."""
