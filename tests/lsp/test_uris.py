"""Paths and uris, held against what the standard library and pygls make of them."""

from __future__ import annotations

import os
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pygls import uris as pygls

from k8slint.lsp.uris import of_path, to_path

PATHS = [
    "/",
    "/a.yaml",
    "/a b/c.yaml",
    "/Läden & Söhne #1/x.yaml",
    "/100%/x%20y.yaml",
    "/what?/x.yaml",
    "/a;b=c,d.yaml",
    "/~me/[x]{y}@z!$'()*+:.yaml",
    "/日本/\U0001f600.yaml",
    "/a\\b.yaml",
    "/with\nline/x.yaml",
    "/c:/x.yaml",
    "//server/share/x.yaml",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_comes_back(path: str) -> None:
    uri = of_path(path, windows=False)
    assert uri.isascii()
    assert to_path(uri, windows=False) == path
    assert urllib.parse.unquote(urllib.parse.urlsplit(uri).path) == path.removeprefix("//server")


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/c:/x.yaml"])
def test_it_is_what_pygls_makes_of_it(path: str) -> None:
    assert of_path(path, windows=False) == pygls.from_fs_path(path)
    assert to_path(of_path(path, windows=False), windows=False) == pygls.to_fs_path(of_path(path, windows=False))


@given(some.binary(min_size=1).filter(lambda name: b"\0" not in name and not name.startswith(b"/")))
def test_any_name_that_a_file_can_have_comes_back(name: bytes) -> None:
    path = b"/" + name
    as_os_has_it = path.decode("utf-8", "surrogateescape")
    uri = of_path(as_os_has_it, windows=False)
    assert uri == "file://" + urllib.parse.quote(path)
    assert to_path(uri, windows=False) == as_os_has_it


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a%20b/%C3%BC%23%25.yaml", "/a b/ü#%.yaml"),
        ("file:///ü b.yaml", "/ü b.yaml"),
        ("file:/a.yaml", "/a.yaml"),
        ("FILE:///a.yaml", "/a.yaml"),
        ("file://localhost/a.yaml", "/a.yaml"),
        ("file://server/share/a.yaml", "//server/share/a.yaml"),
        ("file:///a.yaml?x=1#L7", "/a.yaml"),
        ("file:///a%2", "/a%2"),
        ("file:///a%zz%", "/a%zz%"),
        ("file:///a%2525", "/a%25"),
        ("file:///a+b", "/a+b"),
        ("file:///a%ff", "/a\udcff"),
        ("file:///c%3A/x", "/c:/x"),
        # As it is written there, and not as anything of it.
        ("file:///a;b.yaml", "/a;b.yaml"),
        ("untitled:Untitled-1", None),
        ("git:/a.yaml", None),
        ("", None),
        ("file:", None),
        ("file://", None),
        ("file:///a%00b", None),
        ("file:///\ud83d", None),
    ],
)
def test_what_editors_write(uri: str, path: str | None) -> None:
    assert to_path(uri, windows=False) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/My%20Files/x.yaml", "c:\\My Files\\x.yaml"),
        ("file:///C:/x.yaml", "c:\\x.yaml"),
        ("file:///c:/x.yaml", "c:\\x.yaml"),
        ("file:///c%3a", "c:"),
        ("file://server/share/x.yaml", "\\\\server\\share\\x.yaml"),
        ("file:///cd:/x.yaml", "\\cd:\\x.yaml"),
    ],
)
def test_what_editors_write_on_windows(uri: str, path: str) -> None:
    assert to_path(uri, windows=True) == path


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("C:\\My Files\\ü#.yaml", "file:///c:/My%20Files/%C3%BC%23.yaml"),
        ("c:\\x.yaml", "file:///c:/x.yaml"),
        ("\\\\server\\share\\x.yaml", "file://server/share/x.yaml"),
    ],
)
def test_uris_on_windows(path: str, uri: str) -> None:
    assert of_path(path, windows=True) == uri
    assert to_path(uri, windows=True) == path[0].lower() + path[1:]


def test_a_relative_way_in_a_uri_is_left_to_the_system() -> None:
    path = to_path("file:///a/../b.yaml", windows=False)
    assert path == "/a/../b.yaml"
    assert os.path.abspath(path) == "/b.yaml"
