"""Queries about one lead: how to reach it, what it asked for, what was planned and done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, text
from sqlmodel import Session, col, select

from leadtui.store.engine.bare import listed, rows_in
from leadtui.store.engine.tables import (
    Attempt,
    CallingClass,
    Company,
    EmailAddress,
    Enrolment,
    HistoryEvent,
    Lead,
    Matter,
    Phone,
    Response,
    Touch,
)
from leadtui.store.engine.types import instant, to_micros
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.hopper import nobodys
from leadtui.store.suppression import hidden
from leadtui.text import fold, plain

OPEN_STATES = ("waiting", "open", "started")

# Statements of every answer are built once: building one takes longer than running it.
_LEAD: Any = bindparam("lead")
_PHONES = select(Phone).where(Phone.lead_id == _LEAD).order_by(col(Phone.id))
_ADDRESSES = (
    select(EmailAddress).where(EmailAddress.lead_id == _LEAD).order_by(col(EmailAddress.id))
)
_RESPONSES = (
    select(Response)
    .where(Response.lead_id == _LEAD)
    .order_by(col(Response.inquiry_at).desc(), col(Response.id).desc())
)
_DIALS = (
    "SELECT lead_id, number, dialed_at FROM attempt WHERE (number IN ({them}) OR lead_id = :lead) "
    "AND dialed_at >= :since AND inbound = 0 ORDER BY dialed_at"
)
_CALLED = (
    select(Attempt)
    .where(Attempt.lead_id == _LEAD, Attempt.inbound == 0, col(Attempt.verdict) != "not dialed")
    .order_by(col(Attempt.id).desc())
    .limit(1)
)
_TALKED = (
    "SELECT 1 FROM attempt WHERE lead_id = :lead AND inbound = 1 AND contact = 1 "
    "AND answered_at >= :since LIMIT 1"
)
_MISSED = (
    "SELECT contact FROM attempt WHERE lead_id = :lead AND inbound = 0 AND dialed_at >= :since "
    "AND answered_at IS NOT NULL ORDER BY id DESC"
)
_BLOCKED = "SELECT number FROM donotcall WHERE number IN ({them}) AND removed_at IS NULL"
_CLASS = "SELECT id FROM callingclass WHERE key = :key"
_LIVE = (
    select(Enrolment)
    .where(Enrolment.lead_id == _LEAD, Enrolment.state != "ended")
    .order_by(col(Enrolment.id))
)
_OPEN = (
    select(Touch)
    .where(Touch.lead_id == _LEAD, text(f"touch.state IN {OPEN_STATES}"))
    .order_by(col(Touch.id))
)
_LAST = (
    "SELECT channel, MAX(closed_at) FROM touch WHERE lead_id = :lead AND state = 'done' "
    "GROUP BY channel"
)


class Dial(NamedTuple):
    """That a number was dialed, for whom and when."""

    lead_id: int
    number: str
    at: datetime


def phones(session: Session, lead_id: int) -> list[Phone]:
    """A lead's numbers, usable ones first."""
    found = session.exec(_PHONES, params={"lead": lead_id}).all()
    return sorted(found, key=lambda phone: (phone.status != "ok", not phone.valid))


def addresses(session: Session, lead_id: int) -> list[EmailAddress]:
    """A lead's e-mail addresses, usable ones first."""
    found = session.exec(_ADDRESSES, params={"lead": lead_id}).all()
    return sorted(found, key=lambda address: address.status != "ok")


def responses(session: Session, lead_id: int) -> list[Response]:
    """A lead's responses, newest first."""
    return list(session.exec(_RESPONSES, params={"lead": lead_id}).all())


def signs(session: Session, lead_id: int) -> list[tuple[datetime, str]]:
    """What a lead did besides answering offers: ``(when, click or reply …)``, oldest first."""
    found = session.exec(
        select(HistoryEvent.at, HistoryEvent.code)
        .where(HistoryEvent.lead_id == lead_id, HistoryEvent.kind == "sign")
        .order_by(col(HistoryEvent.at), col(HistoryEvent.id))
    ).all()
    return [(at, code) for at, code in found]


def lead(session: Session, lead_id: int) -> Lead:
    """A lead that is known to be there."""
    found = session.get(Lead, lead_id)
    if found is None:
        raise LookupError(f"lead {lead_id}")
    return found


def of_company(session: Session, company_id: int) -> list[int]:
    """The ids of a company's leads."""
    return [
        int(one or 0)
        for one in session.exec(select(Lead.id).where(Lead.company_id == company_id)).all()
    ]


def scored(session: Session) -> list[int]:
    """The ids of all leads that have scores: those that are open or closed."""
    found = session.exec(
        select(Lead.id).where(col(Lead.status).in_(("open", "closed"))).order_by(col(Lead.id))
    ).all()
    return [int(one or 0) for one in found]


