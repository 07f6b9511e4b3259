"""What a plugin can give k8slint: rules, kinds, readers, reports, an executor. One page, each hook with an example.

A plugin is a module named by an entry point of the group `k8slint`; the built-in rules come that way too.

```toml
[project.entry-points.k8slint]
acme = "acme_pack"
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pluggy

from k8slint import kinds

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from k8slint.document import File
    from k8slint.rule import Rule, RuleInfo

hookspec = pluggy.HookspecMarker("k8slint")
hookimpl = pluggy.HookimplMarker("k8slint")
"""Marks a function of a plugin module as the implementation of the hook of its name."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns a file that is not YAML into documents.

    `suffixes` are the endings of the files it reads (`.md`); `read(path, text)` returns them as a `File`, whose documents keep offsets into the
    file's own text, or None to leave the file to others. It never raises for what a user may write.
    """

    suffixes: tuple[str, ...]
    read: Callable[[str, str], File | None]


class HookSpecs:
    """The hooks. Every plugin's answer counts, except where it says *first*."""

    @hookspec
    def k8slint_rules(self) -> Iterable[Rule | RuleInfo]:
        """The plugin's rules. `rules_of` collects those of a package, so that a new file is a new rule.

        ```python
        @hookimpl
        def k8slint_rules():
            return rules_of("acme_pack.rules")
        ```
        """
        raise NotImplementedError

    @hookspec
    def k8slint_kinds(self) -> Iterable[kinds.Kind]:
        """Kinds that k8slint does not know, above all those that carry a pod template: every rule on containers then applies to them.

        ```python
        @hookimpl
        def k8slint_kinds():
            return [Kind("acme.example", "Fleet", templates=(("spec", "template"),), endless=True)]
        ```
        """
        raise NotImplementedError

    @hookspec
    def k8slint_readers(self) -> Iterable[Reader]:
        """Readers of files that hold manifests in another form.

        ```python
        @hookimpl
        def k8slint_readers():
            return [Reader((".md",), read_fenced_yaml)]
        ```
        """
        raise NotImplementedError

    @hookspec
    def k8slint_reporters(self) -> Mapping[str, Any]:
        """Reports by the name that `--format` takes: functions from a run and a style to text.

        ```python
        @hookimpl
        def k8slint_reporters():
            return {"teamcity": lambda run, style: "".join(service_message(f) for f in run.findings)}
        ```
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def k8slint_executor(self, jobs: int) -> Executor | None:
        """*First.* The executor that files are read and checked in, for `jobs` workers; None for k8slint's own.

        ```python
        @hookimpl
        def k8slint_executor(jobs):
            return dask.distributed.Client(n_workers=jobs).get_executor()
        ```
        """
        raise NotImplementedError


class NoRulesError(Exception):
    """Not one rule is installed: a run would find nothing and look like a success."""


class Plugins:
    """The plugins of a run and what they give. Loading them imports their modules, not their rules' where the pack has an index."""

    def __init__(self, extra: Iterable[object] = (), *, installed: bool = True) -> None:
        """Loads the installed plugins, then `extra` ones (modules or objects with hook implementations)."""
        self.manager = pluggy.PluginManager("k8slint")
        self.manager.add_hookspecs(HookSpecs)
        if installed:
            self.manager.load_setuptools_entrypoints("k8slint")
        for plugin in extra:
            self.manager.register(plugin)
        for answer in self.manager.hook.k8slint_kinds():
            kinds.register(answer)
        self.rules: dict[str, RuleInfo] = {}
        self._loaded: dict[str, Rule] = {}
        for answer in self.manager.hook.k8slint_rules():
            for given in answer:
                # A Rule is already imported; a RuleInfo is imported when something for it to look at turns up.
                info: RuleInfo = getattr(given, "info", given)
                if info is not given:
                    self._loaded[info.id] = given  # type: ignore[assignment]
                self.rules[info.id] = info
        self.rules = dict(sorted(self.rules.items()))

    def require_rules(self) -> None:
        """Raises NoRulesError where no plugin gave any rule."""
        if not self.rules:
            raise NoRulesError(
                "no rules are installed, so nothing would be checked: is the built-in pack (k8slint_rules) missing?"
            )

    def rule(self, rule_id: str) -> Rule:
        """A rule by id, imported now if it was not. Raises KeyError for an id nobody gave."""
        found = self._loaded.get(rule_id)
        if found is None:
            found = self._loaded[rule_id] = self.rules[rule_id].load()
        return found

    def readers(self) -> dict[str, Reader]:
        """Readers by the file ending they take."""
        answers = self.manager.hook.k8slint_readers()
        return {suffix: reader for answer in answers for reader in answer for suffix in reader.suffixes}

    def reporters(self) -> dict[str, Any]:
        """Reports that plugins add, by format name."""
        merged: dict[str, Any] = {}
        for answer in self.manager.hook.k8slint_reporters():
            merged.update(answer)
        return merged

    def executor(self, jobs: int) -> Executor | None:
        """The executor a plugin brings for so many workers, if one does."""
        found: Executor | None = self.manager.hook.k8slint_executor(jobs=jobs)
        return found
