"""Every error a person may see: one sentence that says what is wrong, where, and what to do."""

from __future__ import annotations


class LeadtuiError(Exception):
    """Something a person can understand and mend; its text is the whole message.

    ``exit_code`` is what a command ends with: 1 for refused or failed, 2 for wrong use.
    """

    exit_code = 1


class WrongUse(LeadtuiError):
    """The command was called in a way it does not understand."""

    exit_code = 2


class PlaybookError(LeadtuiError):
    """A playbook file says something that cannot be run: ``file:line: what; what to do``."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file, self.line, self.message = file, line, message


NO_VALUE = frozenset(("outcome", "reason", "when", "answer"))
"""Codes of what is no rule of the process but a value that can never be right: wrong use."""


class Refused(LeadtuiError):
    """The process does not allow this now; ``code`` names the rule for programs, the text says it
    to people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = 2 if code in NO_VALUE else 1


class NotSaved(LeadtuiError):
    """The database could not take the change now; nothing was changed, and trying again is safe."""


class Damaged(LeadtuiError):
    """The database file is damaged and nothing more is written into it; ``found`` is what the
    damage was met as."""

    def __init__(self, message: str, found: str = "") -> None:
        super().__init__(message)
        self.found = found or message


class NotFound(LeadtuiError):
    """What was asked for does not exist."""


class Nobody(WrongUse, NotFound):
    """Nobody on the floor has the name that a command was given."""
