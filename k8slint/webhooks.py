"""Where the API server may be told to call: the addresses of webhooks. Each function says why a text is none, "" where it is one.

Source: k8s.io/apiserver/pkg/util/webhook/validation.go.
"""

from __future__ import annotations

from k8slint import names

_FORM = "desired format: https://host[/path]"


def url(text: str) -> str:
    """The `url` of a webhook."""
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() != "https":
        return f"'https' is the only allowed URL scheme; {_FORM}"
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority = rest.removeprefix("//").partition("/")[0] if rest.startswith("//") else ""
    _, at, host = authority.rpartition("@")
    if not host:
        return f"host must be specified; {_FORM}"
    if at:
        return "user information is not permitted in the URL"
    if fragment:
        return "fragments are not permitted in the URL"
    return "query parameters are not permitted in the URL" if query else ""


def path(text: str) -> str:
    """The `path` below the Service of a webhook."""
    if text in ("", "/"):
        return ""
    if text == "//":
        return "segment[0] may not be empty"
    if not text.startswith("/"):
        return "must start with a '/'"
    for position, step in enumerate(text[1:].removesuffix("/").split("/")):
        reason = names.subdomain(step) if step else "may not be empty"
        if reason:
            return f"segment[{position}] {reason}" if not step else f"segment[{position}]: {reason}"
    return ""
