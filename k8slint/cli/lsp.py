"""`k8slint lsp`: the language server, for editors."""

from __future__ import annotations

import click

from k8slint.cli.base import Command
from k8slint.cli.serving import serve


@click.command("lsp", cls=Command, short_help="Start the language server, for editors.")
@click.option(
    "--stdio", is_flag=True, hidden=True, expose_value=False, help="As some editors say it; there is no other way."
)
def command() -> None:
    """Start the language server. It speaks over standard input and output; an editor starts it, and ends it."""
    serve()
