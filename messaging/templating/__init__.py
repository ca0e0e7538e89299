"""Message templates: texts with `{{variables}}`, filled in strictly before anything is sent."""
