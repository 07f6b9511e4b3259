"""What names may look like, and which kind wants which."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from k8slint import kinds, names
from k8slint.schemas import tables

VALID: list[tuple[Callable[[str], str], list[str]]] = [
    (names.label, ["a", "0", "web", "my-name", "123-abc", "a--b", "x" * 63]),
    (names.label_1035, ["a", "web", "a1", "a--b", "x" * 63]),
    (names.subdomain, ["a", "1.2", "example.com", "a-b.c-d", "x" * 253]),
    (names.subdomain_caseless, ["Example.com", "a"]),
    (names.subdomain_with_underscore, ["_tcp.example.com", "a_b.c", "example.com"]),
    (names.wildcard_subdomain, ["*.example.com", "*.a"]),
    (names.fully_qualified_domain, ["example.com", "example.com.", "a.b"]),
    (names.fully_qualified_name, ["a.b.c"]),
    (names.label_key, ["a", "App", "my.name", "example.com/my_name", "a" * 63, "x" * 253 + "/a"]),
    (names.prefixed_label_key, ["example.com/a"]),
    (names.label_value, ["", "a", "MyValue", "my_value", "12345", "a.b-c", "x" * 63]),
    (names.annotation_key, ["a", "Example.COM/My.Name"]),
    (names.config_map_key, ["key.name", "KEY_NAME", "-", ".hidden", "x" * 253]),
    (names.env_name, ["A", "_a", "my.env-name", ".a", "-"]),
    (names.relaxed_env_name, ["A", "1A", "A B", "a-b", "..", "{}"]),
    (names.c_identifier, ["a", "_A1"]),
    (names.http_header, ["X-Header-Name", "-"]),
    (names.domain_prefixed_path, ["example.com/a", "example.com/a/b.c"]),
    (names.signer_name, ["example.com/signer", "kubernetes.io/kube-apiserver-client", "a.b/ns.name"]),
    (names.port_name, ["http", "a", "1a", "grpc-web", "x" * 15]),
    (names.path_segment, ["", "system:web", "A B", "...", "x" * 300]),
    (names.ip_address, ["10.9.8.7", "2001:db8::ffff", "::"]),
    (names.storage_version, ["apps.deployments", "a.b.c"]),
]

REFUSED: list[tuple[Callable[[str], str], str, str]] = [
    (names.label, "", "a lowercase RFC 1123 label must consist of"),
    (names.label, "Web", "a lowercase RFC 1123 label must consist of"),
    (names.label, "a.b", "must not contain dots"),
    (names.label, "a_b", "a lowercase RFC 1123 label must consist of"),
    (names.label, "-a", "a lowercase RFC 1123 label must consist of"),
    (names.label, "a-", "a lowercase RFC 1123 label must consist of"),
    (names.label, "wéb", "a lowercase RFC 1123 label must consist of"),
    (names.label, "x" * 64, "must be no more than 63 characters"),
    (names.label, "é" * 32, "must be no more than 63 characters"),
    (names.label, "a\n", "a lowercase RFC 1123 label must consist of"),
    (names.label_1035, "1a", "a DNS-1035 label must consist of"),
    (names.label_1035, "a.b", "a DNS-1035 label must consist of"),
    (names.subdomain, "a..b", "a lowercase RFC 1123 subdomain must consist of"),
    (names.subdomain, ".a", "a lowercase RFC 1123 subdomain must consist of"),
    (names.subdomain, "a-.b", "a lowercase RFC 1123 subdomain must consist of"),
    (names.subdomain, "x" * 254, "must be no more than 253 characters"),
    (names.subdomain_caseless, "A_b", "an RFC 1123 subdomain must consist of"),
    (names.subdomain_with_underscore, "__a", "a lowercase RFC 1123 subdomain must consist of"),
    (names.subdomain_with_underscore, "a_", "a lowercase RFC 1123 subdomain must consist of"),
    (names.wildcard_subdomain, "*", "a wildcard DNS-1123 subdomain must start with"),
    (names.wildcard_subdomain, "*.*.com", "a wildcard DNS-1123 subdomain must start with"),
    (names.fully_qualified_domain, "a", "should be a domain with at least two segments"),
    (names.fully_qualified_domain, f"{'x' * 64}.b", "must be no more than 63 characters"),
    (names.fully_qualified_name, "a.b", "should be a domain with at least three segments"),
    (names.label_key, "", "name part must be non-empty"),
    (names.label_key, "/a", "prefix part must be non-empty"),
    (names.label_key, "a/", "name part must be non-empty"),
    (names.label_key, "a/b/c", "a valid label key must consist of"),
    (names.label_key, "A/b", "prefix part a lowercase RFC 1123 subdomain"),
    (names.label_key, "a b", "name part must consist of"),
    (names.label_key, "x" * 64, "name part must be no more than 63 bytes"),
    (names.label_key, "x" * 254 + "/a", "prefix part must be no more than 253 bytes"),
    (names.prefixed_label_key, "a", "must include a prefix"),
    (names.label_value, "-a", "a valid label must be an empty string or consist of"),
    (names.label_value, "a b", "a valid label must be an empty string or consist of"),
    (names.label_value, "x" * 64, "must be no more than 63 bytes"),
    (names.annotation_key, "a b", "name part must consist of"),
    (names.config_map_key, "", "a valid config key must consist of"),
    (names.config_map_key, "a/b", "a valid config key must consist of"),
    (names.config_map_key, ".", "must not be '.'"),
    (names.config_map_key, "..", "must not be '..'"),
    (names.config_map_key, "..a", "must not start with '..'"),
    (names.config_map_key, "x" * 254, "must be no more than 253 characters"),
    (names.env_name, "1a", "a valid environment variable name must consist of alphabetic"),
    (names.env_name, "", "a valid environment variable name must consist of alphabetic"),
    (names.env_name, "..a", "must not start with '..'"),
    (names.relaxed_env_name, "a=b", "a valid environment variable name must consist only of printable"),
    (names.relaxed_env_name, "é", "a valid environment variable name must consist only of printable"),
    (names.relaxed_env_name, "", "environment variable name must be non-empty"),
    (names.c_identifier, "1a", "a valid C identifier must start with"),
    (names.http_header, "X Y", "a valid HTTP header must consist of"),
    (names.domain_prefixed_path, "example.com", "must be a domain-prefixed path"),
    (names.domain_prefixed_path, "A/b", "a lowercase RFC 1123 subdomain"),
    (names.domain_prefixed_path, "a/b c", "Invalid path"),
    (names.signer_name, "a.b", "must be a fully qualified domain and path"),
    (names.signer_name, "a.b/c/d", "must be a fully qualified domain and path"),
    (names.signer_name, "a/b", "should be a domain with at least two segments"),
    (names.signer_name, "A.b/c", 'validating label "A":'),
    (names.signer_name, "a.b/C", 'validating label "C":'),
    (names.signer_name, f"{'x' * 63}." * 4 + "b/c", "may not be more than 253 bytes"),
    (names.port_name, "", "must contain only alpha-numeric characters"),
    (names.port_name, "HTTP", "must contain only alpha-numeric characters"),
    (names.port_name, "8080", "must contain at least one letter"),
    (names.port_name, "a--b", "must not contain consecutive hyphens"),
    (names.port_name, "-a", "must not begin or end with a hyphen"),
    (names.port_name, "x" * 16, "must be no more than 15 characters"),
    (names.path_segment, ".", "may not be '.'"),
    (names.path_segment, "a/b", "may not contain '/'"),
    (names.path_segment, "a%b", "may not contain '%'"),
    (names.ip_address, "web", "must be a valid IP address"),
    (names.ip_address, "fe80::1%eth0", "must be a valid IP address"),
    (names.ip_address, "010.0.0.1", "must not have leading 0s"),
    (names.ip_address, "::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"),
    (names.ip_address, "FE80::1", 'must be in canonical form ("fe80::1")'),
    (names.storage_version, "deployments", "name must be in the form of"),
    (names.storage_version, "Apps.deployments", "the group segment a lowercase"),
    (names.storage_version, "apps.1", "the resource segment a DNS-1035 label"),
]


@pytest.mark.parametrize(("function", "value"), [(f, value) for f, values in VALID for value in values])
def test_accepts(function: Callable[[str], str], value: str) -> None:
    assert function(value) == ""


@pytest.mark.parametrize(("function", "value", "reason"), REFUSED)
def test_refuses_in_the_servers_words(function: Callable[[str], str], value: str, reason: str) -> None:
    assert function(value).startswith(reason)


def test_a_generate_name_is_the_beginning_of_a_name() -> None:
    assert names.generate_name("subdomain", "web-") == ""
    assert names.generate_name("label", "web") == ""
    assert names.generate_name("subdomain", "Web-") != ""
    assert names.generate_name("subdomain", "-") != ""
    assert names.generate_name("path-segment", "..") == ""
    assert names.generate_name("path-segment", "a/") == "may not contain '/'"
    # The server's mask lets this pass; the name that is made of it does not.
    assert names.generate_name("subdomain", "web.-") == ""
    assert names.subdomain(names.generated("web.-")) != ""
    assert len(names.generated("x" * 200)) == 63


@pytest.mark.parametrize(
    ("value", "proposal"),
    [
        ("Web_App", "web-app"),
        ("web app", "web-app"),
        ("-web-", "web"),
        ("web..app", "web.app"),
        ("wéb", "web"),
        ("Web__App", "web-app"),
        ("___", ""),
        ("x" * 254, ""),
    ],
)
def test_proposes_a_name(value: str, proposal: str) -> None:
    assert names.proposal(value) == proposal


def test_proposes_what_the_kind_allows() -> None:
    assert names.proposal("web.app", "label") == "web-app"
    assert names.proposal("1_web", "label-1035") == "web"
    assert names.proposal("a" * 60, "subdomain", 52) == ""
    assert names.proposal("a/b", "path-segment") == ""


def test_every_kind_that_kubernetes_serves_is_registered() -> None:
    table = Path(tables.__file__).with_name("data").joinpath("kinds.tsv").read_text(encoding="utf-8")
    for entry in csv.DictReader(table.splitlines(), delimiter="\t"):
        group = entry["apiVersion"].rpartition("/")[0]
        kind = kinds.lookup(group, entry["kind"])
        assert kind is not None, entry
        assert kind.namespaced is (entry["scope"] == "Namespaced"), entry


def test_a_syntax_may_change_with_the_version() -> None:
    service = kinds.lookup("", "Service")
    assert service is not None
    assert service.name_syntax(35) == "label-1035"
    assert service.name_syntax(36) == "label"
    assert service.name_syntax() == "label"


def test_messages_show_long_values_by_their_beginning() -> None:
    assert names.shown("a" * 80) == "a" * 80
    assert names.shown("a" * 81) == "a" * 60 + "..."
