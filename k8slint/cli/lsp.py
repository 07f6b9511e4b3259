"""`k8slint lsp`: the language server, for editors."""

from __future__ import annotations

import gc

import click

from k8slint.cli.base import Command
from k8slint.cli.failures import CommandError


@click.command("lsp", cls=Command, short_help="Start the language server, for editors.")
@click.option(
    "--stdio", is_flag=True, hidden=True, expose_value=False, help="As some editors say it; there is no other way."
)
def command() -> None:
    """Start the language server. It speaks over standard input and output; an editor starts it, and ends it."""
    # Imports leave no garbage behind, and later the server looks for it itself when it is idle.
    gc.disable()
    try:
        from k8slint.lsp import server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "attrs", "attr", "cattrs"):
            raise
        raise CommandError("the language server needs the extra lsp: pip install 'k8slint[lsp]'") from None
    server.serve()
