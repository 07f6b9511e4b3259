"""pluggy's manager, for the hooks of k8slint. Apart from `plugins`, because a run with the built-in rules alone does without."""

from __future__ import annotations

import pluggy

from k8slint.hooks import MARK, HookSpecs


class Manager(pluggy.PluginManager):
    """Registers plugins, and refuses those with a hook that there is not, or that asks for what no hook gives."""

    def __init__(self) -> None:
        super().__init__("k8slint")
        self.add_hookspecs(HookSpecs)

    def parse_hookspec_opts(self, module_or_class: object, name: str) -> pluggy.HookspecOpts | None:
        """What kind of hook it is, for the functions of `HookSpecs`."""
        if not name.startswith("k8slint_"):
            return None
        # Each implementation is called by itself: what comes of all of them is for `Plugins` to say.
        return {
            "firstresult": False,
            "historic": False,
            "warn_on_impl": None,
            "warn_on_impl_args": None,
        }

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        """What kind of implementation it is, for what `hookimpl` has marked."""
        if not getattr(getattr(plugin, name, None), MARK, False):
            return None
        return {
            "wrapper": False,
            "hookwrapper": False,
            "optionalhook": False,
            "tryfirst": False,
            "trylast": False,
            "specname": None,
        }
