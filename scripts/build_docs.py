#!/usr/bin/env python3
"""Write what the code says of itself: a page of each rule and their list in `docs/rules`, what rules can ask, the JSON Schema of config files, the
built-in pack's index.

scripts/build_docs.py            write what has changed
scripts/build_docs.py --check    exit 1 and name what is out of date
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any

from k8slint import api, page
from k8slint.api import Lookup, Node, Project, View
from k8slint.config import json_schema
from k8slint.finding import Claim
from k8slint.options import option_fields, plain
from k8slint.pack import imported_rules, index_path, index_text
from k8slint.rule import Rule, RuleInfo

ROOT = Path(__file__).resolve().parent.parent
PACK = "k8slint_rules"

KUBERNETES = "v1.37.2"
"""The version of Kubernetes whose source the pages link to."""

CLAIMS = {
    Claim.REJECTED: "the API server refuses it",
    Claim.BROKEN: "accepted, and cannot work",
    Claim.UNINTENDED: "accepted, and not what was written or meant",
    Claim.ADVICE: "it works, and could be better",
}
FIXES = {"safe": "safe fix", "unsafe": "unsafe fix", "": "no fix"}
TITLES = {"bad": "Bad", "good": "Good", "config": "Configuration"}
"""What the second word of a fence says of its content."""

GENERATED = "<!-- Written by scripts/build_docs.py; the text is the rule's docstring. -->\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and name what is out of date")
    check: bool = parser.parse_args(arguments).check
    wanted = documents(imported_rules(PACK))
    stale = {path for path, text in wanted.items() if not path.is_file() or path.read_bytes() != text.encode()}
    strays = set((ROOT / "docs" / "rules").glob("*.md")) - wanted.keys()
    for path in sorted(stale | strays):
        name = path.relative_to(ROOT).as_posix()
        print(f"{name}: {'of a rule that is gone' if path in strays else 'out of date'}" if check else name)
        if check:
            continue
        if path in strays:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wanted[path].encode())
    if check and stale | strays:
        print("`make docs` writes them", file=sys.stderr)
        return 1
    return 0


def documents(rules: list[Rule]) -> dict[Path, str]:
    """Every generated file and what it should say."""
    docs = ROOT / "docs"
    ids = {rule.id for rule in rules}
    return {
        **{docs / "rules" / f"{rule.id}.md": rule_page(rule, ids) for rule in rules},
        docs / "rules" / "index.md": index_page([rule.info for rule in rules]),
        docs / "vocabulary.md": vocabulary_page(),
        docs / "config.schema.json": json_text(json_schema(rules)) + "\n",
        Path(index_path(PACK)): index_text(PACK),
    }


def json_text(value: Any, indent: str = "", before: int = 0) -> str:
    """JSON on as few lines as can be read: what fits on one stands on one. `before` are the characters in front of it."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + before + len(line) < 120 or not isinstance(value, dict | list):
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        opening, closing = "{}"
        keys = [f"{json.dumps(key)}: " for key in value]
        parts = [key + json_text(child, inner, len(key)) for key, child in zip(keys, value.values(), strict=True)]
    else:
        opening, closing = "[]"
        parts = [json_text(child, inner) for child in value]
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{closing}"


# ---------------------------------------------------------------------------------------------------- a rule's page


def rule_page(rule: Rule, ids: Iterable[str]) -> str:
    """The page of a rule as Markdown. `ids` are the rules that it may link to."""
    info = rule.info
    others = set(ids) - {rule.id}
    parts = [
        f"# {rule.id}\n",
        GENERATED,
        f"{_facts(info)}\n",
        _linked(_with_titles(page.parse(rule.doc).markdown), others) + "\n",
    ]
    if rule.options is not None:
        parts.append("## Options\n\n" + "\n".join(_options(rule.options)) + "\n")
    if rule.source:
        parts.append("## What it follows\n\n" + "\n".join(f"- {source_link(source)}" for source in rule.source) + "\n")
    parts.append(
        f"## Turning it off\n\n`{rule.id}: off` below `rules` in the [configuration](../configuration.md); for one place, a comment "
        f"there: `# k8slint: ignore[{rule.id}] why` ([more](../suppression.md)).\n"
    )
    return "\n".join(parts)


