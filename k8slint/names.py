"""What names, labels and their like may look like.

Each function takes a value and returns "" where the API server accepts it, else its reason in the server's words
(without the regular expression that it adds). Lengths are counted in bytes, as Go does.

Source: k8s.io/apimachinery v0.37 pkg/util/validation/{validation,ip}.go, pkg/api/validate/content/*.go and
pkg/api/validation/generic.go; k8s.io/kubernetes v1.37 pkg/apis/core/validation/names.go.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

LABEL_LENGTH: Final = 63
SUBDOMAIN_LENGTH: Final = 253
PORT_NAME_LENGTH: Final = 15
GENERATED_LENGTH: Final = 58
"""What is left of a generateName before five random characters are added."""

CACHED: Final = 4096
"""Names that are remembered: the same few labels stand in nearly every manifest of a project."""

_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character"
)
_LABEL_1035 = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    "start with an alphabetic character, and end with an alphanumeric character"
)
_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_CASELESS = (
    "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_UNDERSCORE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_WILDCARD = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
)
_KEY = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
_LABEL_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character"
)
_CONFIG_KEY = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
_ENV_NAME = (
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
    "and must not start with a digit"
)
_RELAXED_ENV_NAME = "a valid environment variable name must consist only of printable ASCII characters other than '='"
_C_IDENTIFIER = (
    "a valid C identifier must start with alphabetic character or '_', "
    "followed by a string of alphanumeric characters or '_'"
)
_HEADER = "a valid HTTP header must consist of alphanumeric characters or '-'"
_PATH_CHARACTERS = frozenset("/-._~%!$&'()*+,;=:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


def shown(value: str) -> str:
    """A value as messages show it: whole up to 80 characters, its beginning beyond."""
    return value if len(value) <= 80 else f"{value[:60]}..."


# ------------------------------------------------------------------------------------------- DNS


@lru_cache(CACHED)
def label(value: str) -> str:
    """A DNS label (RFC 1123): `my-name`, `123-abc`; a Namespace's name, a container's, a volume's."""
    if _is_label(value):
        return _longest(value, LABEL_LENGTH)
    return _longest(value, LABEL_LENGTH) or ("must not contain dots" if _is_subdomain(value) else _LABEL)


def label_1035(value: str) -> str:
    """A DNS label that begins with a letter (RFC 1035): a Service's name before Kubernetes 1.36."""
    if _is_label(value) and value[0].isalpha():
        return _longest(value, LABEL_LENGTH)
    return _longest(value, LABEL_LENGTH) or _LABEL_1035


@lru_cache(CACHED)
def subdomain(value: str) -> str:
    """A DNS subdomain (RFC 1123): `example.com`, `my-name`; what most kinds want as a name."""
    return _longest(value, SUBDOMAIN_LENGTH) or ("" if _is_subdomain(value) else _SUBDOMAIN)


def subdomain_caseless(value: str) -> str:
    """A DNS subdomain whose letters may be large: the name of a CSI or DRA driver."""
    return _longest(value, SUBDOMAIN_LENGTH) or ("" if _is_subdomain(value.lower()) else _SUBDOMAIN_CASELESS)


def subdomain_with_underscore(value: str) -> str:
    """A DNS subdomain whose labels may hold underscores, but for their last character: a search domain of a pod."""
    labels = value.split(".")
    valid = all(_is_label(part.removeprefix("_").replace("_", "-")) for part in labels)
    return _longest(value, SUBDOMAIN_LENGTH) or ("" if valid else _SUBDOMAIN_UNDERSCORE)


def wildcard_subdomain(value: str) -> str:
    """A DNS subdomain with a wildcard for its first label: `*.example.com`."""
    valid = value.startswith("*.") and _is_subdomain(value[2:])
    return _longest(value, SUBDOMAIN_LENGTH) or ("" if valid else _WILDCARD)


def fully_qualified_domain(value: str) -> str:
    """A domain of at least two labels; a dot at its end is allowed."""
    value = value.removesuffix(".")
    labels = value.split(".")
    reason = subdomain(value)
    if reason:
        return reason
    if len(labels) < 2:
        return "should be a domain with at least two segments separated by dots"
    return next((reason for part in labels if (reason := label(part))), "")


def fully_qualified_name(value: str) -> str:
    """A domain of at least three labels: the name of a webhook."""
    reason = subdomain(value)
    if reason:
        return reason
    return "" if value.count(".") >= 2 else "should be a domain with at least three segments separated by dots"


# ------------------------------------------------------------------------------------------- keys and values


