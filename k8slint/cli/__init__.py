"""The command line."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Runs the command line and exits: 0 or 1 as the command says, 2 where it could not do its job."""
    # Imports leave no garbage behind, and to look for it takes a tenth of a start.
    gc.disable()
    from k8slint.cli import quick

    try:
        if not quick.run(sys.argv[1:]):
            from k8slint.cli.commands import group

            gc.enable()
            group(prog_name="k8slint")
    except Exception:  # noqa: BLE001 - a crash must not look like findings, and Python's own exit code for it is 1
        import traceback

        traceback.print_exc()
        sys.stderr.write("\nk8slint failed. This is a bug in k8slint or in a plugin: please report it.\n")
        sys.exit(2)
    finally:
        # The system frees what is left. To look through it for garbage first takes Python 10 ms.
        gc.freeze()