def live_enrolments(session: Session, lead_id: int) -> list[Enrolment]:
    """Enrolments that are not over."""
    return list(session.exec(_LIVE, params={"lead": lead_id}).all())


def open_touches(session: Session, lead_id: int) -> list[Touch]:
    """Touches that are not over: waiting, open or started."""
    return list(session.exec(_OPEN, params={"lead": lead_id}).all())


def touches_of(session: Session, enrolment_id: int) -> list[Touch]:
    """Every touch of an enrolment, over or not."""
    chosen = select(Touch).where(Touch.enrolment_id == enrolment_id).order_by(col(Touch.id))
    return list(session.exec(chosen).all())


def talked_since(session: Session, lead_id: int, since: datetime) -> bool:
    """Whether the lead called in and was talked to since then."""
    return bool(rows_in(session, _TALKED, {"lead": lead_id, "since": to_micros(since)}))


def last_call(session: Session, lead_id: int) -> Attempt | None:
    """The newest call to a lead, answered for or not."""
    return session.exec(_CALLED, params={"lead": lead_id}).first()


def last_touches(session: Session, lead_id: int) -> dict[str, datetime]:
    """When a lead was last touched, by channel."""
    rows = rows_in(session, _LAST, {"lead": lead_id})
    return {channel: instant(at) for channel, at in rows if at is not None}


def was_asked(session: Session, lead_id: int, title: str) -> bool:
    """Whether a task of this title was ever asked for to mend a lead's data."""
    found = select(Touch.id).where(
        Touch.lead_id == lead_id, Touch.kind == "data_fix", Touch.title == title
    )
    return session.exec(found.limit(1)).first() is not None


def promises_tried(session: Session, lead_id: int, since: datetime) -> int:
    """How many promised callbacks outside any cadence were called for since then."""
    found = (
        select(func.count())
        .select_from(Touch)
        .where(
            Touch.lead_id == lead_id,
            col(Touch.enrolment_id).is_(None),
            Touch.kind == "callback",
            Touch.state == "done",
            col(Touch.closed_at) >= since,
        )
    )
    return int(session.exec(found).one())


def missed_calls(session: Session, lead_id: int, since: datetime) -> int:
    """How often somebody dialed this lead since then, and since they were last reached, in vain;
    a call that runs is none of them yet."""
    calls = rows_in(session, _MISSED, {"lead": lead_id, "since": to_micros(since)})
    return sum(1 for _ in takewhile(lambda row: not row[0], calls))


def attempts_to(
    session: Session, lead_id: int, numbers: Sequence[str], since: datetime
) -> list[Dial]:
    """Dials to a lead by any number, or to any of ``numbers`` for whomever, since then, oldest
    first."""
    them, bound = listed(numbers)
    asked = {"lead": lead_id, "since": to_micros(since), **bound}
    rows = rows_in(session, _DIALS.format(them=them), asked)
    return [Dial(lead, number, instant(at)) for lead, number, at in rows]


def last_attempt_at(session: Session, lead_id: int) -> datetime | None:
    """When somebody last dialed this lead."""
    return session.exec(
        select(func.max(Attempt.dialed_at)).where(Attempt.lead_id == lead_id, Attempt.inbound == 0)
    ).first()


def blocked_numbers(session: Session, numbers: Sequence[str]) -> set[str]:
    """Those of ``numbers`` that stand on do-not-call."""
    if not numbers:
        return set()
    hashed = hidden(session, numbers)
    them, bound = listed([*numbers, *hashed])
    found = rows_in(session, _BLOCKED.format(them=them), bound)
    return {hashed.get(number, number) for (number,) in found}


def named_at(session: Session, name: str, company_id: int | None) -> Lead | None:
    """Whoever has that name at a company, is open or closed, and came last."""
    if company_id is None:
        return None
    return session.exec(
        select(Lead)
        .where(Lead.name_key == fold(name), Lead.company_id == company_id)
        .where(col(Lead.status).in_(("open", "closed")))
        .order_by(col(Lead.id).desc())
        .limit(1)
    ).first()


def sharing_numbers(session: Session, numbers: Sequence[str], but: int) -> list[Lead]:
    """Other open leads with any of these numbers."""
    if not numbers:
        return []
    same = select(Phone.lead_id).where(col(Phone.number).in_(numbers))
    return list(
        session.exec(
            select(Lead).where(col(Lead.id).in_(same), Lead.id != but, Lead.status == "open")
        ).all()
    )


def company_of(session: Session, lead: Lead) -> Company | None:
    """The company of a lead."""
    return session.get(Company, lead.company_id) if lead.company_id else None


def events(session: Session, lead_id: int, limit: int) -> list[HistoryEvent]:
    """A lead's history, newest first."""
    return list(
        session.exec(
            select(HistoryEvent)
            .where(HistoryEvent.lead_id == lead_id)
            .order_by(col(HistoryEvent.at).desc(), col(HistoryEvent.id).desc())
            .limit(limit)
        ).all()
    )