def _facts(info: RuleInfo) -> str:
    preset = "off by default, on in the preset strict" if info.preset == "strict" else f"preset {info.preset}"
    return (
        f"[{info.group}](index.md#{info.group}) | **{info.severity}**: {CLAIMS[info.claim]} (*{info.claim}*) | "
        f"{preset} | {FIXES[info.fixable]} | since {info.since}"
    )


_FENCE_LINE = re.compile(r"^```(?P<language>\w+)[ \t]+(?P<word>bad|good|config)(?:[ \t]+(?P<file>\S+))?[ \t]*$")


def _with_titles(markdown: str) -> str:
    """The text with a title above each example instead of the words in its fence, which readers of Markdown do not see."""
    lines = []
    for line in markdown.split("\n"):
        fence = _FENCE_LINE.match(line)
        if fence is None:
            lines.append(line)
        else:
            file = f" (`{fence['file']}`)" if fence["file"] else ""
            lines += [f"**{TITLES[fence['word']]}**{file}:", "", f"```{fence['language']}"]
    return "\n".join(lines)


def _linked(markdown: str, ids: set[str]) -> str:
    """The text with links where it names other rules, except in code."""

    def link(match: re.Match[str]) -> str:
        return f"[`{match[1]}`]({match[1]}.md)" if match[1] in ids else match[0]

    blocks = re.split(r"(^```.*?^```$)", markdown, flags=re.MULTILINE | re.DOTALL)
    return "".join(
        block if block.startswith("```") else re.sub(r"(?<!\[)`([a-z0-9-]+)`", link, block) for block in blocks
    )


def _options(options: type[object]) -> Iterator[str]:
    yield "| option | type | default | meaning |"
    yield "|---|---|---|---|"
    for option in option_fields(options):
        default = json.dumps(plain(option.default), ensure_ascii=False)
        yield f"| `{option.name}` | {_cell(option.type)} | `{_cell(default)}` | {_cell(option.doc)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# The repositories that are staged within kubernetes/kubernetes, where the tag of a version is that of all of them.
_STAGED = (
    "api|apiextensions-apiserver|apimachinery|apiserver|cli-runtime|client-go|component-base|kube-aggregator|kubectl"
)
_ADDRESS = re.compile(
    r"(?P<url>https?://\S+?)(?=:?(?:\s|$))"
    rf"|k8s\.io/(?:(?P<staged>{_STAGED})|kubernetes)/(?P<path>[\w./-]*\w)"
    r"|sigs\.k8s\.io/(?P<sig>[\w-]+)(?P<below>/[\w./-]*\w)?"
    r"|KEP-(?P<kep>\d+)"
    r"|kubernetes (?:issue|pull request) (?P<issue>\d+)"
)


def source_link(source: str) -> str:
    """What a rule follows, with links to the pages and files it names."""

    def link(match: re.Match[str]) -> str:
        if source[match.end() :].startswith("/*"):
            # `pkg/apis/*/validation` is many places.
            return match[0]
        if match["url"]:
            address = match["url"]
        elif match["kep"]:
            address = f"https://kep.k8s.io/{match['kep']}"
        elif match["issue"]:
            address = f"https://github.com/kubernetes/kubernetes/issues/{match['issue']}"
        elif match["sig"]:
            address = f"https://github.com/kubernetes-sigs/{match['sig']}" + _at("HEAD", match["below"] or "")
        else:
            folder = f"/staging/src/k8s.io/{match['staged']}" if match["staged"] else ""
            address = "https://github.com/kubernetes/kubernetes" + _at(KUBERNETES, f"{folder}/{match['path']}")
        return f"[{match[0]}]({address})"

    return _ADDRESS.sub(link, source)


def _at(version: str, path: str) -> str:
    """The part of an address on GitHub that leads to a path in a version; "" for the repository itself."""
    return f"/{'blob' if path.endswith('.go') else 'tree'}/{version}{path}" if path else ""


# ---------------------------------------------------------------------------------------------------- the list of rules


