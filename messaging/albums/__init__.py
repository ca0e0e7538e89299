"""Albums: a message that says how many images and videos follow, and these, each a message that names it."""
