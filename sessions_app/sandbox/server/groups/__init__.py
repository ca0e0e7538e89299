"""Groups: what they are, who may change them, and who is told (namespace `w:g2` and notifications `w:gp2`)."""
