"""The plugins of a run. What a plugin can give, rules, kinds, readers, reports, an executor, is in `hooks`.

A plugin is a module named by an entry point of the group `k8slint`; the built-in rules come that way too.

```toml
[project.entry-points.k8slint]
acme = "acme_pack"
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from k8slint import kinds
from k8slint.hooks import MARK, Reader
from k8slint.installed import entry_points
from k8slint.rule import RuleInfo

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pluggy

    from k8slint.rule import Rule

T = TypeVar("T")

BUILTIN: Final = "k8slint_rules"
"""The plugin that has the built-in rules."""


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
        self.modules: dict[str, object] = {}
        """The plugins by name: modules, or whatever else has implementations of hooks."""
        self._manager: pluggy.PluginManager | None = None
        if installed:
            self._add_installed()
        for plugin in extra:
            self._add(getattr(plugin, "__name__", type(plugin).__name__), plugin)
        for _, given in self._answers("k8slint_kinds", list):
            kinds.register(given)
        self.rules: dict[str, RuleInfo] = {}
        self._loaded: dict[str, Rule] = {}
        self._add_rules()

    def _add_installed(self) -> None:
        for name, reference in entry_points("k8slint"):
            with _blaming(f"{name} ({reference})", "cannot be imported"):
                module, _, attribute = reference.partition(":")
                plugin: object = import_module(module)
                for part in attribute.split(".") if attribute else ():
                    plugin = getattr(plugin, part)
            self._add(reference, plugin)

    def _add(self, name: str, plugin: object) -> None:
        # An editable installation may be found twice.
        if any(plugin is other for other in self.modules.values()):
            return
        name = name if name not in self.modules else f"{name} ({id(plugin)})"
        self.modules[name] = plugin
        if self._manager is not None or name != BUILTIN or len(self.modules) > 1:
            self._register(name)

    def _register(self, name: str) -> None:
        """Hands a plugin to pluggy, which knows what an implementation has to look like. The built-in one has been looked at, and goes without as long
        as it is alone: to import pluggy takes a tenth of a start."""
        names = [name]
        if self._manager is None:
            from k8slint.manager import Manager

            self._manager = Manager()
            names = list(self.modules)
        for each in names:
            with _blaming(each, "cannot be used"):
                self._manager.register(self.modules[each], each)
                # A hook with a misspelt name would never be called.
                self._manager.check_pending()

    def implementations(self, hook: str) -> list[tuple[str, Callable[..., Any], Iterable[str]]]:
        """Each implementation of a hook: the plugin's name, the function, and the names of its arguments."""
        if self._manager is not None:
            found = reversed(getattr(self._manager.hook, hook).get_hookimpls())
            return [(one.plugin_name, one.function, one.argnames) for one in found]
        functions: dict[str, Any] = {name: getattr(module, hook, None) for name, module in self.modules.items()}
        return [(name, function, ()) for name, function in functions.items() if hasattr(function, MARK)]

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
        for name, function, arguments in self.implementations(hook):
            with _blaming(name, f"failed in {hook}"):
                answer = make(function(*(given[argument] for argument in arguments)))
            yield name, answer

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
