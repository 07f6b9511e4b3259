"""All that a rule, a pack, a report or a script may import; it only re-exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8slint import names
from k8slint.config import Config as Settings
from k8slint.document import File, read_parts
from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Severity, Skipped
from k8slint.hooks import Reader, hookimpl
from k8slint.kinds import Kind, name_syntax
from k8slint.near import near
from k8slint.nodes import Node, Plain, from_plain
from k8slint.pack import rules_of
from k8slint.problem import Change, Mend, Problem, Problems
from k8slint.project import Lookup, Project
from k8slint.rule import Rule, rule
from k8slint.views import (
    Backend,
    BrokenDocument,
    BrokenRule,
    CommandLine,
    Container,
    ContainerPort,
    Crash,
    CustomResourceDefinition,
    DeprecatedApi,
    DuplicateKey,
    Handler,
    InvalidValue,
    Manifest,
    MissingField,
    Mount,
    PodSpec,
    Probe,
    RemovedApi,
    SchemaNode,
    Service,
    ServicePort,
    Template,
    UncheckedKind,
    UnknownField,
    UnknownKind,
    UnusedSuppression,
    VersionSchema,
    View,
    Workload,
    WrongType,
    string_map,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

    from k8slint import compute, quantity, selector, shell, webhooks
    from k8slint.document import Document
    from k8slint.golang import go_types
    from k8slint.images import ImageInfo, image_of, program_before, untagged
    from k8slint.references import Reference, references
    from k8slint.report.base import Style
    from k8slint.run import Run
    from k8slint.schemas import celrules, defaults, fieldpath, structural

__all__ = [
    "Backend",
    "BrokenDocument",
    "BrokenRule",
    "Change",
    "Claim",
    "CommandLine",
    "Container",
    "ContainerPort",
    "Crash",
    "CustomResourceDefinition",
    "DeprecatedApi",
    "DuplicateKey",
    "Edit",
    "File",
    "Finding",
    "Fix",
    "Handler",
    "ImageInfo",
    "InvalidValue",
    "Kind",
    "Lookup",
    "Manifest",
    "Mend",
    "MissingField",
    "Mount",
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
    "RemovedApi",
    "Resource",
    "Rule",
    "Run",
    "SchemaNode",
    "Service",
    "ServicePort",
    "Settings",
    "Severity",
    "Skipped",
    "Style",
    "Template",
    "UncheckedKind",
    "UnknownField",
    "UnknownKind",
    "UnusedSuppression",
    "VersionSchema",
    "View",
    "Workload",
    "WrongType",
    "celrules",
    "check",
    "check_text",
    "compute",
    "defaults",
    "fieldpath",
    "from_plain",
    "go_types",
    "hookimpl",
    "image_of",
    "name_syntax",
    "names",
    "near",
    "program_before",
    "quantity",
    "read_documents",
    "read_parts",
    "references",
    "rule",
    "rules_of",
    "selector",
    "shell",
    "string_map",
    "structural",
    "untagged",
    "webhooks",
]


_LAZY = {
    "ImageInfo": ("k8slint.images", "ImageInfo"),
    "Reference": ("k8slint.references", "Reference"),
    "Run": ("k8slint.run", "Run"),
    "Style": ("k8slint.report.base", "Style"),
    "celrules": ("k8slint.schemas.celrules", ""),
    "compute": ("k8slint.compute", ""),
    "defaults": ("k8slint.schemas.defaults", ""),
    "fieldpath": ("k8slint.schemas.fieldpath", ""),
    "go_types": ("k8slint.golang", "go_types"),
    "image_of": ("k8slint.images", "image_of"),
    "program_before": ("k8slint.images", "program_before"),
    "quantity": ("k8slint.quantity", ""),
    "references": ("k8slint.references", "references"),
    "selector": ("k8slint.selector", ""),
    "shell": ("k8slint.shell", ""),
    "structural": ("k8slint.schemas.structural", ""),
    "untagged": ("k8slint.images", "untagged"),
    "webhooks": ("k8slint.webhooks", ""),
}


def __getattr__(name: str) -> Any:
    """Vocabulary that few rules need is imported when the first asks for it."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    module, attribute = _LAZY[name]
    found = importlib.import_module(module)
    return getattr(found, attribute) if attribute else found


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
    from k8slint.run import CheckOptions

    return CheckOptions(config=config, context=[str(path) for path in context])
