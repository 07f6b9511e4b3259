"""Writing XML: texts that may hold anything, as what any parser reads."""

from __future__ import annotations

import re

from k8slint.report.base import plain

# What no XML document may hold, escaped or not (XML 1.0, 2.2), and `plain` lets through.
_FORBIDDEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}


def escaped(text: str) -> str:
    """A text for an element or an attribute; its control characters as pictures, on one line."""
    return _FORBIDDEN.sub("\ufffd", plain(text)).translate(_ESCAPES)


def tag(element: str, *, end: str = "/>", **attributes: str | int) -> str:
    """A tag with these attributes, which are escaped; `end` is `/>` or `>`."""
    return f"<{element}" + "".join(f' {key}="{escaped(str(value))}"' for key, value in attributes.items()) + end
