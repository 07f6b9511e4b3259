"""What `k8slint lsp` does. It goes without click, as an editor waits for it."""

from __future__ import annotations

import gc

from k8slint.cli.failures import CommandError


def serve() -> None:
    """Runs the language server until the editor is done. Raises CommandError where the extra is not installed."""
    # Imports leave no garbage behind, and later the server looks for it itself when it is idle.
    gc.disable()
    try:
        from k8slint.lsp import server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "attrs", "attr", "cattrs"):
            raise
        raise CommandError("the language server needs the extra lsp: pip install 'k8slint[lsp]'") from None
    server.serve()
