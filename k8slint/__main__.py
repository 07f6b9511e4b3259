"""`python -m k8slint` is `k8slint`."""

from __future__ import annotations

from k8slint.cli import main

if __name__ == "__main__":
    main()
