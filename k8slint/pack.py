"""A pack: a Python package in which every module that defines a rule adds one. Nothing else lists them.

`rules_of` imports the package's modules to find its rules. A pack that ships an index (`_index.json`, written by `write_index`) spares a run that:
importing a hundred and fifty modules costs more than checking a manifest.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from k8slint.finding import Claim, Severity
from k8slint.rule import Rule, RuleInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

INDEX = "_index.json"


def rules_of(package: str) -> Iterable[Rule | RuleInfo]:
    """The rules of a package: from its index where that is up to date, otherwise by importing all its modules.

    Raises ImportError where a module of the package cannot be imported.
    """
    folder = _folder(package)
    return _from_index(folder) or imported_rules(package)


def imported_rules(package: str) -> list[Rule]:
    """Every rule of a package, imported, in order of id."""
    folder = _folder(package)
    found: dict[str, Rule] = {}
    for path in _sizes(folder):
        name = package + "." + path.removesuffix(".py").replace("/", ".")
        name = name.removesuffix(".__init__")
        for value in vars(importlib.import_module(name)).values():
            # A module may import another's rule; it belongs to the one that defines it.
            if isinstance(value, Rule) and value.info.module == name:
                found[value.id] = value
    return [found[rule_id] for rule_id in sorted(found)]


def index_text(package: str) -> str:
    """What the package's index should say: JSON, one rule a line so that a change is a readable diff."""
    import json

    lines = []
    for rule in imported_rules(package):
        info = rule.info
        entry = [
            info.id,
            info.group,
            info.summary,
            info.claim,
            info.severity,
            info.preset,
            info.fixable,
            info.since,
            list(info.on),
            info.project,
            info.module,
            info.function,
        ]
        lines.append(json.dumps(entry, ensure_ascii=False))
    sizes = json.dumps(_sizes(_folder(package)), sort_keys=True)
    return '{"files": ' + sizes + ',\n "rules": [\n  ' + ",\n  ".join(lines) + "\n]}\n"


def write_index(package: str) -> None:
    """Writes the package's index beside its modules."""
    with open(os.path.join(_folder(package), INDEX), "w", encoding="utf-8", newline="\n") as file:
        file.write(index_text(package))


def _folder(package: str) -> str:
    module = importlib.import_module(package)
    if not hasattr(module, "__path__"):
        raise ImportError(f"{package} is a module, not a package; give its rules one by one")
    return str(next(iter(module.__path__)))


def _sizes(folder: str) -> dict[str, int]:
    """The package's modules with their sizes. A size that differs from the index's tells that a rule has changed since."""
    sizes: dict[str, int] = {}
    waiting = [("", folder)]
    while waiting:
        prefix, path = waiting.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    sizes[prefix + entry.name] = entry.stat().st_size
                elif entry.is_dir() and entry.name.isidentifier() and entry.name != "__pycache__":
                    waiting.append((f"{prefix}{entry.name}/", entry.path))
    return dict(sorted(sizes.items()))


def _from_index(folder: str) -> list[RuleInfo]:
    import json

    try:
        with open(os.path.join(folder, INDEX), encoding="utf-8") as file:
            index: dict[str, Any] = json.load(file)
        if index["files"] != _sizes(folder):
            return []
        return [_info(*entry) for entry in index["rules"]]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError):
        # A damaged index costs time, never a rule.
        return []


def _info(
    rule_id: str,
    group: str,
    summary: str,
    claim: str,
    severity: str,
    preset: Any,
    fixable: Any,
    since: str,
    on: list[str],
    project: bool,
    module: str,
    function: str,
) -> RuleInfo:
    return RuleInfo(
        rule_id,
        group,
        summary,
        Claim(claim),
        Severity(severity),
        preset,
        fixable,
        since,
        tuple(on),
        project,
        module,
        function,
    )
