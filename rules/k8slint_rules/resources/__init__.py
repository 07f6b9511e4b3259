"""Requests and limits."""
