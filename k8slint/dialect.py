"""kubectl's YAML: what its scalars mean, where its documents begin and end, and which texts it refuses.

kubectl reads a file through cli-runtime (byte order marks), splits it with apimachinery's YAMLReader, and hands each
piece to sigs.k8s.io/yaml, which is go.yaml.in/yaml/v2 followed by a conversion to JSON. Everything here is a function
of text; turning a document into nodes is `nodes.py`'s business, and go-yaml's own scanner is `goyaml`.

Sources: k8s.io/apimachinery v0.37.2 pkg/util/yaml/decoder.go; k8s.io/cli-runtime v0.37.2 pkg/resource/visitor.go;
sigs.k8s.io/yaml v1.6.0 yaml.go; go.yaml.in/yaml/v2 v2.4.4 resolve.go, decode.go, readerc.go.

Where libyaml and go-yaml part
------------------------------
libyaml, as ruamel.yaml.clib 0.2 ships it, is what go-yaml was ported from: on nearly all text that both accept they
give the same events. The rest is two kinds. What libyaml reads otherwise, or reads where go-yaml refuses, `differs`
finds before it is read. What libyaml refuses, go-yaml may accept: an error is never libyaml's to pronounce, the text
has to be read again with `goyaml.Parser`, which also knows go-yaml's words for it.

| text | libyaml | go-yaml | found by |
|---|---|---|---|
| U+FEFF at the start of a later line | not there | text | `differs` |
| `"\\/"` | a slash | refused: unknown escape | `differs` |
| `%YAML 1.2` | accepted | refused: incompatible | `differs` |
| `[http://a]`, `{a:1}`, `{image: nginx:1.2}`, `[a:]` | refused: unexpected ':' | plain text | libyaml's error |
| `"\\'"` | refused: unknown escape | an apostrophe | libyaml's error |
| a control character well behind the document | refused: reads 16 KiB ahead | not seen: 512 bytes | libyaml's error |
| `[]: x`, `{}: x` | a collection as a key | the end of the document, or refused | the key's refusal |

Both read the first document only, and one token beyond it, which decides whether that document is well-formed: one more
event than the root's last has to be asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import copysign, isinf, isnan
from typing import Final, NamedTuple, TypeAlias

Scalar: TypeAlias = bool | int | float | str | None
"""What a YAML scalar can be. An `int` lies within -2^63..2^64-1, as in Go; what lies beyond is a `float`."""


class DialectError(Exception):
    """kubectl refuses this scalar, key or value; the message is go-yaml's, without "yaml: "."""


# -------------------------------------------------------------------------------------- plain scalars

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}

# The first character decides what a scalar may be (resolve.go's resolveTable); any other begins a string.
_WORD, _NUMBER, _FRACTION = 1, 2, 3
_HINTS: Final[dict[str, int]] = {
    "": _WORD,
    **dict.fromkeys("yYnNtTfFoO~", _WORD),
    **dict.fromkeys("+-0123456789", _NUMBER),
    ".": _FRACTION,
}

WORDS: Final = frozenset(_WORDS)
NUMERIC: Final = frozenset("+-.0123456789")
"""A plain scalar that is none of the words and begins with none of these is a string."""

