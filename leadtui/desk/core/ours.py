"""What is the floor's own: numbers and addresses of the people who work on it, and its own ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from leadtui.cadence.model import Playbook
from leadtui.desk.core.context import Context
from leadtui.sheets.fields import read_emails
from leadtui.sheets.phones import read_phones
from leadtui.store import floor
from leadtui.text import fold

STREET = 6
"""So short a street stands in many addresses."""

_TAG = re.compile(r"\+[^@]*@")


def whose(
    context: Context, session: Any, book: Playbook, said: Mapping[str, str], country: str
) -> str:
    """Whose a number (``phone``, ``mobile``), an ``email`` or a ``street`` is that is said to be a
    lead's: ``self``, ``staff``, ``floor``, or nobody's here (empty)."""
    home, street = context.settings.country, fold(said.get("street", ""))
    if len(street) >= STREET and street in fold(context.settings.postal_address):
        return "floor"
    reach = [said.get(name, "") for name in ("phone", "mobile", "email")]
    theirs = _reached_by(country or home, reach)
    for rep in floor.reps(session) if theirs else ():
        if theirs & _reached_by(home, (rep.phone, rep.email)):
            return "self" if rep.id == context.identity.id else "staff"
    own = (context.settings.mail.sender, *book.floor.fields.values())
    return "floor" if theirs and theirs & _reached_by(home, own) else ""


def _reached_by(region: str, said: Iterable[str]) -> set[str]:
    """The numbers and addresses of these texts; what stands behind a ``+`` makes no other
    mailbox."""
    found: set[str] = set()
    for text in filter(None, said):
        if "@" in text:
            found |= {_TAG.sub("@", fold(one)) for one in read_emails(text)[0]}
        else:
            found |= {one.number for one in read_phones(text, region).numbers}
    return found
