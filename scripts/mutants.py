#!/usr/bin/env python3
"""Change the built-in rules in small ways, and see whether their cases notice.

    scripts/mutants.py [--jobs N] [--json] [RULE or GROUP ...]

A mutant is a rule with one change: a condition negated, a comparison turned, a guard or a finding taken out. It is killed where one of the rule's cases
(the examples of its docstring, its fixtures) fails, and survives where none does: then either a case is missing, or the code does nothing there. What
survives and can make no difference to any manifest is listed, with the reason, in `mutants_equivalent.toml`.

Exit 0 whatever survives; 2 where nothing can be said: cases that fail without any change, a list that does not fit. Needs a system that can fork.
"""

from __future__ import annotations

import argparse
import ast
import gc
import inspect
import json
import multiprocessing
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

from k8slint.pack import imported_rules
from k8slint.testing import cases

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

    from k8slint.rule import Rule

ROOT = Path(__file__).resolve().parents[1]
PACK = "k8slint_rules"
FIXTURES = ROOT / "tests" / "fixtures"
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.toml")

PATIENCE = 2.0
"""Seconds that a mutant has beyond ten times what its rule's cases take unchanged; what takes longer goes round in circles."""

Verdict: TypeAlias = Literal["killed", "survived", "equivalent"]
Check: TypeAlias = Callable[[], None]
"""Raises where something is wrong: a case's `check`."""


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """A rule's module with one change."""

    rule: str
    """The rule's id."""
    path: str
    """The module's file, relative to the repository."""
    line: int
    column: int
    """Where the changed part begins, 1-based."""
    operator: str
    """The way it is changed: condition, comparison, constant, guard, finding, claim or safe."""
    function: str
    """The function it is in; "" outside of any."""
    source: str
    """The line, without its indentation; that of a guard after the line of what it stands in."""
    original: str
    mutated: str
    """The changed part as it was and as it is."""
    code: CodeType = field(repr=False)

    @property
    def key(self) -> Key:
        """What it is known by from one version of the file to the next."""
        return Key(self.rule, self.function, self.source, self.original, self.mutated)


class Key(NamedTuple):
    """An entry of the list of equivalent mutants, without its reason."""

    rule: str
    function: str
    source: str
    original: str
    mutated: str


# ---------------------------------------------------------------------------------------------------- making mutants

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPPOSITE = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
"""Those for which turned is negated."""

_CONDITIONS = {
    (ast.If, "test"),
    (ast.While, "test"),
    (ast.IfExp, "test"),
    (ast.comprehension, "ifs"),
    (ast.match_case, "guard"),
    (ast.BoolOp, "values"),
}
_UNTOUCHED = {"decorator_list", "annotation", "returns"}
"""What speaks of a function and is no part of what it does."""

_DEFAULTS: dict[str | None, Any] = {"claim": None, "safe": True}
"""What `problem` takes for an argument that is not given."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs in its tree."""

    parent: ast.AST
    name: str
    index: int | None
    function: str
    depth: int
    """How many statements of its function it is within."""

    def get(self) -> ast.AST:
        held = getattr(self.parent, self.name)
        return cast("ast.AST", held if self.index is None else held[self.index])

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.index] = node


def mutants(rule: str, path: str, text: str) -> list[Mutant]:
    """Every mutant of a module, from its text."""
    tree = ast.parse(text, path)
    compared = {id(constant) for node in ast.walk(tree) for constant in _compared(node)}
    lines = text.splitlines()
    made = []
    seen = set()
    for place in list(_places(tree)):
        node = place.get()
        for operator, changed in _changes(node, place, compared):
            mutated = ast.unparse(changed)
            # `not x` without its `not` is its negation too.
            same = (id(place.parent), place.name, place.index, mutated)
            if same in seen:
                continue
            seen.add(same)
            if not hasattr(changed, "lineno"):
                ast.copy_location(changed, node)
            place.put(ast.fix_missing_locations(changed))
            code = compile(tree, path, "exec")
            place.put(node)
            line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]  # only expressions and statements are changed
            source = lines[line - 1]
            column = len(source.encode()[:column].decode()) + 1
            if operator == "guard":
                source = f"{lines[_line_above(place) - 1].strip()} {source.strip()}"
            original = ast.unparse(node)
            made.append(
                Mutant(rule, path, line, column, operator, place.function, source.strip(), original, mutated, code)
            )
    return made


