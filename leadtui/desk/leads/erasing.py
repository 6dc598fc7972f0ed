"""Erasing a person: what they said and how to reach them is gone; what was done, and that they were
erased, stays.

The log's chain stays whole: its personal texts stand apart under salted hashes, and the verifier
says *erased*. Numbers and addresses stay as keyed hashes: who comes in again comes in blocked."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import call_block, leads, suppression
from leadtui.store import erasing as rows
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Lead
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.log import auditing
from leadtui.text import fold, words

MIN_REASON = 10


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, and what had to stay."""

    leads: tuple[int, ...]
    """The lead, and those that were merged into it."""
    texts: int
    """Texts of messages that nobody else got."""
    images: int
    files: tuple[str, ...]
    kept_files: tuple[str, ...]
    """Messages outside the floor's folder: leadtui does not delete there."""
    blocked: tuple[str, ...]
    """Numbers that stay on do-not-call."""
    entry: int
    rejected: int
    """Rows of imported files that had become no lead, emptied."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept of people from before an instant."""

    before: datetime
    log_texts: int
    oldest: datetime | None
    messages: int
    leads: tuple[int, ...]
    """Closed leads nothing was heard of since then: those to think of erasing."""


def erase(context: Context, lead_id: int, reason: str) -> Erased:
    """Erase a person; supervisors only, with a reason. There is no way back."""
    people.require(context, "erasing a person", "supervisor")
    if len(reason.strip()) < MIN_REASON:
        raise Refused("reason", f"say in {MIN_REASON} characters or more why, and who asked for it")
    with context.write() as unit:
        everybody = _whole_person(context, unit, lead_id)
        numbers = rows.numbers_of(unit.session, everybody)
        traces = rows.traces_of(unit.session, everybody)
        blocked = sorted(leads.blocked_numbers(unit.session, numbers))
        files = rows.files_of(unit.session, everybody)
        ours = rows.row_ids(unit.session, everybody)
        rows.overwrite_deleted(unit)
        with unit.untracked():
            suppression.keep_people(unit, everybody, blocked)
            _stop(context, unit, everybody)
            for one in everybody:
                _empty(unit, one)
            rows.empty_matters(unit, everybody, unit.now)
        rows.empty_rows(unit, everybody, numbers)
        rejected = rows.empty_rejects(unit, traces)
        texts = rows.empty_messages(unit, everybody)
        images, digests = rows.forget_images(unit, ours)
        unit.session.expire_all()
        unit.log(
            Event.LEAD_ERASED,
            subjects={"lead": lead_id},
            after={"status": "erased"},
            private=reason.strip(),
        )
        entry = auditing.erase_texts(
            unit,
            everybody,
            {Code.TEXTS: texts, Code.IMAGES: images, Code.KEPT_ON_DNC: len(blocked)},
            digests,
        )
    gone, kept = _remove_files(context.settings.folder, files)
    return Erased(tuple(everybody), texts, images, gone, kept, tuple(blocked), entry, rejected)


def _whole_person(context: Context, unit: Unit, lead_id: int) -> list[int]:
    from leadtui.desk.core.facts import sheet_of

    if sheet_of(context, unit.session, lead_id).lead.status == "erased":
        raise Refused("erased", f"lead {lead_id} was erased already")
    everybody = rows.same_person(unit.session, lead_id)
    for one in everybody:
        if call_block.open_about(unit.session, one):
            raise Refused("question_open", f"lead {one} has a started action; it is answered first")
    return everybody


def _stop(context: Context, unit: Unit, everybody: list[int]) -> None:
    """Nothing stays planned."""
    planning = Planning(context, unit)
    for one in everybody:
        for enrolment in leads.live_enrolments(unit.session, one):
            planning.end(enrolment, "erased")
        for touch in leads.open_touches(unit.session, one):
            planning.close(touch, "cancelled", "erased")
    unit.session.flush()


def _empty(unit: Unit, lead_id: int) -> None:
    """A lead without a person: its number, its country, where it came from and how far it got."""
    lead = unit.session.get(Lead, lead_id)
    if lead is None:
        return
    name = f"Erased {lead_id}"
    for column in words("""
        first_name last_name last_name_key title title_key street city city_key postal_code
        language confirmed_zone external_id
    """):
        setattr(lead, column, "")
    lead.full_name, lead.name_key = name, fold(name)
    lead.qualification, lead.dates, lead.extra, lead.company_id = {}, {}, {}, None
    lead.status, lead.closed_reason, lead.updated_at = "erased", "erased", unit.now
    lead.lease_rep_id, lead.lease_until = None, None


def _remove_files(folder: Path, files: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete messages that stand as files in the floor's folder."""
    home = folder.resolve()
    gone: list[str] = []
    kept: list[str] = []
    for name in files:
        path = Path(name)
        if not path.is_absolute():
            path = home / path
        if not path.resolve().is_relative_to(home):
            kept.append(name)
            continue
        with suppress(OSError):
            path.unlink()
        (kept if path.exists() else gone).append(name)
    return tuple(gone), tuple(kept)


def retention(context: Context, older_than: timedelta = timedelta(days=365)) -> Retention:
    """What is kept of people that is older than a span."""
    before = context.now() - older_than
    log = Rows(context.store.url)
    try:
        count, oldest = rows.old_texts(log, to_micros(before))
    finally:
        log.close()
    with context.store.read() as session:
        messages, silent = rows.old_messages(session, before), rows.silent_leads(session, before)
    return Retention(
        before, count, None if oldest is None else from_micros(oldest), messages, tuple(silent)
    )
