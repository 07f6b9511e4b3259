"""What API types look like: tables of the built-in kinds, and custom resources turned into the same."""