_INTEGER = re.compile(r"([-+]?)(?:0[bB]([01]+)|0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|(0[0-7]*)|([1-9][0-9]*))", re.ASCII)
_BASES = (2, 16, 8, 8, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# Patterns that few files need are compiled when they are first used: reading one file is a matter of milliseconds.
_SIGNED_BINARY = r"0b([-+][01]+)"
# Go allows underscores between digits; in this branch yaml.v2 does not strip them first.
_DOTTED_FLOAT = r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?"


def is_text(plain: str) -> bool:
    """Whether the first character of a plain, untagged scalar tells that it is the string it looks like."""
    return plain[:1] not in _HINTS


def resolve(text: str) -> Scalar:
    """The value of a plain, untagged scalar as kubectl reads it.

    >>> [resolve(text) for text in ("on", "0644", "1e3", "22:22", "2001-01-01", "~", "web")]
    [True, 420, 1000.0, '22:22', '2001-01-01', None, 'web']

    A whole number that only a float can hold is an int again where kubectl's JSON writes it as one.
    """
    if text[:1] not in _HINTS:
        return text
    value = _typed(text)
    if isinstance(value, float) and 1e16 <= abs(value) < 1e21:
        return _digits_of(value)
    return value


# Manifests say the same few words and numbers over and over.
@lru_cache(maxsize=4096)
def _typed(text: str) -> Scalar:
    """resolve.go's `resolve("", text)`: Go's int, uint64, float64, bool, nil or string."""
    hint = _HINTS.get(text[:1])
    if hint is None:
        return text
    if hint == _NUMBER and text.isascii() and text.isdigit() and text[0] != "0" and len(text) < 19:
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    if hint == _NUMBER:
        return _number(text)
    number = _float(text) if hint == _FRACTION and re.fullmatch(_DOTTED_FLOAT, text) else None
    return text if number is None else number


def _number(text: str) -> int | float | str:
    plain = text.replace("_", "")
    match = _INTEGER.fullmatch(plain)
    if match:
        group = match.lastindex or 0
        value = _int(match[1] + (match[group] or "0"), _BASES[group - 2])
        if value is not None:
            return value
    if _FLOAT.fullmatch(plain):
        number = _float(plain)
        return text if number is None else number
    binary = re.fullmatch(_SIGNED_BINARY, plain)
    if binary:
        value = _int(binary[1], 2)
        if value is not None:
            return value
    return text


def _int(digits: str, base: int) -> int | None:
    """strconv.ParseInt, then ParseUint, which takes no sign; None out of their range."""
    # Longer ones are out of range, and Python limits the conversion of very long decimals.
    if len(digits.lstrip("+-0")) > 64:
        return None
    value = int(digits, base)
    if -(2**63) <= value < 2**63 or (value < 2**64 and digits[0] not in "+-"):
        return value
    return None


def _float(text: str) -> float | None:
    """strconv.ParseFloat; None out of range, which Go reports as an error."""
    value = float(text)
    return None if isinf(value) else value


def _digits_of(value: float) -> int:
    """The whole number that Go's JSON encoder writes: the shortest digits that give `value`, then zeros."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    return int(whole + fraction + "0" * (int(exponent or 0) - len(fraction)))


# -------------------------------------------------------------------------------------- tagged scalars

_LONG = "tag:yaml.org,2002:"
_CLASSES: Final[dict[type, str]] = {type(None): "!!null", bool: "!!bool", int: "!!int", float: "!!float", str: "!!str"}
_RESOLVED_TAGS = frozenset(("!!bool", "!!int", "!!float", "!!null", "!!timestamp"))
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"


def resolve_tagged(tag: str, text: str, plain: bool = True) -> Scalar:  # noqa: ARG001 - yaml.v2 asks the tag alone
    """The value of a scalar with an explicit tag, in its short (`!!int`) or long (`tag:yaml.org,2002:int`) form.

    Tags other than YAML's scalar types leave a string. How the scalar is quoted makes no difference: `!!int "1"` is 1.
    Raises DialectError where the text is not what the tag says.
    """
    if tag.startswith(_LONG):
        tag = f"!!{tag[len(_LONG) :]}"
    if tag == "!!binary":
        return _binary(text)
    if tag not in _RESOLVED_TAGS:
        return text
    if tag == "!!timestamp" and _is_timestamp(text):
        return text
    value = _typed(text)
    found = _CLASSES[type(value)]
    if found != tag:
        # An int is a float too, unless it needs Go's uint64.
        if tag == "!!float" and isinstance(value, int) and not isinstance(value, bool) and value < 2**63:
            return float(value)
        raise DialectError(f"cannot decode {found} `{text}` as a {tag}")
    return value


def _binary(text: str) -> str:
    from base64 import b64decode

    encoded = text.replace("\n", "").replace("\r", "")
    if not re.fullmatch(_BASE64, encoded):
        raise DialectError("!!binary value contains invalid base64 data")
    # JSON carries no bytes: Go writes U+FFFD for each one that is not UTF-8.
    return re.sub("[\udc80-\udcff]", "\ufffd", b64decode(encoded).decode("utf-8", "surrogateescape"))


_TIMESTAMP = (
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]| +)([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?"
    r"(Z|[-+]([0-9]{2}):([0-9]{2}))?"
)


def _is_timestamp(text: str) -> bool:
    """Whether one of yaml.v2's four layouts fits, by the rules of Go's time.Parse."""
    match = re.fullmatch(_TIMESTAMP, text)
    if match is None:
        return False
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]:
        return False
    if match[4] is None:
        return match[7] is None
    # With T there has to be a zone, with a blank there must be none.
    if ("t" in text.lower()) != (match[7] is not None):
        return False
    if int(match[4]) > 23 or int(match[5]) > 59 or int(match[6]) > 59:
        return False
    return match[8] is None or (int(match[8]) <= 24 and int(match[9]) <= 60)


# -------------------------------------------------------------------------------------- keys


class _Mark(str):
    """Stands for a key that is no string; equal to nothing but itself."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other


MERGE: Final = _Mark("<<")
"""What `plain_key` gives for a merge key."""
NULL: Final = _Mark("null")
"""What `plain_key` gives for a key that is null; `key_text` refuses it."""


def plain_key(text: str) -> Scalar:
    """What a plain, untagged mapping key is, where it is not simply the string it looks like; None where it is.

    >>> plain_key("name"), plain_key("on"), plain_key("0x10"), plain_key("<<") is MERGE, plain_key("~") is NULL
    (None, True, 16, True, True)
    """
    if text[:1] not in _HINTS:
        return MERGE if text == "<<" else None
    value = _typed(text)
    if value is None:
        return NULL
    return None if isinstance(value, str) else value


def key_text(value: Scalar) -> str:
    """The JSON object's key that sigs.k8s.io/yaml makes of a scalar key.

    Raises DialectError for null, and for an integer beyond 2^63-1.
    """
    if value is None or value is NULL:
        raise DialectError("unsupported map key of type: null")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if value >= 2**63:
            raise DialectError(f"unsupported map key of type: uint64, key: {value:#x}")
        return str(value)
    if isinstance(value, float):
        return _float32_text(value)
    return str(value)


def _float32_text(value: float) -> str:
    """Go's strconv.FormatFloat(value, 'g', -1, 32) with yaml.v2's names for what is not a number."""
    from struct import pack, unpack

    if isnan(value):
        return ".nan"
    try:
        single: float = unpack("f", pack("f", value))[0]
    except OverflowError:
        single = copysign(float("inf"), value)
    if isinf(single):
        return ".inf" if single > 0 else "-.inf"
    if single == 0:
        return "-0" if copysign(1, single) < 0 else "0"
    # The shortest digits from which the same 32-bit float is read again; nine always do.
    for precision in range(9):
        written = f"{single:.{precision}e}"
        if unpack("f", pack("f", float(written)))[0] == single:
            break
    mantissa, _, exponent_text = written.partition("e")
    exponent = int(exponent_text)
    # %e from 1e+06 on and below 1e-04; Go's decision for the shortest form.
    if not -4 <= exponent < 6:
        return f"{mantissa}e{exponent:+03d}"
    return f"{float(written):.{max(precision - exponent, 0)}f}"


def json_error(value: Scalar) -> str | None:
    """Why JSON cannot carry this value; None where it can. kubectl refuses a document that holds one."""
    if isinstance(value, float):
        if isnan(value):
            return "json: unsupported value: NaN"
        if isinf(value):
            return f"json: unsupported value: {'+' if value > 0 else '-'}Inf"
    return None


# -------------------------------------------------------------------------------------- aliases


def alias_ratio_exceeded(alias_count: int, decode_count: int) -> bool:
    """Whether yaml.v2 gives up on a document ("document contains excessive aliasing").

    `decode_count` is how many nodes have been decoded so far, mapping keys, aliases and the document itself among them;
    `alias_count` is how many of those were inside the expansion of an alias. They may be 99 % of a small document, and
    10 % of one with four million nodes.
    """
    if alias_count <= 100 or decode_count <= 1000:
        return False
    if decode_count <= 400_000:
        allowed = 0.99
    elif decode_count >= 4_000_000:
        allowed = 0.10
    else:
        allowed = 0.99 - 0.89 * ((decode_count - 400_000) / 3_600_000)
    return alias_count / decode_count > allowed


# -------------------------------------------------------------------------------------- bytes and characters

_REFUSED = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_REFUSED_ASCII = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def control_character(text: str) -> int | None:
    """The offset of the first of the "control characters" that go-yaml refuses; None if there is none."""
    match = re.search(_REFUSED_ASCII if text.isascii() else _REFUSED, text)
    return match.start() if match else None


def decode(data: bytes) -> tuple[str, str | None]:
    """The text of a file as kubectl sees it, without its byte order mark, and a complaint if some bytes are not text.

    A byte order mark says UTF-8 or UTF-16; without one it is UTF-8. kubectl does not refuse bytes that are no text, but
    for those behind a mark that says UTF-8: it reads U+FFFD in their place. So does this.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        skipped, encoding, name = 3, "utf-8", "UTF-8"
    elif data.startswith(b"\xff\xfe"):
        skipped, encoding, name = 2, "utf-16-le", "UTF-16"
    elif data.startswith(b"\xfe\xff"):
        skipped, encoding, name = 2, "utf-16-be", "UTF-16"
    else:
        skipped, encoding, name = 0, "utf-8", "UTF-8"
    try:
        return str(memoryview(data)[skipped:], encoding), None
    except UnicodeDecodeError as error:
        at = skipped + error.start
        # After a mark that says UTF-8 kubectl no longer mends what is not.
        outcome = "kubectl refuses it" if skipped == 3 else "kubectl reads U+FFFD in its place"
        complaint = f"byte {at} (0x{data[at]:02x}) is not {name}; {outcome}"
        return str(memoryview(data)[skipped:], encoding, "replace"), complaint


# -------------------------------------------------------------------------------------- documents


class Chunk(NamedTuple):
    """One document of a stream: `text[start:end]`.

    The `---` line between two documents belongs to neither; one with nothing before it opens its document. kubectl ends
    the last line with a line break where it has none, which a block scalar there needs to be read right.

    `json` says that kubectl takes the document as a JSON value and not as YAML: then `"\\/"` and surrogate pairs are
    good escapes, and long keys and U+007F are good text.
    """

    start: int
    end: int
    json: bool = False


class SplitError(NamedTuple):
    """Why kubectl reads no further, and the offset of the line that stopped it."""

    message: str
    offset: int


# Go's unicode.IsSpace.
_BLANK = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_BOM = "\ufeff"
# How far kubectl looks for an opening brace.
_PEEKED = 4096


def split(text: str) -> tuple[list[Chunk], SplitError | None]:
    """The documents of a text as kubectl reads them, and the error that keeps it from reading on, if there is one.

    A line that begins with `---` ends a document, be it inside a block scalar; only blanks and a comment may follow on
    it. The document before a malformed one is lost to kubectl and left out here. So are documents of nothing but white
    space; those of nothing but comments are kept, as null.

    A text that begins with a brace is a series of JSON values. From the first thing in it that is not JSON it is YAML,
    unless there were two values before.
    """
    if text[:_PEEKED].lstrip(_BLANK).startswith("{"):
        return _split_json(text)
    return _split_yaml(text, 0)


def _split_yaml(text: str, start: int) -> tuple[list[Chunk], SplitError | None]:
    chunks: list[Chunk] = []
    separator = start if text.startswith("---", start) else _next_separator(text, start)
    while separator >= 0:
        line_end = text.find("\n", separator)
        if line_end < 0:
            line_end = len(text)
        rest = text[separator + 3 : line_end].strip(_BLANK)
        if rest and rest[0] != "#":
            return chunks, SplitError(f"invalid Yaml document separator: {rest}", separator)
        # With nothing before it, a separator opens a document; else it ends one, and is dropped.
        if separator > start:
            _add(chunks, text, start, separator)
            start = min(line_end + 1, len(text))
            if text.startswith("---", start):
                separator = start
                continue
        separator = _next_separator(text, line_end)
    _add(chunks, text, start, len(text))
    return chunks, None


def _next_separator(text: str, start: int) -> int:
    """The offset of the next line that begins with `---`; -1 if there is none."""
    found = text.find("\n---", start)
    return found + 1 if found >= 0 else -1


def _add(chunks: list[Chunk], text: str, start: int, end: int) -> None:
    if not text[start:end].strip(_BLANK):
        return
    # Each document has a reader of its own, which takes a byte order mark off its start.
    if text.startswith(_BOM, start):
        start += 1
    chunks.append(Chunk(start, end))


def _split_json(text: str) -> tuple[list[Chunk], SplitError | None]:
    from json import JSONDecoder

    decoder = JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    json_content = re.compile(r"[^ \t\r\n]")
    chunks: list[Chunk] = []
    end = 0
    while True:
        following = json_content.search(text, end)
        if following is None:
            return chunks, None
        try:
            _, value_end = decoder.raw_decode(text, following.start())
        except (ValueError, RecursionError):
            # On its way from JSON to YAML kubectl steps over white space up to the end of the line, looking at four
            # bytes at a time; where fewer are left it gives up.
            content = re.compile(f"[^{_BLANK}]|\n").search(text, end)
            start = content.start() if content else end
            if len(chunks) > 1 or len(text[start : start + 4].encode("utf-8", "replace")) < 4:
                return chunks, SplitError("found what is neither JSON nor YAML", following.start())
            more, stopped = _split_yaml(text, start + (text[start] == "\n"))
            return chunks + more, stopped
        chunks.append(Chunk(following.start(), value_end, json=True))
        end = value_end


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


# -------------------------------------------------------------------------------------- libyaml and go-yaml


def differs(text: str) -> bool:
    """Whether go-yaml may read this document otherwise than libyaml, or refuse it where libyaml does not.

    Cheap, and true of few texts. Where it is true, `goyaml.Parser` says what the document is.
    """
    # Asked of every document. One character is found many times faster than two, and by a regex that begins with one faster than by `in`.
    return ("\\" in text and re.search(r"\\/", text) is not None) or ("%" in text and "%YAML" in text) or _BOM in text
