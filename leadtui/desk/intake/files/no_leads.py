"""Rows that are no leads and say so: footers, an advertiser's test data, people who do not come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from leadtui.sheets.cells import letters
from leadtui.sheets.fields import granted
from leadtui.text import words

_TOTALS = frozenset(
    words("""
    total totals grandtotal subtotal sum summe gesamt count records rows leads totalleads
    totalrecords totalrows recordcount somme totalattendees attendees totalscans scans
""")
)
_FIGURE = re.compile(r"[\d.,:%$€£ -]*")
_AWAY = tuple(
    words("""
    refund cancel delet notattending nolongerattending notcoming declin denied void transferred
    rembours annul supprim ruckerstat erstatt storn abgesagt gelosch reembols anulad eliminad
""")
)
"""How the status of somebody begins who has gone back on it, in letters alone."""
_DUMMY = "<test lead: dummy data"
_TESTERS = frozenset(("test@fb.com", "test@meta.com", "test@example.com", "test@test.com"))


def is_total(texts: Sequence[str]) -> bool:
    """Whether a row is a footer such as ``Total, , , 245``: a word for a total, and nothing beside
    it but figures."""
    filled = [text for text in texts if text]
    if not filled or len(filled[0]) > 40 or not all(map(_FIGURE.fullmatch, filled[1:])):
        return False
    return letters(filled[0]).strip("0123456789") in _TOTALS


def is_test(texts: Iterable[str], flags: Iterable[str], addresses: Iterable[str]) -> bool:
    """Whether a row is what an advertiser sends to try a form; ``flags`` are the cells of columns
    that say so."""
    return (
        any(address.casefold() in _TESTERS for address in addresses)
        or any(map(granted, flags))
        or any(_DUMMY in text for text in texts)
    )


def is_away(status: str) -> bool:
    """Whether a status is that of somebody who does not come, or is no more in the list."""
    return letters(status).startswith(_AWAY)
