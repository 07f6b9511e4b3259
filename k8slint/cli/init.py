"""`k8slint init`: a config file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from k8slint.cli import terminal
from k8slint.cli.base import Command
from k8slint.cli.failures import CommandError

CONFIG = """\
# Settings of k8slint for everything below this folder. All of them are optional; what is commented out is an example.

# Which rules are on: essential (errors only), recommended, or strict (everything). Or the path of another config file.
extends: recommended

# The least severity that is reported: error, warning or info. What is below it is only counted.
# minSeverity: info

# The version of Kubernetes that the manifests have to work on, or a range of them: "1.30-1.33". Without it, the newest
# that k8slint knows.
# kubernetesVersion: "1.33"

# Files and folders to leave out, written as in .gitignore.
# exclude:
#   - vendor/

# Whether the manifests below this folder are all there is in the cluster: then what they refer to and is not here is
# missing, and reported.
# complete: true

# References to what exists elsewhere: Kind/name or Kind/namespace/name, with globs.
# external:
#   - Secret/registry-*

# Images whose start command k8slint should know: by their Dockerfile, or by their ENTRYPOINT and CMD.
# images:
#   registry.example.com/shop/web:
#     dockerfile: web/Dockerfile
#   registry.example.com/tools/migrate:
#     entrypoint: [/migrate]
#     cmd: [up]

# CustomResourceDefinitions that are not among the manifests, and Go types behind those that are.
# crds:
#   - third-party/crds
# golang:
#   - api/v1

# Single rules: off, error, warning or info. `k8slint rules` lists them, `k8slint explain RULE` shows one.
# rules:
#   missing-liveness-probe: off
#   missing-memory-limit: error

# The same for some files, kinds, names or namespaces only; the last that matches decides.
# overrides:
#   - files: [dev/**]
#     rules:
#       missing-resources: off
"""

HOOK = """\
# Add this to .pre-commit-config.yaml:
repos:
  - repo: <the address of the k8slint repository>
    rev: v{version}
    hooks:
      - id: k8slint
        # args: [--fix]  # to mend, too, what can be mended safely
"""


@click.command("init", cls=Command, short_help="Write a config file to start from.")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("--pre-commit", is_flag=True, help="Instead, print what to add to .pre-commit-config.yaml.")
def command(folder: str, pre_commit: bool) -> None:
    """Write a commented .k8slint.yaml into FOLDER (default: the current one). One that is there is left alone."""
    from k8slint import __version__
    from k8slint.config import NAMES

    if pre_commit:
        terminal.emit(HOOK.format(version=__version__))
        return
    for name in NAMES:
        if Path(folder, name).exists():
            raise CommandError(f"{Path(folder, name).as_posix()} is already there; remove it to start afresh")
    path = Path(folder, NAMES[0])
    try:
        # "x" so that a file that appears just now is left alone too.
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(CONFIG)
    except OSError as error:
        raise CommandError(f"cannot write {path.as_posix()}: {error.strerror}") from None
    terminal.emit(f"Wrote {path.as_posix()}\n")
