"""What `k8slint lsp` does. It goes without click, as an editor waits for it."""

from __future__ import annotations

import gc
import sys


def serve() -> None:
    """Runs the language server until the editor is done, and exits as the protocol says: 1 where the editor left without a word."""
    # Imports leave no garbage behind, and later the server looks for it itself when it is idle.
    gc.disable()
    from k8slint.lsp import server

    sys.exit(server.serve())
