"""All that a rule, a pack, a report or a script may import; it only re-exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8slint import names
from k8slint.document import File, read_parts
from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Severity, Skipped
from k8slint.kinds import Kind, name_syntax
from k8slint.near import near
from k8slint.nodes import Node, Plain, from_plain
from k8slint.pack import rules_of
from k8slint.plugins import Reader, hookimpl
from k8slint.problem import Change, Mend, Problem, Problems
from k8slint.project import Lookup, Project
from k8slint.references import Reference, references
from k8slint.rule import Rule, rule
from k8slint.views import (
    BrokenDocument,
    CommandLine,
    Container,
    ContainerPort,
    Crash,
    CustomResourceDefinition,
    DuplicateKey,
    Handler,
    Manifest,
    PodSpec,
    Probe,
    SchemaNode,
    Service,
    ServicePort,
    Template,
    UnusedSuppression,
    View,
    Workload,
    string_map,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

    from k8slint import compute, quantity
    from k8slint.document import Document

__all__ = [
    "BrokenDocument",
    "Change",
    "Claim",
    "CommandLine",
    "Container",
    "ContainerPort",
    "Crash",
    "CustomResourceDefinition",
    "DuplicateKey",
    "Edit",
    "File",
    "Finding",
    "Fix",
    "Handler",
    "Kind",
    "Lookup",
    "Manifest",
    "Mend",
    "Node",
    "Plain",
    "PodSpec",
    "Probe",
    "Problem",
    "Problems",
    "Project",
    "Reader",
    "Reference",
    "Related",
    "Resource",
    "Rule",
    "SchemaNode",
    "Service",
    "ServicePort",
    "Severity",
    "Skipped",
    "Template",
    "UnusedSuppression",
    "View",
    "Workload",
    "check",
    "check_text",
    "compute",
    "from_plain",
    "hookimpl",
    "name_syntax",
    "names",
    "near",
    "quantity",
    "read_documents",
    "read_parts",
    "references",
    "rule",
    "rules_of",
    "string_map",
]


def __getattr__(name: str) -> Any:
    """Vocabulary that few rules need is imported when the first asks for it."""
    if name in ("compute", "quantity"):
        import importlib

        return importlib.import_module(f"k8slint.{name}")
    raise AttributeError(name)


class ReadDocument:
    """A document as kubectl reads it.

    `value` is plain JSON-like data (None where there is an error), `error` the reason it cannot be read or None, `strict_errors` what only a strict
    reader refuses (keys given twice), `node` the root of its nodes or None.
    """

    __slots__ = ("error", "node", "strict_errors", "value")

    def __init__(self, document: Document) -> None:
        self.error = document.error.message if document.error else None
        self.node = document.root
        self.value: Plain = document.root.value if document.root is not None else None
        self.strict_errors = [f'key "{again.key}" already set in map' for _, again in document.duplicates]


def read_documents(text: str) -> list[ReadDocument]:
    """The documents of a text as kubectl reads them, in order. Never raises: a document that cannot be read has an `error`."""
    from k8slint.document import read

    return [ReadDocument(document) for document in read("<text>", text, json=False).documents]


def check(paths: Sequence[str | PathLike[str]], config: Any = None) -> list[Finding]:
    """Checks files and folders as `k8slint check` does, and returns what it finds.

    `config` is a path of a config file, its content as plain data, False for none, or None to look for `.k8slint.yaml`. Raises
    `k8slint.run.EngineError` where nothing can be checked and `k8slint.config.ConfigError` for a config that cannot be used.
    """
    from k8slint import run

    return run.check([str(path) for path in paths], _options(config, ())).findings


def check_text(
    text: str, path: str = "<stdin>", config: Any = None, context: Iterable[str | PathLike[str]] = ()
) -> list[Finding]:
    """Checks one text. It and the files and folders of `context` (CRDs, the resources it refers to) are all there is."""
    from k8slint import run

    return run.check_text(text, path, _options(config, context)).findings


def _options(config: Any, context: Iterable[str | PathLike[str]]) -> Any:
    from pathlib import Path

    from k8slint.run import CheckOptions

    given = config if config is None or isinstance(config, bool | dict) else Path(config)
    return CheckOptions(config=given, context=[str(path) for path in context])
