"""Groups: what is known of them, how it changes, and what people do with them."""