def index_page(rules: Iterable[RuleInfo]) -> str:
    """The list of all rules by group, each group with what its package says of it."""
    ordered = sorted(rules, key=lambda info: (info.group, info.id))
    about = (
        "An *error* is refused by the cluster or cannot work, a *warning* does not do what was written or meant, an *info* "
        "could be better; *off* is on in the preset `strict` only. How to change that is in "
        "[Configuration](../configuration.md#which-rules-are-on). `k8slint explain RULE` shows a page in the terminal.\n"
    )
    parts = [
        "# Rules\n",
        GENERATED.replace("the text is the rule's docstring", "each line is a rule's summary"),
        about,
    ]
    for group, members in groupby(ordered, key=lambda info: info.group):
        lines = [
            f"## {group}\n",
            f"{_about(group)}\n",
            "| rule | severity | preset | fix | what it finds |",
            "|---|---|---|---|---|",
        ]
        for info in members:
            severity = "off" if info.preset == "strict" else info.severity
            lines.append(
                f"| [{info.id}]({info.id}.md) | {severity} | {info.preset} | {info.fixable} | {_cell(info.summary)} |"
            )
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _about(group: str) -> str:
    """What a group is about: the docstring of its package."""
    doc = importlib.import_module(f"{PACK}.{group}").__doc__
    if not doc:
        raise SystemExit(f"rules/{PACK}/{group}/__init__.py: it has to say in a docstring what the group is about")
    return doc[:1].upper() + doc[1:].strip()


# ---------------------------------------------------------------------------------------------------- what rules can ask


def vocabulary_page() -> str:
    """What `k8slint.api` offers to rules: views, nodes, look-ups, functions, each with its docstring."""
    exported = {name: getattr(api, name) for name in api.__all__}
    views = [value for value in exported.values() if isinstance(value, type) and issubclass(value, View)]
    views.sort(key=lambda view: (view.__module__ != View.__module__, view.__module__, inspect.getsourcelines(view)[1]))
    functions = {name: value for name, value in exported.items() if inspect.isfunction(value)}
    modules = {name: value for name, value in exported.items() if inspect.ismodule(value)}
    parts = [
        "# The vocabulary of rules\n",
        "<!-- Written by scripts/build_docs.py; the text is the docstrings'. -->\n",
        "All of this is imported from `k8slint.api`. [Writing rules](writing-rules.md) shows how to use it.\n",
        "## Views\n",
        "What a rule can look at: it is called once for each in the input. Each is also a node: it can be subscripted, and has `problem` and `set`.\n",
        *(_class_entry(view) for view in views),
        "## Nodes\n",
        _class_entry(Node),
        "## Look-ups\n",
        _class_entry(Project),
        _class_entry(Lookup),
        "## Functions\n",
        *(_function_entry(name, function) for name, function in functions.items()),
    ]
    for name, module in modules.items():
        parts += [f"## `{name}`\n", f"{_doc(module)}\n"]
        parts += [
            _function_entry(f"{name}.{function_name}", function)
            for function_name, function in vars(module).items()
            if inspect.isfunction(function) and function.__module__ == module.__name__ and function_name[0] != "_"
        ]
    return "\n".join(parts)


def _class_entry(cls: type) -> str:
    lines = [f"### `{cls.__name__}`\n", f"{_doc(cls)}\n"]
    for name, member in vars(cls).items():
        if name.startswith("_") or name == "find":
            continue
        if isinstance(member, property):
            assert member.fget is not None
            signature = f"`{name}: {inspect.signature(member.fget).return_annotation}`"
        elif inspect.isfunction(member):
            signature = f"`{name}{_parameters(member)}`"
        else:
            continue
        doc = " ".join(_doc(member).split())
        lines.append(f"- {signature}" + (f" - {doc}" if doc else ""))
    return "\n".join(lines).rstrip("\n") + "\n"


def _function_entry(name: str, function: Callable[..., object]) -> str:
    return f"### `{name}`\n\n`{name}{_parameters(function)}`\n\n{_doc(function)}\n"


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _parameters(function: Callable[..., object]) -> str:
    """A function's parameters and what it returns, as they are written."""
    signature = inspect.signature(function)
    parts: list[str] = []
    for name, parameter in signature.parameters.items():
        if name == "self":
            continue
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        default = parameter.default
        written = f"{type(default).__name__}.{default.name}" if isinstance(default, Enum) else repr(default)
        shown = "" if default is parameter.empty else f" = {written}"
        parts.append(f"{name}: {parameter.annotation}{shown}")
    return f"({', '.join(parts)}) -> {signature.return_annotation}"


if __name__ == "__main__":
    sys.exit(main())
