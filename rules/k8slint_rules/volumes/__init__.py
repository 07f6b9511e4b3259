"""Volumes, mounts and subPath."""
