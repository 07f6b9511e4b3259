"""Why a command ends with 2, said without click."""

from __future__ import annotations


class CommandError(Exception):
    """The command could not do its job: one sentence on stderr."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(Exception):
    """The options contradict each other, or say what there is not: a sentence below the usage."""
