"""What stands in the way of reading: found while a file becomes documents."""
