"""What the installed script calls; `python -m k8slint` is the same."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the command line, with nothing imported from the current folder."""
    # `-m` puts that folder first, and it may well be the one that is checked: a `click.py` in there is not ours to run.
    if sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
        del sys.path[0]
    from k8slint.cli import main as run

    run()


if __name__ == "__main__":
    main()
