"""What evaluating an expression may cost, in the units of the API server, which refuses CRDs with rules that may cost too much.

Source: github.com/google/cel-go/checker/cost.go; k8s.io/apiserver/pkg/cel/library/cost.go;
k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from k8slint.cel.types import Type

if TYPE_CHECKING:
    from k8slint.cel.check import Checked
    from k8slint.cel.functions import Overload
    from k8slint.cel.syntax import Expr, Fold

MOST: Final = 2**64 - 1
_TRAVERSAL, _REGEX = 0.1, 0.25
_LIST, _MAP, _STRUCT = 10, 30, 40


class Range(NamedTuple):
    """A cost or size: the least and the most it can be."""

    least: int
    most: int

    def plus(self, other: Range) -> Range:
        return Range(min(self.least + other.least, MOST), min(self.most + other.most, MOST))

    def times(self, other: Range) -> Range:
        return Range(min(self.least * other.least, MOST), min(self.most * other.most, MOST))

    def scaled(self, factor: float) -> Range:
        return Range(_scaled(self.least, factor), _scaled(self.most, factor))

    def union(self, other: Range) -> Range:
        return Range(min(self.least, other.least), max(self.most, other.most))


def _scaled(number: int, factor: float) -> int:
    # As Go's float64 does it, which is not exact for large numbers.
    return min(math.ceil(float(number) * factor), MOST)


_NOTHING, _ONE, _UNKNOWN = Range(0, 0), Range(1, 1), Range(0, MOST)
_SCALARS: Final = frozenset({"bool", "double", "duration", "int", "timestamp", "uint"})
_TEXTS: Final = frozenset({"string", "bytes"})
# Functions that cost as good as nothing, whatever they are called with.
_CHEAP: Final = frozenset(
    "serviceAccount path group resource subresource namespace name allowed reason error errored masked "  # noqa: SIM905
    "prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast "
    "isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan "
    "compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery".split()
)


class _Entry(NamedTuple):
    """The sizes of what is in a list or map."""

    kind: str
    key: Range
    value: Range


class _Local(NamedTuple):
    path: tuple[str, ...]
    size: Range | None
    entry: _Entry | None


class _Argument(NamedTuple):
    """An argument as the costs of functions look at it."""

    type: Type
    path: tuple[str, ...]
    size: Range | None
    expr: Expr | None = None


def estimate(checked: Checked, self_type: Type) -> int:
    """The most that evaluating an expression can cost; `self_type` is that of `self` and `oldSelf`."""
    return _Coster(checked, self_type).cost(checked.root).most


class _Coster:
    def __init__(self, checked: Checked, self_type: Type) -> None:
        self.checked = checked
        self.self_type = self_type
        self.paths: dict[int, tuple[str, ...]] = {}
        self.sizes: dict[int, Range] = {}
        self.entries: dict[int, _Entry] = {}
        self.locals: dict[str, list[_Local]] = {}

    # ---- costs

    def cost(self, expr: Expr) -> Range:
        match expr.kind:
            case "literal":
                return _NOTHING
            case "ident":
                local = self._local(expr.name)
                self.paths[id(expr)] = (expr.name,) if local is None else local.path
                return _ONE
            case "select" | "test":
                return self._select(expr)
            case "call":
                return self._call(expr)
            case "list" | "map":
                return self._made(expr)
            case "fold":
                assert expr.fold is not None
                return self._bind(expr, expr.fold) if _is_bind(expr.fold) else self._loop(expr, expr.fold)
            case "struct":
                return Range(_STRUCT, _STRUCT)

    def _select(self, expr: Expr) -> Range:
        if expr.target is None or id(expr) not in self.checked.types:
            return _ONE
        if id(expr.target) not in self.checked.types:
            # The whole is the name of a type.
            self.paths[id(expr)] = (expr.name,)
            return _ONE
        total = self.cost(expr.target)
        if expr.kind == "test":
            return total
        if self._type(expr.target).kind in ("map", "object", "param"):
            total = total.plus(_ONE)
        self.paths[id(expr)] = (*self._path(expr.target), expr.name)
        return total

    def _made(self, expr: Expr) -> Range:
        total = _NOTHING
        for arg in expr.args:
            total = total.plus(self.cost(arg))
        empty = Range(0 if not expr.args else MOST, 0)
        if expr.kind == "list":
            value = empty
            for arg in expr.args:
                value = value.union(self._size_of(arg))
            self.entries[id(expr)] = _Entry("list", _ONE, value)
            return total.plus(Range(_LIST, _LIST))
        key, value = empty, empty
        for position, arg in enumerate(expr.args):
            if position % 2:
                value = value.union(self._size_of(arg))
            else:
                key = key.union(self._size_of(arg))
        self.entries[id(expr)] = _Entry("map", key, value)
        return total.plus(Range(_MAP, _MAP))

    def _call(self, expr: Expr) -> Range:
        name = self.checked.names.get(id(expr), expr.name)
        if name == "dyn":
            inner = self.cost(expr.args[0])
            self._copy_sizes(expr, expr.args[0])
            return inner.plus(_ONE)
        costs = []
        args = []
        for arg in expr.args:
            costs.append(self.cost(arg))
            args.append(self._argument(arg))
        fitting = self.checked.overloads.get(id(expr), [])
        if not fitting:
            return _NOTHING
        total = _NOTHING
        target = None
        if expr.target is not None and fitting[0].method:
            total = self.cost(expr.target)
            target = self._argument(expr.target)
        whole = Range(MOST, 0)
        size: Range | None = None
        for overload in fitting:
            price, made = self._price(expr, name, overload, target, args, costs)
            whole = whole.union(price)
            if made is not None:
                size = made if size is None else size.union(made)
            if name == "_[_]" and overload.args[0].kind in ("list", "map"):
                entry = self._entry(expr.args[0])
                size = entry.value if entry is not None else None
                step = "@items" if overload.args[0].kind == "list" else "@values"
                self.paths[id(expr)] = (*self._path(expr.args[0]), step)
            if size is None:
                size = self._size(expr)
        if size is not None:
            self.sizes[id(expr)] = size
        return total.plus(whole)

    def _loop(self, expr: Expr, fold: Fold) -> Range:
        total = self.cost(fold.range).plus(self.cost(fold.init))
        self._push(fold.accumulator, _Local(self._path(fold.init), self._size(fold.init), self._entry(fold.init)))
        if fold.second:
            self._push(fold.first, self._element(fold.range, key=True))
            self._push(fold.second, self._element(fold.range, key=False))
        else:
            self._push(fold.first, self._element(fold.range, key=self._container(fold.range) != "list"))
        each = self.cost(fold.condition)
        each = self.cost(fold.step).plus(each)
        self.locals[fold.first].pop()
        if fold.second:
            self.locals[fold.second].pop()
        total = total.plus(self.cost(fold.result))
        self.locals[fold.accumulator].pop()
        count = self._size_of(fold.range)
        total = total.plus(count.times(each))
        if fold.init.kind == "literal":
            size = self._size(fold.init)
            if size is not None:
                self.sizes[id(expr)] = size
        elif fold.init.kind in ("list", "map"):
            self.sizes[id(expr)] = count
            entry = self._entry(fold.step)
            if entry is not None:
                self.entries[id(expr)] = entry
        return total

    def _bind(self, expr: Expr, fold: Fold) -> Range:
        total = self.cost(fold.range).plus(self.cost(fold.init))
        self._push(fold.accumulator, _Local(self._path(fold.init), self._size(fold.init), self._entry(fold.init)))
        total = total.plus(self.cost(fold.result))
        self.locals[fold.accumulator].pop()
        self._copy_sizes(expr, fold.result)
        return total

    # ---- variables of loops

    def _push(self, name: str, local: _Local) -> None:
        self.locals.setdefault(name, []).append(local)

    def _local(self, name: str) -> _Local | None:
        stack = self.locals.get(name)
        return stack[-1] if stack else None

    def _container(self, expr: Expr) -> str:
        entry = self._entry(expr)
        return entry.kind if entry is not None else self._type(expr).kind

    def _element(self, expr: Expr, *, key: bool) -> _Local:
        entry = self._entry(expr)
        size = None if entry is None else entry.key if key else entry.value
        is_list = self._container(expr) == "list"
        step = ("@indices" if is_list else "@keys") if key else ("@items" if is_list else "@values")
        return _Local((*self._path(expr), step), size, None)

    # ---- sizes

    def _type(self, expr: Expr) -> Type:
        return self.checked.types.get(id(expr), _DYN)

    def _path(self, expr: Expr) -> tuple[str, ...]:
        if expr.kind == "ident":
            local = self._local(expr.name)
            if local is not None:
                return local.path
        return self.paths.get(id(expr), ())

    def _argument(self, expr: Expr) -> _Argument:
        path = self._path(expr)
        if path and path[0] in ("@result", "__result__"):
            path = ()
        return _Argument(self._type(expr), path, self._size(expr), expr)

    def _copy_sizes(self, to: Expr, of: Expr) -> None:
        size, entry = self._size(of), self._entry(of)
        if size is not None:
            self.sizes[id(to)] = size
        if entry is not None:
            self.entries[id(to)] = entry

    def _entry(self, expr: Expr) -> _Entry | None:
        found = self.entries.get(id(expr))
        if found is None and expr.kind == "ident":
            local = self._local(expr.name)
            return local.entry if local is not None else None
        return found

    def _size_of(self, expr: Expr) -> Range:
        return self._size(expr) or _UNKNOWN

    def _size(self, expr: Expr) -> Range | None:
        known = self.sizes.get(id(expr))
        if known is not None:
            return known
        written = _written_size(expr)
        if written is not None:
            return written
        declared = self._declared(self._path(expr))
        if declared is not None:
            self.sizes[id(expr)] = declared
            return declared
        if _is_scalar(self._type(expr)):
            return _ONE
        local = self._local(expr.name) if expr.kind == "ident" else None
        return local.size if local is not None else None

    def _declared(self, path: tuple[str, ...]) -> Range | None:
        """The size that the schema lets a value have that stands at a path."""
        if not path:
            return None
        here = self.self_type
        for step in path[1:]:
            if step in ("@items", "@values"):
                if here.kind not in ("list", "map"):
                    return None
                here = here.params[-1]
            elif step == "@keys":
                if here.kind != "map":
                    return None
                here = here.params[0]
            elif step in here.fields:
                here = here.fields[step]
            else:
                return None
        return Range(0, here.most)

    def _argument_size(self, argument: _Argument) -> Range:
        return argument.size or self._declared(argument.path) or _UNKNOWN

    # ---- functions

    def _price(
        self,
        expr: Expr,
        name: str,
        overload: Overload,
        target: _Argument | None,
        args: list[_Argument],
        costs: list[Range],
    ) -> tuple[Range, Range | None]:
        """What a call costs with its arguments, and the size of what it gives."""
        spent = _NOTHING
        for cost in costs:
            spent = spent.plus(cost)
        of_library = self._list_price(name, overload, target, args)
        of_library = of_library or self._library_price(name, overload, target, args)
        if of_library is not None:
            return of_library[0].plus(spent), of_library[1]
        kinds = tuple(arg.kind for arg in overload.args)
        size = self._argument_size
        if name == "format" and target is not None:
            return size(target).scaled(_TRAVERSAL).plus(spent), None
        if (name, kinds) == ("bytes", ("string",)):
            given = size(args[0])
            return given.scaled(_TRAVERSAL).plus(spent), Range(given.least, given.most * 4 & MOST)
        if (name, kinds) == ("string", ("bytes",)):
            given = size(args[0])
            return given.scaled(_TRAVERSAL).plus(spent), Range(given.least // 4, given.most)
        if name == "strings.quote":
            given = size(args[0])
            return given.scaled(_TRAVERSAL).plus(spent), Range(given.least + 2, given.most * 2 + 2 & MOST)
        if name in ("startsWith", "endsWith"):
            return size(args[0]).scaled(_TRAVERSAL).plus(spent), None
        if name == "@in" and kinds[1] == "list":
            return size(args[1]).plus(spent), None
        if name == "matches":
            text, pattern = (target, args[0]) if target is not None else (args[0], args[1])
            scanned = size(text).plus(_ONE).scaled(_TRAVERSAL)
            return scanned.times(size(pattern).scaled(_REGEX)).plus(spent), None
        if name == "contains" and target is not None:
            return size(target).scaled(_TRAVERSAL).times(size(args[0]).scaled(_TRAVERSAL)).plus(spent), None
        if name in ("_&&_", "_||_"):
            return Range(costs[0].least, costs[0].plus(costs[1]).most), None
        if name == "_?_:_":
            self._join_entries(expr, expr.args[1], expr.args[2])
            return costs[0].plus(costs[1].union(costs[2])), size(args[1]).union(size(args[2]))
        if name == "_+_" and kinds[0] in ("list", "string", "bytes"):
            self._join_entries(expr, expr.args[0], expr.args[1])
            made = size(args[0]).plus(size(args[1]))
            return (_ONE if kinds[0] == "list" else made.scaled(_TRAVERSAL)).plus(spent), made
        if name in ("_==_", "_!=_") or (name in _ORDER and kinds[0] in _TEXTS):
            shorter = min(size(args[0]).most, size(args[1]).most)
            return Range(1 if shorter else 0, shorter).scaled(_TRAVERSAL).plus(spent), None
        return spent.plus(_ONE), None

    def _join_entries(self, expr: Expr, left: Expr, right: Expr) -> None:
        one, other = self._entry(left), self._entry(right)
        if one is not None and other is not None:
            self.entries[id(expr)] = _Entry(one.kind, one.key.union(other.key), one.value.union(other.value))

    def _library_price(
        self, name: str, overload: Overload, target: _Argument | None, args: list[_Argument]
    ) -> tuple[Range, Range | None] | None:
        """The prices of what Kubernetes adds to CEL; None for other functions."""
        size = self._argument_size
        if name in _CHEAP:
            return _ONE, None
        if name == "check":
            return Range(350000, 350000), None
        if name in ("fieldSelector", "labelSelector") and len(args) == 1:
            given = size(args[0])
            parts = given.scaled(0.5).scaled(_LIST + _STRUCT)
            return Range(_LIST, _LIST).plus(given.scaled(_TRAVERSAL)).plus(parts), None
        if name in ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf", "includes") and target is not None:
            return self._scan(name, target), None
        if name == "url" and len(args) == 1:
            return size(args[0]).scaled(_TRAVERSAL), size(args[0])
        if target is not None:
            if name in ("lowerAscii", "upperAscii", "substring", "trim"):
                return size(target).scaled(_TRAVERSAL), size(target)
            if name == "replace":
                return size(target).scaled(2 * _TRAVERSAL), _replaced(size(target), size(args[0]), size(args[1]))
            if name == "split":
                most = size(target).most
                limit = args[1].expr if len(args) > 1 else None
                if limit is not None and limit.kind == "literal" and isinstance(limit.value, int):
                    most = limit.value & MOST
                return size(target).scaled(2 * _TRAVERSAL), Range(0, most)
            if name == "join":
                made = self._joined(target, args)
                return made.scaled(_TRAVERSAL), made
            if name in ("find", "findAll"):
                scanned = size(target).plus(_ONE).scaled(_TRAVERSAL)
                return scanned.times(size(args[0]).scaled(_REGEX)), Range(0, size(target).most)
        if name in ("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver", "ip") and args:
            return size(args[0]).scaled(_TRAVERSAL), None
        if name == "ip":
            return _ONE, None
        if name == "ip.isCanonical":
            return size(args[0]).scaled(2 * _TRAVERSAL), None
        if name in ("containsIP", "containsCIDR"):
            return self._contained(name, overload, args[0]), None
        if name == "validate":
            return size(args[0]).scaled(_TRAVERSAL).scaled(128 * _REGEX), None
        if name == "_==_":
            price = _equality(args[0], args[1])
            return None if price is None else (price, None)
        return None

    def _list_price(
        self, name: str, overload: Overload, target: _Argument | None, args: list[_Argument]
    ) -> tuple[Range, Range | None] | None:
        """The prices of what cel-go adds for lists and sets; None for other functions."""
        size = self._argument_size
        if name.startswith("sets."):
            twice = 2 if name == "sets.equivalent" else 1
            return size(args[0]).times(size(args[1])).scaled(twice).plus(_ONE), None
        if name == "lists.range":
            count = _number(args[0], MOST)
            return _allocated(Range(count, count), 1)
        if target is None:
            return None
        given = size(target)
        if name == "slice":
            count = max(_number(args[1], given.most) - _number(args[0], 0), 0)
            return _allocated(Range(count, count), 1)
        if name == "reverse":
            return _allocated(given, 1)
        if name == "flatten":
            return _allocated(given, _number(args[0], MOST) if args else 1)
        if name == "distinct":
            return _allocated(given.times(given), 2)
        if name in ("sort", "@sortByAssociatedKeys"):
            keys = given if name == "sort" else size(args[0])
            kind = overload.args[-1].params[0].kind
            return _allocated(keys.times(keys), 2 + _TRAVERSAL if kind in _TEXTS else 2)
        return None

    def _scan(self, name: str, target: _Argument) -> Range:
        """One pass over the elements of a list, or the characters of a string."""
        count = self._argument_size(target)
        if target.type.params:
            item = target.type.params[0]
            each = _ONE
            if item.kind in _TEXTS:
                path = (*target.path, "@items") if target.path else ()
                each = each.plus((self._declared(path) or _UNKNOWN).scaled(_TRAVERSAL))
            return count.times(each)
        return count if name == "includes" else count.scaled(_TRAVERSAL)

    def _joined(self, target: _Argument, args: list[_Argument]) -> Range:
        count = self._argument_size(target)
        made = _NOTHING
        if target.type.params:
            path = (*target.path, "@items") if target.path else ()
            made = count.times(self._declared(path) or _UNKNOWN)
        if args:
            gaps = Range(max(count.least - 1, 0), max(count.most - 1, 0))
            made = made.plus(self._argument_size(args[0]).times(gaps))
        return made

    def _contained(self, name: str, overload: Overload, other: _Argument) -> Range:
        address = Range(4, 16)
        price = address.plus(address).scaled(_TRAVERSAL)
        if name == "containsCIDR":
            price = price.plus(address.scaled(_TRAVERSAL)).plus(_ONE)
        if overload.args[1].kind == "string":
            price = price.plus(self._argument_size(other).scaled(_TRAVERSAL))
        return price


_DYN = Type("dyn")
_ORDER: Final = frozenset({"_<_", "_<=_", "_>_", "_>=_"})


def _is_bind(fold: Fold) -> bool:
    condition = fold.condition
    empty = fold.range.kind == "list" and not fold.range.args
    return empty and condition.kind == "literal" and condition.value is False and fold.accumulator != "__result__"


def _allocated(size: Range, factor: float) -> tuple[Range, Range]:
    """The price of making a list of a size."""
    return size.scaled(factor).plus(_ONE).plus(Range(_LIST, _LIST)), size


def _number(argument: _Argument, otherwise: int) -> int:
    """A number that is written down; `otherwise` for anything else."""
    expr = argument.expr
    if expr is None or expr.kind != "literal" or isinstance(expr.value, bool) or not isinstance(expr.value, int):
        return otherwise
    return max(int(expr.value), 0)


def _written_size(expr: Expr) -> Range | None:
    if expr.kind == "literal":
        count = len(expr.value) if isinstance(expr.value, str | bytes) else 1
    elif expr.kind == "list":
        count = len(expr.args)
    elif expr.kind == "map":
        count = len(expr.args) // 2
    else:
        return None
    return Range(count, count)


def _is_scalar(kind: Type) -> bool:
    return kind.kind in _SCALARS or (kind.kind == "optional" and _is_scalar(kind.params[0]))


def _equality(left: _Argument, right: _Argument) -> Range | None:
    kind = left.type
    if kind.kind != "opaque" or not kind.same(right.type):
        return None
    if kind.name == "NamedFormat":
        return Range(1, 64).scaled(_TRAVERSAL)
    if kind.name == "URL":
        return Range(1, right.size.most if right.size is not None else 1).scaled(_TRAVERSAL)
    return _ONE


def _replaced(text: Range, old: Range, new: Range) -> Range:
    """The size of a text after a replacement."""
    if old.least == 0:
        most = new.most * min(text.most + 1, MOST) + text.most
    elif new.most <= old.least:
        most = text.most
    else:
        most = math.ceil(text.most / old.least) * new.most
    if old.most == 0:
        least = new.least * min(text.least + 1, MOST) + text.least
    elif old.most <= new.least:
        least = text.least
    else:
        least = math.ceil(text.least / old.most) * new.least
    return Range(min(least, MOST), min(most, MOST))
