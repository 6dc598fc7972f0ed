"""What an answer's log entry says of it in codes, so that it can be counted without a word of what
was typed."""

from __future__ import annotations

from datetime import timedelta

from leadtui.cadence.model import Disposition
from leadtui.desk.answers.given import Given
from leadtui.desk.core import ours
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.planning import Planning
from leadtui.store import call_block
from leadtui.store.engine.tables import Obligation, Touch
from leadtui.store.engine.vocabulary import Code
from leadtui.text import letters

EARLY = timedelta(hours=1)
"""How long before its promised time a thing may be done without being noted as early."""


def marks_of(
    planning: Planning,
    sheet: LeadSheet,
    obligation: Obligation,
    touch: Touch,
    row: Disposition | None,
    given: Given,
) -> dict[Code, object]:
    """The codes that an answer has where there is something to say; ``letters`` wherever anything
    was typed."""
    session, country = planning.unit.session, sheet.lead.country
    early = touch.due - planning.unit.now if touch.promised and given.answer != "no" else EARLY
    done = given.answer == "yes" and (row is None or row.attempt)
    theirs = {"phone": given.colleague_phone, "email": given.colleague_email}
    typed = f"{given.note} {given.next_action} {given.colleague}".strip()
    beside = (given.at, given.reason, given.branches, given.objections)
    found: dict[Code, object] = {
        Code.EARLY_MIN: early // timedelta(minutes=1) if early > EARLY else 0,
        Code.AGAIN: obligation.log_seq,
        Code.IDLE: 0 if done else idle(planning, sheet.id),
        Code.BURNS: int(row is not None and row.burns),
        Code.UNTIL: given.at.isoformat() if given.at else "",
        Code.EMPTY: int(not typed and not any(beside)),
        Code.OWN: ours.whose(planning.context, session, planning.book, theirs, country),
    }
    told = {code: value for code, value in found.items() if value}
    return {**told, Code.LETTERS: letters(typed)} if typed else told


def idle(planning: Planning, lead_id: int) -> int:
    """How many answers and deferrals in a row a lead has by now without anything done."""
    outcomes = planning.book.dispositions.items()
    passed = [code for code, known in outcomes if not known.attempt]
    return call_block.idle(planning.unit.session, lead_id, passed)
