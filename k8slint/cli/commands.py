"""The command line as click has it: one command a file, imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from k8slint import __version__
from k8slint.cli.quick import INTERRUPTED

COMMANDS = ("check", "rules", "explain", "init", "graph", "render", "lsp")
"""The commands in the order the help lists them; each is the `command` of the module of its name."""


class Commands(click.Group):
    """Commands that are imported by name, so that each pays only for itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"k8slint.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; an unknown command comes with the one that was probably meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"No such command '{name}'.{_meant(name)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; Ctrl-C ends it without a word, as the user knows what they did."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(err=True)
            ctx.exit(INTERRUPTED)


def _meant(name: str) -> str:
    from pathlib import Path

    from k8slint.cli.base import did_you_mean

    if Path(name).exists():
        return f" Did you mean 'k8slint check {name}'?"
    return did_you_mean(name, COMMANDS)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`k8slint COMMAND --help` says more about a command.",
)
@click.version_option(__version__, "-V", "--version", prog_name="k8slint", message="%(prog)s %(version)s")
def group() -> None:
    """Check Kubernetes manifests: what the API server will refuse, what it will accept but not do as written, and what
    you will regret."""
