"""Do-not-call: who asked not to be called, kept for everybody at once; ended by a supervisor, never
deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from leadtui.cadence.model import Channel
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.intake.consenting import consent_in
from leadtui.desk.planning.planning import Planning
from leadtui.desk.planning.setting_aside import due_now, set_aside
from leadtui.errors import NotFound, WrongUse
from leadtui.files import read_text
from leadtui.store import leads
from leadtui.store import suppression as rows
from leadtui.store.engine.tables import DoNotCall
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.suppression import MARK


@dataclass(frozen=True, slots=True)
class Blocked:
    """A number nobody may call."""

    id: int
    number: str
    reason: str
    requested_at: datetime
    added_at: datetime
    by: str
    lead_id: int | None


@dataclass(frozen=True, slots=True)
class DncImport:
    """What a list of numbers came to."""

    rows: int
    added: int
    known: int
    rejected: tuple[tuple[int, str, str], ...]
    """(line, value, reason)."""


def normal(context: Context, text: str, country: str = "") -> str:
    """A number as E.164, read as one of a country (default: the floor's). Raises ``WrongUse`` for
    what cannot be one."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(text, country or context.settings.country)
    except phonenumbers.NumberParseException:
        raise WrongUse(f"{text!r} is no telephone number; write it like +1 303 555 0142") from None
    if not phonenumbers.is_possible_number(parsed):
        raise WrongUse(
            f"{text!r} cannot be a telephone number: wrong length; write it like +1 303 555 0142"
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def add(context: Context, text: str, reason: str) -> Blocked:
    """Block a number for everybody, at once."""
    number = normal(context, text)
    with context.write() as unit:
        planning = Planning(context, unit)
        having = [int(lead.id or 0) for lead in leads.sharing_numbers(unit.session, [number], 0)]
        due = due_now(planning, having)
        row = _block(context, unit, number, reason)
        codes = {Code.REASON: reason, Code.SET_ASIDE: set_aside(planning, having, due)}
        unit.log(Event.DNC_ADDED, subjects={"dnc": row.id}, after={"blocked": True}, codes=codes)
    return _shown(row, context.identity.name)


def _block(context: Context, unit: Unit, number: str, reason: str) -> DoNotCall:
    known = rows.active(unit.session, number)
    if known is not None:
        return known
    row = DoNotCall(
        number=number,
        reason=reason,
        requested_at=unit.now,
        added_at=unit.now,
        added_by=context.identity.id,
    )
    unit.session.add(row)
    unit.session.flush()
    _settle_all(context, unit, number)
    return row


def _settle_all(context: Context, unit: Unit, number: str, *, lifted: bool = False) -> None:
    """Whoever has this number: what is planned for them is held or planned around it, and comes
    again where the block was ``lifted``."""
    planning = Planning(context, unit)
    for lead in leads.sharing_numbers(unit.session, [number], 0):
        sheet = planning.sheet(int(lead.id or 0))
        leads.add_event(unit, sheet.id, "do_not_call", code="lifted" if lifted else "number")
        if lifted:
            planning.welcome(sheet, Channel.CALL)
        planning.stop_calls(sheet)
        planning.settle(sheet)


def remove(context: Context, text: str, reason: str) -> None:
    """Take a number off the list; supervisors only, with a reason."""
    people.require(context, "taking a number off do-not-call", "supervisor")
    if len(reason.strip()) < 10:
        raise WrongUse("--reason needs 10 characters: who allowed calls again, and when?")
    number = normal(context, text)
    with context.write() as unit:
        row = rows.active(unit.session, number)
        if row is None:
            raise NotFound(f"{number} is not on do-not-call")
        row.removed_at, row.removed_by = unit.now, context.identity.id
        unit.session.flush()
        unit.log(
            Event.DNC_REMOVED, subjects={"dnc": row.id}, after={"blocked": False}, private=reason
        )
        _settle_all(context, unit, number, lifted=True)


def check(context: Context, text: str) -> Blocked | None:
    """The block on a number, if any."""
    number = normal(context, text)
    with context.store.read() as session:
        row = rows.active(session, number)
        return _shown(row, rows.name_of(session, row.added_by)) if row else None


def listed(context: Context) -> tuple[Blocked, ...]:
    """Every number that is blocked."""
    with context.store.read() as session:
        return tuple(
            _shown(row, rows.name_of(session, row.added_by)) for row in rows.all_active(session)
        )


def import_file(context: Context, path: Path) -> DncImport:
    """Block every number of a file: one a line, or the first column that holds numbers."""
    text = read_text(path, "name a file with a number a line")
    found: list[str] = []
    rejected: list[tuple[int, str, str]] = []
    for line, said in _cells(text):
        try:
            found.append(normal(context, said))
        except WrongUse as error:
            rejected.append((line, said, str(error)))
    with context.write() as unit:
        before = {number for number in found if rows.active(unit.session, number)}
        for number in dict.fromkeys(found):
            _block(context, unit, number, f"list {path.name}")
        added = len(set(found) - before)
        unit.log(Event.DNC_IMPORTED, codes={Code.ADDED: added, Code.KNOWN: len(before)})
    return DncImport(len(found) + len(rejected), added, len(found) - added, tuple(rejected))


def _cells(text: str) -> list[tuple[int, str]]:
    import csv

    found = []
    for line, row in enumerate(csv.reader(text.splitlines()), 1):
        cell = next((cell.strip() for cell in row if sum(char.isdigit() for char in cell) >= 5), "")
        if cell:
            found.append((line, cell))
        elif line > 1 and any(cell.strip() for cell in row):
            found.append((line, row[0].strip()))
    return found


def consent(context: Context, lead_id: int, note: str) -> None:
    """Record that a lead has agreed to be called; where and when stands in the note."""
    if len(note.strip()) < 10:
        raise WrongUse("--note needs 10 characters: when and how did they agree?")
    with context.write() as unit:
        consent_in(context, unit, lead_id, note.strip())


def _shown(row: DoNotCall, by: str) -> Blocked:
    number = "(erased)" if row.number.startswith(MARK) else row.number
    return Blocked(
        int(row.id or 0), number, row.reason, row.requested_at, row.added_at, by, row.lead_id
    )


__all__ = ["Blocked", "DncImport", "add", "check", "consent", "import_file", "listed", "remove"]
