"""What the engine tells of people, and what an account shows of itself."""
