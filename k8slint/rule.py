"""What a rule is: a documented generator function, and what `@rule` knows about it.

The function's name is the rule's id (with dashes), its module's folder is its group, its docstring is its page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from k8slint.finding import SEVERITY_OF_CLAIM, Claim, Severity
from k8slint.problem import Problem

if TYPE_CHECKING:
    from k8slint.views import View

Preset: TypeAlias = Literal["essential", "recommended", "strict"]
RuleFunction: TypeAlias = Callable[..., Iterator[Problem]]


class RuleInfo(NamedTuple):
    """All that is known of a rule without importing it, so that a run imports only those it needs."""

    id: str
    group: str
    summary: str
    claim: Claim
    severity: Severity
    """The severity when it is on."""
    preset: Preset
    """The smallest preset that turns it on: essential is within recommended, recommended within strict."""
    fixable: Literal["", "safe", "unsafe"]
    since: str
    on: tuple[str, ...]
    """Names of the view classes it looks at."""
    project: bool
    """Whether it looks at other resources too; such rules run after everything has been read."""
    module: str
    function: str

    @property
    def url(self) -> str:
        """The address of the rule's page; "" where its pack names none: `DOCS_URL` in the package, what ids are added to."""
        docs = getattr(sys.modules.get(self.module.partition(".")[0]), "DOCS_URL", "")
        return f"{docs}{self.id}" if docs else ""

    def load(self) -> Rule:
        """The rule itself; imports its module."""
        import importlib

        found = getattr(importlib.import_module(self.module), self.function)
        assert isinstance(found, Rule), f"{self.module}.{self.function} is not a rule"
        return found


class Rule(NamedTuple):
    """A rule. Calling it calls its function with what its parameters ask for."""

    info: RuleInfo
    check: RuleFunction
    on: tuple[type[View], ...]
    doc: str
    source: tuple[str, ...] = ()
    options: type[Any] | None = None
    parameters: tuple[str, ...] = ()
    """Parameters after the first: any of `project`, `options`, `settings`."""

    @property
    def id(self) -> str:
        return self.info.id


_EXTRA_PARAMETERS = ("project", "options", "settings")


def rule(
    *,
    on: type[View] | tuple[type[View], ...],
    since: str,
    claim: Claim = Claim.UNINTENDED,
    severity: Severity | None = None,
    preset: Preset | None = None,
    fixable: Literal["", "safe", "unsafe"] | None = None,
    source: str | Iterable[str] = (),
    options: type[Any] | None = None,
) -> Callable[[RuleFunction], Rule]:
    """Makes a generator function a rule.

    `on` is the view (or views) it is called with, once each; further parameters are asked for by name: `project` (look-ups across
    resources), `options` (an instance of the dataclass given as `options=`), `settings` (the target version, `complete`, images).
    `claim` says what happens to the manifest and with it the severity; a single problem may state another. `preset` is the smallest preset
    with the rule in it: by default *essential* for errors, *recommended* for the rest. `source` names what the rule follows: a field of the
    API reference, a validation function of Kubernetes, a KEP.

    Raises TypeError for a function without docstring or with parameters that are not known.
    """

    def decorate(function: RuleFunction) -> Rule:
        code = function.__code__
        parameters = code.co_varnames[1 : code.co_argcount]
        unknown = [name for name in parameters if name not in _EXTRA_PARAMETERS]
        if unknown:
            raise TypeError(
                f"{function.__name__}: a rule takes {', '.join(_EXTRA_PARAMETERS)}, not {', '.join(unknown)}"
            )
        doc = function.__doc__
        if not doc:
            raise TypeError(f"{function.__name__}: a rule's docstring is its page; it has none")
        default = severity or SEVERITY_OF_CLAIM[claim]
        views = on if isinstance(on, tuple) else (on,)
        module = function.__module__
        info = RuleInfo(
            id=function.__name__.replace("_", "-"),
            group=module.rpartition(".")[0].rpartition(".")[2] or module,
            summary=_first_paragraph(doc),
            claim=claim,
            severity=default,
            preset=preset or ("essential" if default is Severity.ERROR else "recommended"),
            fixable=_fixable(function) if fixable is None else fixable,
            since=since,
            on=tuple(view.__name__ for view in views),
            project="project" in parameters,
            module=module,
            function=function.__name__,
        )
        return Rule(
            info, function, views, doc, (source,) if isinstance(source, str) else tuple(source), options, parameters
        )

    return decorate


def _first_paragraph(doc: str) -> str:
    return re.sub(r"\s+", " ", doc.strip().split("\n\n", 1)[0])


def _fixable(function: RuleFunction) -> Literal["", "safe", "unsafe"]:
    """A rule that fixes passes `fix=` somewhere; the names its code passes by keyword tell without running it."""
    names = {name for constant in _constants(function.__code__) if isinstance(constant, tuple) for name in constant}
    if "fix" not in names:
        return ""
    return "unsafe" if "safe" in names else "safe"


def _constants(code: Any) -> Iterator[Any]:
    for constant in code.co_consts:
        yield constant
        if hasattr(constant, "co_consts"):
            yield from _constants(constant)
