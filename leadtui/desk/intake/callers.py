"""Who calls: a lead found by any form of a number, or somebody new, added while they are on the
line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadtui.desk.core.context import Context
from leadtui.desk.core.lead_views import lead_view
from leadtui.desk.core.views import LeadView
from leadtui.desk.intake.adding import Added, add
from leadtui.sheets.phones import read_phones
from leadtui.store import leads
from leadtui.text import fold

USUAL = "phone"
"""The offer of somebody who calls."""
FOUND = 20
"""So many leads are shown at most: more words narrow it down."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a new lead can have accepted; ``usual`` is that of a caller."""

    usual: str
    codes: tuple[str, ...]


def find_callers(context: Context, words: str) -> tuple[LeadView, ...]:
    """Leads by a part of their name, company or e-mail, or by their number in any form; whoever's
    they are."""
    if not words.strip():
        return ()
    now = context.now()
    numbers = (
        [one.number for one in read_phones(words, context.settings.country).numbers]
        if _is_number(words)
        else []
    )
    key = fold(words)
    with context.store.read() as session:
        found = {
            lead.id: lead for asked in (*numbers, words) for lead in leads.find(session, asked)
        }
        best = sorted(
            found.values(), key=lambda lead: key not in lead.name_key
        )  # names come before e-mails
        return tuple(lead_view(context, session, int(lead.id or 0), now) for lead in best[:FOUND])


def callers(context: Context, ids: tuple[int, ...]) -> tuple[LeadView, ...]:
    """Leads by id."""
    now = context.now()
    with context.store.read() as session:
        return tuple(lead_view(context, session, lead_id, now) for lead_id in ids)


def offers(context: Context) -> Offers:
    """The offers of the running playbook."""
    with context.store.read() as session:
        codes = tuple(context.playbook(session).offers)
    return Offers(USUAL if USUAL in codes else codes[0], codes)


def add_caller(context: Context, said: Mapping[str, str], join: int = 0) -> Added:
    """Add whoever calls, read and checked as ``lead add`` does; ``said`` also has ``offer`` and
    ``source``, and ``join`` is the lead that it shall be added to.

    Raises what ``adding.add`` raises; nothing was changed then."""
    person = {
        key: value
        for key, value in said.items()
        if key not in {"offer", "source"} and value.strip()
    }
    return add(
        context,
        said.get("offer", "").strip() or USUAL,
        person,
        source=said.get("source", "").strip(),
        join=join,
    )


def begun(words: str) -> dict[str, str]:
    """What was searched for, as the field of a new lead that it must belong to."""
    field = "email" if "@" in words else "phone" if _is_number(words) else "name"
    return {field: words.strip()} if words.strip() else {}


def _is_number(words: str) -> bool:
    """Whether these words are a telephone number rather than a name."""
    return sum(map(str.isdigit, words)) >= 6 and sum(map(str.isalpha, words)) <= 3
