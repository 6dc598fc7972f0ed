"""Rows about people who were erased: they come in closed to what the floor may not do any more, and
that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from leadtui.sheets.cells import key
from leadtui.store import leads as stored
from leadtui.store import suppression
from leadtui.store.suppression import CALLS, EMAILS

if TYPE_CHECKING:
    from leadtui.sheets.incoming import IncomingLead

SHOWN = 5


def suppressed(session: Any, rows: Sequence[IncomingLead]) -> tuple[list[IncomingLead], list[str]]:
    """The rows, those of erased people opted out of each channel that is closed to them; and what
    is to be said of it."""
    words = [_words(row) for row in rows]
    closed = suppression.suppressed(session, {word for own in words for word in own})
    numbers = {phone.number for row in rows for phone in row.phones}
    blocked = stored.blocked_numbers(session, sorted(numbers))
    found: list[IncomingLead] = []
    lines: list[int] = []
    for row, own in zip(rows, words, strict=True):
        channels = set().union(*(closed.get(word, ()) for word in own))
        if channels or any(phone.number in blocked for phone in row.phones):
            lines.append(row.line)
        found.append(
            replace(
                row,
                calls_opt_out=row.calls_opt_out or CALLS in channels,
                emails_opt_out=row.emails_opt_out or EMAILS in channels,
            )
            if channels
            else row
        )
    return found, [_said(lines)] if lines else []


def _words(row: IncomingLead) -> list[str]:
    """By what a row may be known."""
    last = key(row.last_name)
    lines = [suppression.number_word(phone.number, last) for phone in row.phones if last]
    return [*(suppression.address_word(key(one)) for one in row.emails), *lines]


def _said(lines: Sequence[int]) -> str:
    where = ", ".join(map(str, lines[:SHOWN])) + (" …" if len(lines) > SHOWN else "")
    are = "row is" if len(lines) == 1 else "rows are"
    return (
        f"{len(lines)} {are} suppressed (line {where}): do-not-call, or erased and not to be "
        "reached again; they come in blocked"
    )