def _line_above(place: _Place) -> int:
    """The line that opens the block that a statement is in."""
    parent = place.parent
    return parent.pattern.lineno if isinstance(parent, ast.match_case) else parent.lineno  # type: ignore[attr-defined]  # it holds a block


def _places(parent: ast.AST, function: str = "", depth: int = 0) -> Iterator[_Place]:
    """The places below a node, in the order of the text."""
    for name, value in ast.iter_fields(parent):
        if name in _UNTOUCHED:
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            # Assertions are for the type checker, and a class of options decides nothing.
            if not isinstance(node, ast.AST) or isinstance(node, ast.Assert | ast.ClassDef) or _is_for_types(node):
                continue
            yield _Place(parent, name, index, function, depth)
            if isinstance(node, ast.FunctionDef):
                yield from _places(node, node.name)
            else:
                yield from _places(node, function, depth + isinstance(node, ast.stmt))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _compared(node: ast.AST) -> Iterator[ast.expr]:
    """The constants that something is compared with: `x == 1`, `x in ("a", "b")`, `case "a":`."""
    sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    if isinstance(node, ast.MatchValue):
        sides = [node.value]
    for side in sides:
        yield from side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else (side,)


def _changes(node: ast.AST, place: _Place, compared: set[int]) -> Iterator[tuple[str, ast.AST]]:
    """The ways to change a node, each by its name."""
    parent = place.parent
    if (type(parent), place.name) in _CONDITIONS and isinstance(node, ast.expr) and not _is_fallback(node, parent):
        yield "condition", _negated(node)
    if isinstance(parent, ast.keyword) and parent.arg in _DEFAULTS:
        yield parent.arg or "", ast.Constant(_DEFAULTS[parent.arg])
    match node:
        case ast.Compare():
            for number, operator in enumerate(node.ops):
                operators = [*node.ops[:number], _TURNED[type(operator)](), *node.ops[number + 1 :]]
                yield "comparison", ast.Compare(node.left, operators, node.comparators)
        case ast.UnaryOp(op=ast.Not()):
            yield "condition", node.operand
        case ast.Constant(value=bool()):
            yield "constant", ast.Constant(not node.value)
        case ast.Constant(value=str() | int() | float() as value) if id(node) in compared:
            yield "constant", ast.Constant(f"{value}~" if isinstance(value, str) else value + 1)
        case ast.Return() | ast.Continue() | ast.Break() if place.depth:
            yield "guard", ast.Pass()
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            # What remains has to be a generator still.
            yield "finding", ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
        case _:
            pass


def _is_fallback(node: ast.expr, parent: ast.AST) -> bool:
    """Whether a node is no condition but what `x or ""` falls back to."""
    return isinstance(parent, ast.BoolOp) and isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.Dict)


def _negated(node: ast.expr) -> ast.expr:
    match node:
        case ast.UnaryOp(op=ast.Not()):
            return node.operand
        case ast.Constant():
            return ast.Constant(not node.value)
        case ast.Compare(ops=[operator]) if isinstance(operator, _OPPOSITE):
            return ast.Compare(node.left, [_TURNED[type(operator)]()], node.comparators)
        case _:
            return ast.UnaryOp(ast.Not(), node)


# ---------------------------------------------------------------------------------------------------- killing them


