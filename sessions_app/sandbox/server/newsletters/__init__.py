"""Channels, which the protocol calls newsletters: posts without encryption from few to many."""
