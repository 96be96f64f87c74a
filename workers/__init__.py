"""When it runs, and what happens when it dies."""
