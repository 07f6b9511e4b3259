"""What keeps things running."""
