"""A pack: a Python package in which every module that defines a rule adds one. Nothing else lists them.

`rules_of` imports the package's modules to find its rules. A pack that ships an index (`_index.json`, written by `write_index`) spares a run that:
importing a hundred and fifty modules costs more than checking a manifest. An index that a module no longer agrees with is passed over.
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

_AT_ONCE = 60.0
"""Seconds that writing a package's files may take."""


def rules_of(package: str) -> Iterable[Rule | RuleInfo]:
    """The rules of a package: from its index where that is up to date, otherwise by importing all its modules.

    Raises ImportError where a module of the package cannot be imported.
    """
    folder = _folder(package)
    return _from_index(folder) or imported_rules(package)


def imported_rules(package: str) -> list[Rule]:
    """Every rule of a package, imported, in order of id. Raises ImportError where two of its modules define the same one."""
    folder = _folder(package)
    found: dict[str, Rule] = {}
    for path in _modules(folder):
        name = package + "." + path.removesuffix(".py").replace("/", ".")
        name = name.removesuffix(".__init__")
        for value in vars(importlib.import_module(name)).values():
            # A module may import another's rule; it belongs to the one that defines it.
            if isinstance(value, Rule) and value.info.module == name:
                other = found.setdefault(value.id, value)
                if other is not value:
                    raise ImportError(f"{other.info.module} and {name} both define the rule {value.id}")
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
    sizes = [f"{json.dumps(path)}: {module.st_size}" for path, module in _modules(_folder(package)).items()]
    return '{"files": {\n  ' + ",\n  ".join(sizes) + '},\n "rules": [\n  ' + ",\n  ".join(lines) + "]}\n"


def index_path(package: str) -> str:
    """Where the package's index stands, or would: beside its modules."""
    return os.path.join(_folder(package), INDEX)


def write_index(package: str) -> None:
    """Writes the package's index."""
    with open(index_path(package), "w", encoding="utf-8", newline="\n") as file:
        file.write(index_text(package))


def _folder(package: str) -> str:
    module = importlib.import_module(package)
    if not hasattr(module, "__path__"):
        raise ImportError(f"{package} is a module, not a package; give its rules one by one")
    return str(next(iter(module.__path__)))


def _modules(folder: str) -> dict[str, os.stat_result]:
    """The package's modules, by path within it, in order."""
    found: dict[str, os.stat_result] = {}
    waiting = [("", folder)]
    while waiting:
        prefix, path = waiting.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    found[prefix + entry.name] = entry.stat()
                elif entry.is_dir() and entry.name.isidentifier() and entry.name != "__pycache__":
                    waiting.append((f"{prefix}{entry.name}/", entry.path))
    return dict(sorted(found.items()))


def _from_index(folder: str) -> list[RuleInfo]:
    """The rules that the package's index lists; none where there is no index, or a module has changed since it was written."""
    import json

    path = os.path.join(folder, INDEX)
    try:
        with open(path, encoding="utf-8") as file:
            index: dict[str, Any] = json.load(file)
            written = os.fstat(file.fileno()).st_mtime
        modules = _modules(folder)
        # A checkout or an installation writes all of them at once, in any order; an editor comes later.
        edited = any(module.st_mtime > written + _AT_ONCE for module in modules.values())
        if edited or index["files"] != {name: module.st_size for name, module in modules.items()}:
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