def survivors(rule: Rule, candidates: Sequence[Mutant], checks: Sequence[Check], jobs: int) -> list[Mutant]:
    """Those of a rule's mutants that none of its checks notices.

    The checks are run here first, unchanged: AssertionError where one of them fails. Each mutant then has a process of its own, which may hang or
    break down as it likes.
    """
    started = time.monotonic()
    for check in checks:
        check()
    limit = PATIENCE + 10 * (time.monotonic() - started)
    forking = multiprocessing.get_context("fork")
    # What is shared with a forked process is copied where the collector touches it.
    gc.freeze()
    waiting = list(reversed(candidates))
    running: dict[int, tuple[Mutant, ForkProcess, float]] = {}
    alive = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant = waiting.pop()
                process = forking.Process(target=_live, args=(rule, mutant, checks))
                process.start()
                running[process.sentinel] = (mutant, process, time.monotonic() + limit)
            first = min(deadline for _, _, deadline in running.values())
            ended = set(wait(list(running), max(first - time.monotonic(), 0)))
            for sentinel, (mutant, process, deadline) in list(running.items()):
                if sentinel not in ended and time.monotonic() < deadline:
                    continue
                process.kill()
                process.join()
                if process.exitcode == 0:
                    alive.append(mutant)
                process.close()
                del running[sentinel]
    finally:
        gc.unfreeze()
        for _, process, _ in running.values():
            process.kill()
    return alive


def _live(rule: Rule, mutant: Mutant, checks: Sequence[Check]) -> None:
    """The life of a mutant: exit 0 where no check fails."""
    try:
        become(rule, mutant.code)
        for check in checks:
            check()
    except Exception as error:
        raise SystemExit(1) from error


def become(rule: Rule, code: CodeType) -> None:
    """Makes an imported rule do what other code of its module says.

    Whoever has the rule keeps it: its function gets the new function's code, and looks its helpers up among the module's names, which are all new.
    """
    names = vars(sys.modules[rule.info.module])
    function = cast("FunctionType", rule.check)
    exec(code, names)  # noqa: S102 - the rule's own module, but for one change
    changed = names[rule.info.function].check
    function.__code__, function.__defaults__ = changed.__code__, changed.__defaults__


# ---------------------------------------------------------------------------------------------------- equivalent ones


def read_equivalent(text: str) -> dict[Key, str]:
    """The list of equivalent mutants: the reason of each. Raises ValueError where an entry is not as it has to be."""
    listed = {}
    for entry in tomllib.loads(text).get("mutant", []):
        texts = all(isinstance(value, str) and (value or name == "function") for name, value in entry.items())
        if entry.keys() != {*Key._fields, "why"} or not texts:
            raise ValueError(f"an entry has {', '.join((*Key._fields, 'why'))}, each a string; not so {entry}")
        listed[Key(*(entry[name] for name in Key._fields))] = entry["why"]
    return listed


# ---------------------------------------------------------------------------------------------------- the report


@dataclass(slots=True)
class Result:
    """What became of a rule's mutants."""

    rule: str
    verdicts: dict[Mutant, Verdict] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    """Why they cannot be judged."""

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            **_figures([self]),
            "complaints": self.complaints,
            "mutants": [
                {
                    **{name: getattr(mutant, name) for name in ("path", "line", "column", "operator", "function")},
                    **{name: getattr(mutant, name) for name in ("source", "original", "mutated")},
                    "verdict": verdict,
                }
                for mutant, verdict in self.verdicts.items()
            ],
        }


def _figures(results: Iterable[Result]) -> dict[str, Any]:
    """How many mutants met which end; the score is the part of those killed that could be, None where there are none."""
    return _scored(Counter(verdict for result in results for verdict in result.verdicts.values()))


def _scored(counts: Mapping[Verdict, int]) -> dict[str, Any]:
    judged = counts["killed"] + counts["survived"]
    return {
        "killed": counts["killed"],
        "survived": counts["survived"],
        "equivalent": counts["equivalent"],
        "score": round(counts["killed"] / judged, 3) if judged else None,
    }