@lru_cache(CACHED)
def label_key(value: str) -> str:
    """The key of a label, also called a qualified name: `app`, `example.com/app`."""
    prefix, slash, name = value.rpartition("/")
    if "/" in prefix:
        return f"a valid label key {_KEY} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
    if slash:
        if not prefix:
            return "prefix part must be non-empty"
        if _bytes(prefix) > SUBDOMAIN_LENGTH:
            return f"prefix part must be no more than {SUBDOMAIN_LENGTH} bytes"
        if not _is_subdomain(prefix):
            return f"prefix part {_SUBDOMAIN}"
    if not name:
        return "name part must be non-empty"
    if _bytes(name) > LABEL_LENGTH:
        return f"name part must be no more than {LABEL_LENGTH} bytes"
    return "" if _is_key(name) else f"name part {_KEY}"


def prefixed_label_key(value: str) -> str:
    """The key of a label with a domain: `example.com/app`."""
    return label_key(value) or ("" if "/" in value else "must include a prefix (e.g. 'example.com/key')")


@lru_cache(CACHED)
def label_value(value: str) -> str:
    """The value of a label; it may be empty."""
    if not value or (_is_key(value) and len(value) <= LABEL_LENGTH):
        return ""
    return f"must be no more than {LABEL_LENGTH} bytes" if _bytes(value) > LABEL_LENGTH else _LABEL_VALUE


def annotation_key(value: str) -> str:
    """The key of an annotation: that of a label, in any case (also its domain)."""
    return label_key(value.lower())


def config_map_key(value: str) -> str:
    """A key of a ConfigMap or Secret: `app.yaml`."""
    if _bytes(value) > SUBDOMAIN_LENGTH:
        return _longest(value, SUBDOMAIN_LENGTH)
    return _dots(value) if _is_word(value) else _CONFIG_KEY


def env_name(value: str) -> str:
    """The name of an environment variable before Kubernetes 1.32, which relaxed it."""
    return _dots(value) if _is_word(value) and not value[0].isdigit() else _ENV_NAME


def relaxed_env_name(value: str) -> str:
    """The name of an environment variable from Kubernetes 1.32 on: nearly anything in ASCII."""
    if not value:
        return "environment variable name must be non-empty"
    return "" if value.isascii() and value.isprintable() and "=" not in value else _RELAXED_ENV_NAME


def c_identifier(value: str) -> str:
    """An identifier of C: `my_name`."""
    return "" if value.isascii() and value.isidentifier() else _C_IDENTIFIER


def http_header(value: str) -> str:
    """The name of an HTTP header: `X-Header-Name`."""
    return "" if value.isascii() and value.replace("-", "0").isalnum() else _HEADER


def domain_prefixed_path(value: str) -> str:
    """A domain and a path: `example.com/controller`; the controller of an IngressClass."""
    host, _, path = value.partition("/")
    if not host or not path:
        return 'must be a domain-prefixed path (such as "acme.io/foo")'
    return subdomain(host) or ("" if _PATH_CHARACTERS.issuperset(path) else "Invalid path")


def signer_name(value: str) -> str:
    """A signer of certificates: `example.com/signer`, and up to 571 characters."""
    domain, slash, path = value.partition("/")
    if not slash or "/" in path:
        return "must be a fully qualified domain and path of the form 'example.com/signer-name'"
    if _bytes(domain) > SUBDOMAIN_LENGTH:
        return f"may not be more than {SUBDOMAIN_LENGTH} bytes"
    labels = domain.split(".")
    for part in labels:
        if reason := label(part):
            return f'validating label "{part}": {reason}'
    if len(labels) < 2:
        return "should be a domain with at least two segments separated by dots"
    for part in path.split("."):
        if reason := subdomain(part):
            return f'validating label "{part}": {reason}'
    return "may not be more than 571 bytes" if _bytes(value) > 571 else ""


# ------------------------------------------------------------------------------------------- ports


def port_name(value: str) -> str:
    """The name of a container's port (an IANA service name): `http`, `grpc-web`."""
    if _bytes(value) > PORT_NAME_LENGTH:
        return _longest(value, PORT_NAME_LENGTH)
    if not (value.isascii() and value.replace("-", "0").isalnum() and value == value.lower()):
        return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    if not any(character.isalpha() for character in value):
        return "must contain at least one letter (a-z)"
    if "--" in value:
        return "must not contain consecutive hyphens"
    return "must not begin or end with a hyphen" if value[0] == "-" or value[-1] == "-" else ""


# ------------------------------------------------------------------------------------------- names of objects


def path_segment(value: str) -> str:
    """Whatever can be a part of a path: the name of a Role. Of any length."""
    return f"may not be '{value}'" if value in (".", "..") else _path_segment_prefix(value)


def _path_segment_prefix(value: str) -> str:
    return next((f"may not contain '{illegal}'" for illegal in "/%" if illegal in value), "")


