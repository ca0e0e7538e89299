"""Groups over REST."""
