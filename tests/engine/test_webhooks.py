"""Addresses of webhooks."""

import pytest

from k8slint import webhooks


@pytest.mark.parametrize("text", ["https://hooks.example.com", "https://10.0.0.1:8443/convert", "HTTPS://host/a/b"])
def test_addresses(text: str) -> None:
    assert webhooks.url(text) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'https' is the only allowed URL scheme; desired format: https://host[/path]"),
        ("hooks.example.com", "'https' is the only allowed URL scheme; desired format: https://host[/path]"),
        ("http://hooks.example.com", "'https' is the only allowed URL scheme; desired format: https://host[/path]"),
        ("https:///convert", "host must be specified; desired format: https://host[/path]"),
        ("https:host", "host must be specified; desired format: https://host[/path]"),
        ("https://me@host/", "user information is not permitted in the URL"),
        ("https://host/#top", "fragments are not permitted in the URL"),
        ("https://host/?a=b", "query parameters are not permitted in the URL"),
    ],
)
def test_refused_addresses(text: str, reason: str) -> None:
    assert webhooks.url(text) == reason


@pytest.mark.parametrize("text", ["", "/", "/convert", "/convert/", "/a/b.c"])
def test_paths(text: str) -> None:
    assert webhooks.path(text) == ""


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("convert", "must start with a '/'"),
        ("//", "segment[0] may not be empty"),
        ("/a//b", "segment[1] may not be empty"),
        ("/Convert", "segment[0]: a lowercase RFC 1123 subdomain"),
    ],
)
def test_refused_paths(text: str, start: str) -> None:
    assert webhooks.path(text).startswith(start)