def ip_address(value: str) -> str:
    """An IP address in canonical form: the name of an IPAddress."""
    from ipaddress import IPv6Address, ip_address

    try:
        address = ip_address(value)
    except ValueError:
        octets = value.split(".")
        padded = len(octets) == 4 and all(part.isdecimal() and part.isascii() and int(part) < 256 for part in octets)
        return "must not have leading 0s" if padded else "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        if address.ipv4_mapped is not None:
            return "must not be an IPv4-mapped IPv6 address"
    return "" if str(address) == value else f'must be in canonical form ("{address}")'


def storage_version(value: str) -> str:
    """A group and a resource: the name of a StorageVersion."""
    group, dot, resource = value.rpartition(".")
    if not dot:
        return "name must be in the form of <group>.<resource>"
    reason = subdomain(group)
    if reason:
        return f"the group segment {reason}"
    reason = label_1035(resource)
    return f"the resource segment {reason}" if reason else ""


NameSyntax: TypeAlias = Literal[
    "subdomain", "label", "label-1035", "path-segment", "config-map-key", "ip-address", "storage-version"
]
"""The syntaxes that metadata.name has."""

_SYNTAXES: Final[dict[NameSyntax, Callable[[str], str]]] = {
    "subdomain": subdomain,
    "label": label,
    "label-1035": label_1035,
    "path-segment": path_segment,
    "config-map-key": config_map_key,
    "ip-address": ip_address,
    "storage-version": storage_version,
}
_MASKED: Final = ("subdomain", "label", "label-1035")


def object_name(syntax: NameSyntax, value: str) -> str:
    """metadata.name, by the syntax of its kind."""
    return _SYNTAXES[syntax](value)


def generate_name(syntax: NameSyntax, value: str) -> str:
    """metadata.generateName, which is to be the beginning of a name: a dash may be its end."""
    if syntax in _MASKED and len(value) > 1 and value.endswith("-"):
        # The server puts a letter in place of the last two characters, so that a dash before the last one passes too.
        value = value[:-2] + "a"
    return _path_segment_prefix(value) if syntax == "path-segment" else _SYNTAXES[syntax](value)


def generated(value: str) -> str:
    """A name as the server may make it of a generateName."""
    return value.encode()[:GENERATED_LENGTH].decode(errors="replace") + "x2x2x"


# `{{ uid }}`, `${NAME}`, `<your domain>`, `%NAME%`, `__NAME__`
_PLACEHOLDER = r"\{\{|\$[{(]|<[^<>]*>|%\w+%|__[A-Z0-9_]+__"


def proposal(value: str, syntax: NameSyntax = "subdomain", length: int = SUBDOMAIN_LENGTH) -> str:
    """The name that was probably meant: in lower case, with dashes for what is not allowed. "" where there is none, and for what somebody fills in.

    >>> proposal("Web_App")
    'web-app'
    """
    import unicodedata

    if re.search(_PLACEHOLDER, value):
        return ""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    allowed = "-." if syntax == "subdomain" else "-"
    dashed = "".join(character if character.isalnum() or character in allowed else "-" for character in plain)
    while "--" in dashed:
        dashed = dashed.replace("--", "-")
    dashed = ".".join(stripped for part in dashed.split(".") if (stripped := part.strip("-")))
    if syntax == "label-1035":
        dashed = dashed.lstrip("-0123456789")
    fits = dashed and len(dashed) <= length and not object_name(syntax, dashed)
    return dashed if syntax in _MASKED and fits else ""


# ------------------------------------------------------------------------------------------- characters


def _bytes(value: str) -> int:
    return len(value) if value.isascii() else len(value.encode())


def _longest(value: str, length: int) -> str:
    # No character has more than four bytes: most names are short enough without counting.
    if len(value) * 4 <= length or _bytes(value) <= length:
        return ""
    return f"must be no more than {length} characters"


def _is_label(value: str) -> bool:
    return (
        value.isascii()
        and value.replace("-", "0").isalnum()
        and value[0] != "-"
        and value[-1] != "-"
        and value == value.lower()
    )


def _is_subdomain(value: str) -> bool:
    return all(_is_label(part) for part in value.split(".")) if "." in value else _is_label(value)


def _is_word(value: str) -> bool:
    return value.isascii() and value.replace("-", "0").replace("_", "0").replace(".", "0").isalnum()


def _is_key(value: str) -> bool:
    return _is_word(value) and value[0].isalnum() and value[-1].isalnum()


def _dots(value: str) -> str:
    if value in (".", ".."):
        return f"must not be '{value}'"
    return "must not start with '..'" if value.startswith("..") else ""
