"""The hooks: what a plugin can give k8slint. One page, each hook with an example."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from k8slint.document import File
    from k8slint.kinds import Kind
    from k8slint.rule import Rule, RuleInfo

F = TypeVar("F", bound=Callable[..., Any])

MARK: Final = "k8slint_hookimpl"
"""The attribute of a function that implements a hook."""


def hookimpl(function: F) -> F:
    """Marks a function of a plugin module as the implementation of the hook of its name."""
    setattr(function, MARK, True)
    return function


class Reader(NamedTuple):
    """Turns a file that is not YAML into documents.

    `suffixes` are the endings of the files it reads (`.md`); `read(path, text)` returns them as a `File`, whose documents keep offsets into the
    file's own text, or None to leave the file to others. It never raises for what a user may write.
    """

    suffixes: tuple[str, ...]
    read: Callable[[str, str], File | None]


class HookSpecs:
    """The hooks. Every plugin's answer counts, except where it says *first*."""

    def k8slint_rules(self) -> Iterable[Rule | RuleInfo]:
        """The plugin's rules. `rules_of` collects those of a package, so that a new file is a new rule.

        ```python
        @hookimpl
        def k8slint_rules():
            return rules_of("acme_pack.rules")
        ```
        """
        raise NotImplementedError

    def k8slint_kinds(self) -> Iterable[Kind]:
        """Kinds that k8slint does not know, above all those that carry a pod template: every rule on containers then applies to them.

        ```python
        @hookimpl
        def k8slint_kinds():
            return [Kind("acme.example", "Fleet", templates=(("spec", "template"),), endless=True)]
        ```
        """
        raise NotImplementedError

    def k8slint_readers(self) -> Iterable[Reader]:
        """Readers of files that hold manifests in another form.

        ```python
        @hookimpl
        def k8slint_readers():
            return [Reader((".md",), read_fenced_yaml)]
        ```
        """
        raise NotImplementedError

    def k8slint_reporters(self) -> Mapping[str, Any]:
        """Reports by the name that `--format` takes: functions from a run and a style to text.

        ```python
        @hookimpl
        def k8slint_reporters():
            return {"teamcity": lambda run, style: "".join(service_message(f) for f in run.findings)}
        ```
        """
        raise NotImplementedError

    def k8slint_executor(self, jobs: int) -> Executor | None:
        """*First.* The executor that files are read and checked in, for `jobs` workers; None for k8slint's own.

        ```python
        @hookimpl
        def k8slint_executor(jobs):
            return dask.distributed.Client(n_workers=jobs).get_executor()
        ```
        """
        raise NotImplementedError