def judge(rule: Rule, checks: Sequence[Check], equivalent: Mapping[Key, str], jobs: int) -> Result:
    """Makes a rule's mutants and says of each what became of it."""
    result = Result(rule.id)
    path = Path(inspect.getfile(rule.check))
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
    made = mutants(rule.id, shown, path.read_text(encoding="utf-8"))
    try:
        alive = survivors(rule, made, checks, jobs)
    except AssertionError as error:
        result.complaints.append(f"a case fails without any change: {str(error).partition(chr(10))[0]}")
        return result
    result.verdicts = dict.fromkeys(made, "killed")
    for mutant in alive:
        result.verdicts[mutant] = "equivalent" if mutant.key in equivalent else "survived"
    known = {mutant.key for mutant in made}
    spared = {mutant.key for mutant in alive}
    for key in equivalent:
        if key.rule == rule.id and key not in spared:
            what = "a case notices it" if key in known else "there is no such mutant"
            result.complaints.append(f"listed as equivalent, and {what}: {key.source}: {key.original} -> {key.mutated}")
    return result


def text_report(results: Sequence[Result]) -> str:
    """The survivors, each at its place, what is wrong with cases and list, and the scores by rule and by kind of change."""
    lines = []
    for result in results:
        for mutant, verdict in result.verdicts.items():
            if verdict == "survived":
                lines.append(f"{mutant.path}:{mutant.line}:{mutant.column}: {mutant.operator} of {mutant.rule}")
                lines += [f"  - {mutant.original}", f"  + {mutant.mutated}"]
    lines += [f"{result.rule}: {complaint}" for result in results for complaint in result.complaints]
    operators: dict[str, Counter[Verdict]] = {}
    for result in results:
        for mutant, verdict in result.verdicts.items():
            operators.setdefault(mutant.operator, Counter())[verdict] += 1
    by_rule = [(result.rule, _figures([result])) for result in results]
    lines += ["", *_table("rule", [*by_rule, ("all", _figures(results))]), ""]
    lines += _table("change", [(name, _scored(operators[name])) for name in sorted(operators)])
    return "\n".join(lines)


def _table(title: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    columns = ("killed", "survived", "equivalent", "score")
    width = max(len(name) for name, _ in [(title, {}), *rows])
    yield f"{title:{width}}  " + "  ".join(columns)
    for name, figures in rows:
        score = "" if figures["score"] is None else f"{figures['score']:.0%}"
        cells = [*(str(figures[column]) for column in columns[:-1]), score]
        aligned = [f"{cell:>{len(column)}}" for cell, column in zip(cells, columns, strict=True)]
        yield f"{name:{width}}  " + "  ".join(aligned)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rules", nargs="*", metavar="RULE", help="ids or groups of rules; all where none is given")
    parser.add_argument("--jobs", type=int, default=2, help="mutants that live at once (default: 2)")
    parser.add_argument("--json", action="store_true", help="every mutant and its verdict as JSON")
    arguments = parser.parse_args()
    rules = imported_rules(PACK)
    wanted = set(arguments.rules)
    unknown = sorted(wanted - {name for rule in rules for name in (rule.id, rule.info.group)})
    if unknown:
        parser.error(f"there is neither a rule nor a group {', '.join(unknown)}")
    equivalent = read_equivalent(EQUIVALENT.read_text()) if EQUIVALENT.exists() else {}
    checks: dict[str, list[Check]] = {}
    for case in cases(PACK, FIXTURES):
        checks.setdefault(case.rule, []).append(case.check)
    results = []
    for rule in rules:
        if wanted and not wanted & {rule.id, rule.info.group}:
            continue
        if sys.stderr.isatty():
            print(f"\r\033[K{rule.id}", end="", file=sys.stderr, flush=True)
        results.append(judge(rule, checks.get(rule.id, []), equivalent, arguments.jobs))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if arguments.json:
        print(json.dumps({"rules": [result.as_json() for result in results], **_figures(results)}, indent=1))
    else:
        print(text_report(results))
    return 2 if any(result.complaints for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
