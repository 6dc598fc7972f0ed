"""How the last file of the same maker was read: known by its columns, and what was said of it then
stands with its import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leadtui.desk.intake.files.options import ImportOptions
from leadtui.sheets.cells import letters
from leadtui.store import importing as rows_of

if TYPE_CHECKING:
    from leadtui.desk.core.context import Context

LOOKED = 200
"""So many of the newest imports are looked through for one of the same maker."""
ALIKE = 0.6
"""The share of columns, of all that either file has, from which on two are of one maker."""


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier import of the same maker's."""

    batch: int
    file: str
    at: datetime


def as_before(
    context: Context, file: tuple[str, Sequence[str]], options: ImportOptions, offers: Sequence[str]
) -> tuple[Before | None, ImportOptions]:
    """The newest import whose columns are most like these, and the options with what was said
    then; ``file`` is its SHA-256 and its columns. Of the same file also the batch's name is said
    again: one that was stopped half way goes on only so."""
    sha256, labels = file
    ours = set(map(letters, labels))
    with context.store.read() as session:
        taught = rows_of.taught(session, LOOKED)
    found = [(one.sha256 == sha256, _alike(ours, one.counts), one) for one in taught]
    same, share, best = max(found, key=lambda one: one[:2], default=(False, 0.0, None))
    if best is None or share < ALIKE:
        return None, options
    keys = ("country", "dates", "event_zone", "source", "offer", *(("event",) if same else ()))
    said, plain = best.counts["said"], ImportOptions(offer="")
    kept = {
        key: said[key]
        for key in keys
        if getattr(options, key) == getattr(plain, key) and (key != "offer" or said[key] in offers)
    }
    mapping = options.mapping or tuple((our, theirs) for our, theirs in said["mapping"])
    return Before(best.id, best.file_name, best.at), replace(options, **kept, mapping=mapping)


def _alike(ours: set[str], counts: dict[str, Any]) -> float:
    """How much of the columns of both files each has; nothing where a column is missing that
    somebody named."""
    theirs = set(map(letters, counts["columns"]))
    numbered = {f"column{place}" for place in range(1, len(ours) + 1)}
    named = {letters(column) for _, column in counts["said"]["mapping"]}
    if not named <= ours | numbered:
        return 0.0
    share = len(ours & theirs) / len(ours | theirs)
    return share if share == 1 or not ours <= numbered else 0.0