def add_event(
    unit: Unit,
    lead_id: int,
    kind: str,
    *,
    note: str = "",
    code: str = "",
    touch_id: int | None = None,
) -> None:
    """Add a line to a lead's history."""
    unit.session.add(
        HistoryEvent(
            lead_id=lead_id,
            at=unit.now,
            kind=kind,
            rep_id=unit.actor.person,
            touch_id=touch_id,
            code=code,
            note=note,
        )
    )


def add_number(
    unit: Unit, lead_id: int, number: str, *, extension: str, kind: str, raw: str, valid: bool
) -> None:
    """One more number of a lead, with how it was written."""
    unit.session.add(
        Phone(
            lead_id=lead_id,
            number=number,
            extension=extension,
            kind=kind,
            raw=raw,
            valid=valid,
            created_at=unit.now,
        )
    )


def add_address(unit: Unit, lead_id: int, address: str) -> None:
    """One more e-mail address of a lead."""
    unit.session.add(
        EmailAddress(
            lead_id=lead_id, address=address, address_key=fold(address), created_at=unit.now
        )
    )


def class_of(unit: Unit, zones: tuple[str, ...], place: tuple[str, str, str, str]) -> int:
    """The id of the calling class for these zones and ``(country, region, number country, number
    region)``."""
    key = "|".join((",".join(sorted(zones)), *place))
    if found := rows_in(unit.session, _CLASS, {"key": key}):
        return int(found[0][0])
    row = CallingClass(
        key=key,
        zones=list(zones),
        country=place[0],
        region=place[1],
        number_country=place[2],
        number_region=place[3],
    )
    unit.session.add(row)
    unit.session.flush()
    return int(row.id or 0)


def open_matters(session: Session, lead_id: int) -> int:
    """How many questions about a lead wait for a supervisor."""
    return int(
        session.exec(
            select(func.count())
            .select_from(Matter)
            .where(Matter.lead_id == lead_id, col(Matter.answered_at).is_(None))
        ).one()
    )


MIN_ACCENTED = 3
LOOKED = 2_000
"""So many names are looked at for one with accents."""


def find(session: Session, words: str, limit: int = 50) -> list[Lead]:
    """Leads by name, company, e-mail or digits of a number."""
    key = fold(words)
    like = f"%{key.replace('%', '').replace('_', '')}%"
    digits = "".join(char for char in words if char.isdigit())
    tests = [
        col(Lead.name_key).like(like),
        col(Lead.company_id).in_(select(Company.id).where(col(Company.name_key).like(like))),
        col(Lead.id).in_(
            select(EmailAddress.lead_id).where(col(EmailAddress.address_key).like(like))
        ),
    ]
    if len(digits) >= 4:
        tests.append(
            col(Lead.id).in_(select(Phone.lead_id).where(col(Phone.number).like(f"%{digits}%")))
        )
    found = _shown(session, tests, limit)
    return found or _accented(session, key, limit)


def _shown(session: Session, tests: Sequence[Any], limit: int) -> list[Lead]:
    found = select(Lead).where(col(Lead.status).in_(("open", "closed")), or_(*tests))
    return list(session.exec(found.order_by(col(Lead.id)).limit(limit)).all())


def _accented(session: Session, key: str, limit: int) -> list[Lead]:
    """Leads whose name or company is ``key`` with accents: any character may stand for a letter
    that has some."""
    if len(key) < MIN_ACCENTED:
        return []
    like = f"%{re.sub('[aeiouycnszl]', '_', key)}%"
    named = col(Company.name_key).like(like)
    companies = {
        one.id: plain(one.name) for one in session.exec(select(Company).where(named).limit(LOOKED))
    }
    works = [number for number, name in companies.items() if plain(key) in name]
    tests = [col(Lead.name_key).like(like), col(Lead.company_id).in_(works)]
    found = _shown(session, tests, LOOKED)
    fitting = [one for one in found if one.company_id in works or plain(key) in plain(one.name_key)]
    return fitting[:limit]


def without_next_step(session: Session) -> list[int]:
    """Open leads that break the invariant: nothing planned, no dated pause, no question to a
    supervisor, no place in the hopper."""
    planned = select(Touch.lead_id).where(col(Touch.state).in_(OPEN_STATES))
    paused = select(Enrolment.lead_id).where(
        Enrolment.state == "paused", col(Enrolment.resume_at).is_not(None)
    )
    asked = select(Matter.lead_id).where(
        col(Matter.answered_at).is_(None), col(Matter.lead_id).is_not(None)
    )
    found = session.exec(
        select(Lead.id)
        .where(
            Lead.status == "open",
            ~nobodys(),
            col(Lead.id).not_in(planned),
            col(Lead.id).not_in(paused),
            col(Lead.id).not_in(asked),
        )
        .order_by(col(Lead.id))
    ).all()
    return [int(lead_id or 0) for lead_id in found]
