"""What a plugin can give k8slint: rules, kinds, readers, reports, an executor. One page, each hook with an example.

A plugin is a module named by an entry point of the group `k8slint`; the built-in rules come that way too.

```toml
[project.entry-points.k8slint]
acme = "acme_pack"
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pluggy

from k8slint import kinds
from k8slint.installed import entry_points
from k8slint.rule import RuleInfo

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from k8slint.document import File
    from k8slint.rule import Rule

T = TypeVar("T")

hookspec = pluggy.HookspecMarker("k8slint")
hookimpl = pluggy.HookimplMarker("k8slint")
"""Marks a function of a plugin module as the implementation of the hook of its name."""


class Reader(NamedTuple):
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


class PluginError(Exception):
    """A plugin cannot be used; the message names it and says why."""


class NoRulesError(PluginError):
    """Not one rule is installed: a run would find nothing and look like a success."""


class Plugins:
    """The plugins of a run and what they give. Loading them imports their modules, not their rules' where the pack has an index."""

    def __init__(self, extra: Iterable[object] = (), *, installed: bool = True) -> None:
        """Loads the installed plugins, then `extra` ones (modules or objects with hook implementations).

        Raises PluginError where one of them cannot be imported, or fails when it is asked what it brings.
        """
        self.manager = pluggy.PluginManager("k8slint")
        self.manager.add_hookspecs(HookSpecs)
        if installed:
            self._register_installed()
        for plugin in extra:
            self._register(plugin, getattr(plugin, "__name__", type(plugin).__name__))
        for _, given in self._answers("k8slint_kinds", list):
            kinds.register(given)
        self.rules: dict[str, RuleInfo] = {}
        self._loaded: dict[str, Rule] = {}
        self._add_rules()

    def _register_installed(self) -> None:
        for name, reference in entry_points("k8slint"):
            with _blaming(f"{name} ({reference})", "cannot be imported"):
                module, _, attribute = reference.partition(":")
                plugin: object = import_module(module)
                for part in attribute.split(".") if attribute else ():
                    plugin = getattr(plugin, part)
            # An editable installation may be found twice.
            if not self.manager.is_registered(plugin):
                self._register(plugin, reference)

    def _register(self, plugin: object, name: str) -> None:
        with _blaming(name, "cannot be used"):
            self.manager.register(plugin, None if self.manager.has_plugin(name) else name)
            # A hook with a misspelt name would never be called.
            self.manager.check_pending()

    def _add_rules(self) -> None:
        origins: dict[str, str] = {}
        for plugin, given in self._answers("k8slint_rules", list):
            for one in given:
                # A Rule is already imported; a RuleInfo is imported when something for it to look at turns up.
                info = getattr(one, "info", one)
                if not isinstance(info, RuleInfo):
                    raise PluginError(
                        f"plugin {plugin} gives {one!r} as a rule, which it is not: is it decorated with @rule?"
                    )
                if info is not one:
                    self._loaded[info.id] = one
                other = origins.setdefault(info.id, plugin)
                if other != plugin:
                    raise PluginError(f"the plugins {other} and {plugin} both bring a rule named {info.id}")
                self.rules[info.id] = info
        self.rules = dict(sorted(self.rules.items()))

    def _answers(self, hook: str, make: Callable[[Any], T], **given: Any) -> Iterator[tuple[str, T]]:
        """Each plugin's answer to a hook, made a `make`, with the plugin's name."""
        # One by one, and not as pluggy calls them, to know whose fault it is where one fails.
        for implementation in reversed(getattr(self.manager.hook, hook).get_hookimpls()):
            with _blaming(implementation.plugin_name, f"failed in {hook}"):
                answer = make(implementation.function(*(given[name] for name in implementation.argnames)))
            yield implementation.plugin_name, answer

    def require_rules(self) -> None:
        """Raises NoRulesError where no plugin gave any rule."""
        if not self.rules:
            raise NoRulesError(
                "no rules are installed, so nothing would be checked: is the built-in pack (k8slint_rules) missing?"
            )

    def rule(self, rule_id: str) -> Rule:
        """A rule by id, imported now if it was not. Raises KeyError for an id nobody gave, PluginError where importing it fails."""
        found = self._loaded.get(rule_id)
        if found is None:
            info = self.rules[rule_id]
            with _blaming(info.module.partition(".")[0], f"has a rule that cannot be imported, {rule_id}"):
                found = self._loaded[rule_id] = info.load()
        return found

    def readers(self) -> dict[str, Reader]:
        """Readers by the file ending they take."""
        return {
            suffix: reader
            for _, given in self._answers("k8slint_readers", list)
            for reader in given
            for suffix in reader.suffixes
        }

    def reporters(self) -> dict[str, Any]:
        """Reports that plugins add, by format name."""
        merged: dict[str, Any] = {}
        for _, given in self._answers("k8slint_reporters", dict):
            merged.update(given)
        return merged

    def executor(self, jobs: int) -> Executor | None:
        """The executor a plugin brings for so many workers, if one does."""
        answers = self._answers("k8slint_executor", lambda executor: executor, jobs=jobs)
        return next((executor for _, executor in answers if executor is not None), None)


@contextmanager
def _blaming(plugin: str, what: str) -> Iterator[None]:
    """Whatever a plugin's code raises becomes a PluginError that names it."""
    try:
        yield
    except Exception as error:
        message = " ".join(str(error).split())
        raise PluginError(f"plugin {plugin} {what}: {type(error).__name__}: {message}") from error
