"""The syntax of CEL: from text to a tree, with macros (`all`, `exists`, `has`, ...) expanded.

Source: github.com/google/cel-go/parser: gen/CEL.g4, parser.go, macro.go; ext/comprehensions.go.
"""

from __future__ import annotations

import math
import re
from typing import Any, Literal, TypeAlias

ExprKind: TypeAlias = Literal["literal", "ident", "select", "test", "call", "list", "map", "struct", "fold"]


class CelError(Exception):
    """The expression is none, or does not fit its types; `at` is the offset of the place in its text.

    Where a field is not there, `name` is what was asked for, and `known` the fields that there are.
    """

    def __init__(self, message: str, at: int, name: str = "", known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.name = name
        self.known = known


class Expr:
    """A part of an expression. What the fields hold depends on the kind:

    - literal: `value` is a bool, int, float, str, bytes, None, or a `Uint`
    - ident: `name`
    - select, test: the field `name` of `target`; `test` only asks whether it is there
    - call: the function `name` with `args`, on `target` where it is called as a method
    - list: `args`; map: `args` are keys and values in turn; `optional` are the positions of `?` entries
    - struct: a message of type `name`, with `fields`
    - fold: what macros become, see `Fold`
    """

    __slots__ = ("args", "at", "fields", "fold", "kind", "name", "optional", "target", "value")

    def __init__(
        self, kind: ExprKind, at: int, name: str = "", target: Expr | None = None, args: list[Expr] | None = None
    ) -> None:
        self.kind: ExprKind = kind
        self.at = at
        self.name = name
        self.target = target
        self.args: list[Expr] = args or []
        self.value: Any = None
        self.optional: frozenset[int] = frozenset()
        self.fields: list[tuple[str, Expr, bool]] = []
        self.fold: Fold | None = None

    def parts(self) -> list[Expr]:
        """The parts that it is made of."""
        found = [] if self.target is None else [self.target]
        found += self.args
        found += [value for _, value, _ in self.fields]
        if self.fold is not None:
            fold = self.fold
            found += [fold.range, fold.init, fold.condition, fold.step, fold.result]
        return found


class Uint(int):
    """An unsigned literal (`3u`)."""


class Fold:
    """A loop over the elements of a list or the keys of a map: `step` is the next value of the accumulator, as long as `condition` holds.

    `second` is "" for loops of one variable.
    """

    __slots__ = ("accumulator", "condition", "first", "init", "range", "result", "second", "step")

    def __init__(
        self,
        ranged: Expr,
        first: str,
        second: str,
        init: Expr,
        condition: Expr,
        step: Expr,
        result: Expr,
        accumulator: str = "@result",
    ) -> None:
        self.range = ranged
        self.first = first
        self.second = second
        self.accumulator = accumulator
        self.init = init
        self.condition = condition
        self.step = step
        self.result = result


_TOKEN = re.compile(
    r"""(?P<blank>[\t \r\n\f]+|//[^\n]*)
    | (?P<string>[bB]?(?:[rR](?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|"[^"\n\r]*"|'[^'\n\r]*')
        | \"\"\"(?:\\[\s\S]|[^\\])*?\"\"\"|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^\\"\n\r])*"|'(?:\\.|[^\\'\n\r])*'))
    | (?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)
    | (?P<uint>(?:0x[0-9a-fA-F]+|\d+)[uU])
    | (?P<int>0x[0-9a-fA-F]+|\d+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<escaped>`[A-Za-z0-9_.\-/ ]+`)
    | (?P<sign>==|!=|<=|>=|&&|\|\||[<>\[\]{}().,\-!?:+*/%])""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(
    r"\\(?:(?P<char>[abfnrtv\"'\\?`])|(?P<octal>[0-3][0-7]{2})|[xX](?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8})|(?P<bad>[\s\S]?))"
)
_CHARS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_RESERVED = frozenset(
    "as break const continue else for function if import let loop package namespace return var void while".split()  # noqa: SIM905
)
_KEYWORDS = {"true": True, "false": False, "null": None}
_RELATIONS = {"<", "<=", ">=", ">", "==", "!="}


def parse(text: str) -> Expr:
    """The tree of an expression. Raises CelError for what is none."""
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        self.position = 0

    def parse(self) -> Expr:
        self._read()
        found = self._expression()
        kind, text, at = self._peek()
        if kind != "end":
            raise CelError(f"Syntax error: unexpected '{text}'", at)
        return found

    # ---- tokens

    def _read(self) -> None:
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise CelError(f"Syntax error: token recognition error at: '{self.text[at]}'", at)
            kind = match.lastgroup or ""
            if kind != "blank":
                self.tokens.append((kind, match.group(), at))
            at = match.end()
        self.tokens.append(("end", "<EOF>", len(self.text)))

    def _peek(self) -> tuple[str, str, int]:
        return self.tokens[self.position]

    def _next(self) -> tuple[str, str, int]:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def _take(self, sign: str) -> int:
        """The offset of a sign that stands next, which is taken; -1 where another token does."""
        kind, text, at = self.tokens[self.position]
        if kind == "sign" and text == sign:
            self.position += 1
            return at
        return -1

    def _expect(self, sign: str) -> None:
        if self._take(sign) < 0:
            _, text, at = self._peek()
            raise CelError(f"Syntax error: unexpected '{text}', expecting '{sign}'", at)

    # ---- operators, weakest first

    def _expression(self) -> Expr:
        condition = self._or()
        at = self._take("?")
        if at >= 0:
            yes = self._or()
            self._expect(":")
            condition = Expr("call", at, "_?_:_", None, [condition, yes, self._expression()])
        return condition

    def _or(self) -> Expr:
        left = self._and()
        while (at := self._take("||")) >= 0:
            left = Expr("call", at, "_||_", None, [left, self._and()])
        return left

    def _and(self) -> Expr:
        left = self._relation()
        while (at := self._take("&&")) >= 0:
            left = Expr("call", at, "_&&_", None, [left, self._relation()])
        return left

    def _relation(self) -> Expr:
        left = self._sum()
        while True:
            kind, text, at = self._peek()
            if kind == "sign" and text in _RELATIONS:
                name = f"_{text}_"
            elif kind == "name" and text == "in":
                name = "@in"
            else:
                return left
            self.position += 1
            left = Expr("call", at, name, None, [left, self._sum()])

    def _sum(self) -> Expr:
        left = self._product()
        while True:
            kind, text, at = self._peek()
            if kind != "sign" or text not in ("+", "-"):
                return left
            self.position += 1
            left = Expr("call", at, f"_{text}_", None, [left, self._product()])

    def _product(self) -> Expr:
        left = self._unary()
        while True:
            kind, text, at = self._peek()
            if kind != "sign" or text not in ("*", "/", "%"):
                return left
            self.position += 1
            left = Expr("call", at, f"_{text}_", None, [left, self._unary()])

    def _unary(self) -> Expr:
        kind, sign, at = self._peek()
        if kind != "sign" or sign not in ("!", "-"):
            return self._member()
        # A minus before a number belongs to it.
        if sign == "-" and self.tokens[self.position + 1][0] in ("int", "float"):
            return self._member()
        count = 0
        while self._take(sign) >= 0:
            count += 1
        if sign == "-" and self.tokens[self.position][0] in ("int", "float"):
            # `--1` negates the literal -1.
            self.position -= 1
            count -= 1
        operand = self._member()
        return operand if count % 2 == 0 else Expr("call", at, f"{sign}_", None, [operand])

    def _member(self) -> Expr:
        left = self._primary()
        while True:
            at = self._take(".")
            if at >= 0:
                left = self._selected(left, at)
                continue
            at = self._take("[")
            if at < 0:
                return left
            name = "_[?_]" if self._take("?") >= 0 else "_[_]"
            index = self._expression()
            self._expect("]")
            left = Expr("call", at, name, None, [left, index])

    def _selected(self, left: Expr, at: int) -> Expr:
        optional = self._take("?") >= 0
        kind, text, name_at = self._next()
        if kind == "escaped":
            text = text[1:-1]
        elif kind != "name" or text in ("in", *_KEYWORDS):
            raise CelError(f"Syntax error: unexpected '{text}', expecting a name", name_at)
        if optional:
            field = Expr("literal", name_at)
            field.value = text
            return Expr("call", at, "_?._", None, [left, field])
        if kind == "name" and (opened := self._take("(")) >= 0:
            return _receiver(opened, text, left, self._arguments(")"))
        return Expr("select", at, text, left)

    # ---- the smallest parts

    def _primary(self) -> Expr:
        kind, text, at = self._next()
        if kind in ("int", "uint", "float", "string"):
            return self._literal(kind, text, at)
        if kind == "name":
            return self._named(text, at)
        if kind == "sign":
            if text == "(":
                inner = self._expression()
                self._expect(")")
                return inner
            if text == "[":
                return self._list(at)
            if text == "{":
                return self._map(at)
            if text == "-" and self._peek()[0] in ("int", "float"):
                number_kind, number, _ = self._next()
                return self._literal(number_kind, f"-{number}", at)
            if text == "." and self._peek()[0] == "name":
                return self._named(f".{self._next()[1]}", at)
        raise CelError(f"Syntax error: unexpected '{text}'", at)

    def _literal(self, kind: str, text: str, at: int) -> Expr:
        found = Expr("literal", at)
        if kind == "float":
            found.value = float(text)
            if found.value in (math.inf, -math.inf):
                raise CelError("invalid double literal", at)
        elif kind == "string":
            found.value = _unquoted(text, at)
        else:
            number = int(text.rstrip("uU"), 16) if "0x" in text else int(text.rstrip("uU"))
            if kind == "uint":
                if number >= 2**64:
                    raise CelError("invalid uint literal", at)
                number = Uint(number)
            elif not -(2**63) <= number < 2**63:
                raise CelError("invalid int literal", at)
            found.value = number
        return found

    def _named(self, name: str, at: int) -> Expr:
        if name in _KEYWORDS:
            found = Expr("literal", at)
            found.value = _KEYWORDS[name]
            return found
        if name == "in":
            raise CelError("Syntax error: unexpected 'in'", at)
        plain = name.removeprefix(".")
        opened = self._take("(")
        if opened >= 0:
            arguments = self._arguments(")")
            if plain in _RESERVED:
                raise CelError(f"reserved identifier: {plain}", at)
            return _global(opened, name, arguments)
        message = self._message_name()
        if message is not None:
            return self._struct(f"{name}{message}", at)
        if plain in _RESERVED:
            raise CelError(f"reserved identifier: {plain}", at)
        return Expr("ident", at, name)

    def _message_name(self) -> str | None:
        """The rest of the name of a message that is made here (`.b.C` before a brace); None where it is no message."""
        position, rest = self.position, ""
        while self.tokens[position][:2] == ("sign", ".") and self.tokens[position + 1][0] == "name":
            rest += "." + self.tokens[position + 1][1]
            position += 2
        if self.tokens[position][:2] != ("sign", "{"):
            return None
        self.position = position
        return rest

    def _struct(self, name: str, at: int) -> Expr:
        self._expect("{")
        found = Expr("struct", at, name)
        while self._take("}") < 0:
            optional = self._take("?") >= 0
            kind, text, name_at = self._next()
            if kind not in ("name", "escaped"):
                raise CelError(f"Syntax error: unexpected '{text}'", name_at)
            self._expect(":")
            found.fields.append((text.strip("`"), self._expression(), optional))
            if self._take(",") < 0:
                self._expect("}")
                break
        return found

    def _arguments(self, end: str) -> list[Expr]:
        found: list[Expr] = []
        if self._take(end) >= 0:
            return found
        while True:
            found.append(self._expression())
            if self._take(",") < 0:
                self._expect(end)
                return found

    def _list(self, at: int) -> Expr:
        found = Expr("list", at)
        optional = set()
        while self._take("]") < 0:
            if found.args == [] and self._take(",") >= 0:
                self._expect("]")
                break
            if self._take("?") >= 0:
                optional.add(len(found.args))
            found.args.append(self._expression())
            if self._take(",") < 0:
                self._expect("]")
                break
        found.optional = frozenset(optional)
        return found

    def _map(self, at: int) -> Expr:
        found = Expr("map", at)
        optional = set()
        while self._take("}") < 0:
            if found.args == [] and self._take(",") >= 0:
                self._expect("}")
                break
            if self._take("?") >= 0:
                optional.add(len(found.args) // 2)
            found.args.append(self._expression())
            self._expect(":")
            found.args.append(self._expression())
            if self._take(",") < 0:
                self._expect("}")
                break
        found.optional = frozenset(optional)
        return found


def _unquoted(text: str, at: int) -> str | bytes:
    """The content of a string or bytes literal."""
    is_bytes = text[0] in "bB"
    if is_bytes:
        text = text[1:]
    raw = text[0] in "rR"
    if raw:
        text = text[1:]
    width = 3 if text[:3] in ('"""', "'''") and len(text) >= 6 else 1
    content = text[width:-width].replace("\r\n", "\n").replace("\r", "\n")
    if raw:
        return content.encode() if is_bytes else content
    parts: list[str | bytes] = []
    position = 0
    for match in _ESCAPE.finditer(content):
        parts.append(content[position : match.start()])
        position = match.end()
        if match["bad"] is not None or (is_bytes and (match["short"] or match["long"])):
            raise CelError(f"Syntax error: token recognition error at: '{match.group()}'", at)
        if match["char"]:
            parts.append(_CHARS.get(match["char"], match["char"]))
            continue
        code = int(match["octal"], 8) if match["octal"] else int(match["byte"] or match["short"] or match["long"], 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise CelError("unable to unescape string", at)
        parts.append(bytes([code]) if is_bytes else chr(code))
    parts.append(content[position:])
    if is_bytes:
        return b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    return "".join(str(part) for part in parts)


# ---------------------------------------------------------------------------------------------------- macros


def _literal(value: Any, at: int) -> Expr:
    found = Expr("literal", at)
    found.value = value
    return found


def _result(at: int) -> Expr:
    return Expr("ident", at, "@result")


def _call(name: str, at: int, *args: Expr) -> Expr:
    return Expr("call", at, name, None, list(args))


def _global(at: int, name: str, args: list[Expr]) -> Expr:
    if name == "has" and len(args) == 1:
        if args[0].kind != "select":
            raise CelError("invalid argument to has() macro", args[0].at)
        return Expr("test", at, args[0].name, args[0].target)
    return Expr("call", at, name, None, args)


def _receiver(at: int, name: str, target: Expr, args: list[Expr]) -> Expr:
    count = len(args)
    if (name in ("all", "exists", "exists_one") and count in (2, 3)) or (name == "existsOne" and count == 3):
        return _quantifier(at, name, target, args)
    if name in ("map", "filter") and (count == 2 or (name == "map" and count == 3)):
        return _mapped(at, name, target, args)
    if name in ("transformList", "transformMap", "transformMapEntry") and count in (3, 4):
        return _transformed(at, name, target, args)
    if name == "sortBy" and count == 2:
        return _sorted(at, target, args)
    if name in ("optMap", "optFlatMap") and count == 2:
        return _optional(at, name, target, args)
    return Expr("call", at, name, target, args)


def _variables(args: list[Expr]) -> list[str]:
    """The names of the loop variables that a macro's first arguments are."""
    for arg in args:
        if arg.kind != "ident":
            raise CelError("argument must be a simple name", arg.at)
        if arg.name in ("@result", "__result__"):
            raise CelError("iteration variable overwrites accumulator variable", arg.at)
    names = [arg.name for arg in args]
    if len(names) == 2 and names[0] == names[1]:
        raise CelError(f"duplicate variable name: {names[0]}", args[1].at)
    return names


def _fold(at: int, fold: Fold) -> Expr:
    found = Expr("fold", at)
    found.fold = fold
    return found


def _quantifier(at: int, name: str, target: Expr, args: list[Expr]) -> Expr:
    *variables, predicate = args
    first, *second = _variables(variables)
    if name == "all":
        init, condition = _literal(True, at), _call("@not_strictly_false", at, _result(at))
        step, result = _call("_&&_", at, _result(at), predicate), _result(at)
    elif name == "exists":
        init = _literal(False, at)
        condition = _call("@not_strictly_false", at, _call("!_", at, _result(at)))
        step, result = _call("_||_", at, _result(at), predicate), _result(at)
    else:
        init, condition = _literal(0, at), _literal(True, at)
        more = _call("_+_", at, _result(at), _literal(1, at))
        step = _call("_?_:_", at, predicate, more, _result(at))
        result = _call("_==_", at, _result(at), _literal(1, at))
    return _fold(at, Fold(target, first, second[0] if second else "", init, condition, step, result))


def _mapped(at: int, name: str, target: Expr, args: list[Expr]) -> Expr:
    (variable,) = _variables(args[:1])
    condition = args[1] if name == "filter" or len(args) == 3 else None
    made = Expr("list", at, args=[args[0] if name == "filter" else args[-1]])
    step = _call("_+_", at, _result(at), made)
    if condition is not None:
        step = _call("_?_:_", at, condition, step, _result(at))
    return _fold(at, Fold(target, variable, "", Expr("list", at), _literal(True, at), step, _result(at)))


def _transformed(at: int, name: str, target: Expr, args: list[Expr]) -> Expr:
    first, second = _variables(args[:2])
    transform = args[-1]
    if name == "transformList":
        init = Expr("list", at)
        step = _call("_+_", at, _result(at), Expr("list", at, args=[transform]))
    else:
        init = Expr("map", at)
        key = [Expr("ident", at, first)] if name == "transformMap" else []
        step = _call("cel.@mapInsert", at, _result(at), *key, transform)
    if len(args) == 4:
        step = _call("_?_:_", at, args[2], step, _result(at))
    return _fold(at, Fold(target, first, second, init, _literal(True, at), step, _result(at)))


def _bound(at: int, name: str, value: Expr, result: Expr) -> Expr:
    """An expression in which a value has a name: a loop over nothing whose accumulator nobody changes."""
    unchanged = Expr("ident", at, name)
    return _fold(at, Fold(Expr("list", at), "#unused", "", value, _literal(False, at), unchanged, result, name))


def _sorted(at: int, target: Expr, args: list[Expr]) -> Expr:
    name = "@__sortBy_input__"
    keys = _mapped(at, "map", Expr("ident", at, name), args)
    ordered = Expr("call", at, "@sortByAssociatedKeys", Expr("ident", at, name), [keys])
    return _bound(at, name, target, ordered)


def _optional(at: int, name: str, target: Expr, args: list[Expr]) -> Expr:
    """`target.optMap(name, expression)`: the target's value under a name, where it has one."""
    (variable,) = _variables(args[:1])
    bound = _bound(at, variable, Expr("call", at, "value", target), args[1])
    some = bound if name == "optFlatMap" else _call("optional.of", at, bound)
    return _call("_?_:_", at, Expr("call", at, "hasValue", target), some, _call("optional.none", at))
