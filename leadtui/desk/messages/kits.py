"""Kits: what somebody asked for leaves through the outbox, or is packed; and a list of what waits,
how late it is, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.personas import variants
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.messages.delivery import (
    Deliveries,
    Parcel,
    Text,
    address_of,
    enclosed,
    kit_left,
    kit_now,
)
from leadtui.desk.messages.texts import field_values, refuse_unfinished
from leadtui.desk.planning.fulfilling import EVENT, NO_PLACE, WAYS
from leadtui.desk.planning.mending import FIND_ADDRESS, has_place
from leadtui.desk.planning.planning import Planning
from leadtui.errors import LeadtuiError, NotFound, Refused
from leadtui.mail.rendering import body_text, render
from leadtui.mail.transports import Transport
from leadtui.store import floor, leads, lifecycle
from leadtui.store.engine.tables import Email, Fulfilment, Lead, Rep
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

TRY_AGAIN = timedelta(hours=1)
"""So long a kit rests that could not leave, unless something is mended of its lead."""
OVER = ("failed", "cancelled")
"""States of a message that will not leave by itself."""
MIN_REASON = 10


@dataclass(frozen=True, slots=True)
class KitLine:
    """A kit as it is listed."""

    id: int
    lead_id: int
    name: str
    company: str
    rep: str
    kit: str
    label: str
    version: str
    way: str
    """``email`` or ``post``."""
    state: str
    """``waiting``, ``sent`` or ``dropped``."""
    due: datetime
    late: timedelta | None
    """Business time since it was due, while it waits; ``None`` before."""
    pieces: tuple[str, ...]
    address: bool
    """Whether a parcel would find them."""
    why: str
    closed_at: datetime | None
    message: int | None
    message_state: str


@dataclass(slots=True)
class KitRound:
    """What became of the kits that were to be e-mailed."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    words: str = ""


def listed(context: Context, *, everything: bool = False) -> tuple[KitLine, ...]:
    """The kits that wait, or all; a rep's own leads', a supervisor's or marketer's everybody's."""
    now = context.now()
    owner = context.identity.id if context.identity.role == "rep" else None
    with context.store.read() as session:
        names = {rep.id: rep.name for rep in floor.reps(session)}
        found = lifecycle.kits(session, waiting=not everything, owner_id=owner)
        return tuple(_line(context, session, row, names, now) for row in found)


def late(context: Context) -> tuple[KitLine, ...]:
    """The kits that should have left by now, whosever lead it is."""
    now = context.now()
    with context.store.read() as session:
        found = lifecycle.kits(session)
        return tuple(
            line
            for row in found
            if row.due < now
            for line in (_line(context, session, row, {}, now),)
        )


def _line(
    context: Context, session: Any, row: Fulfilment, names: dict[int | None, str], now: datetime
) -> KitLine:
    sheet = LeadSheet(session, leads.lead(session, row.lead_id), context.settings.zone)
    book, kit = kit_now(context, session, row)
    business = context.business_clock(book)
    late = business.minutes_at(now) - business.minutes_at(row.due)
    email = session.get(Email, row.email_id) if row.email_id else None
    return KitLine(
        id=int(row.id or 0),
        lead_id=row.lead_id,
        name=sheet.lead.full_name,
        company=sheet.company.name if sheet.company else "",
        rep=names.get(sheet.lead.owner_id, ""),
        kit=row.kit,
        label=kit.label,
        version=row.version,
        way=row.way,
        state=row.state,
        due=row.due,
        late=timedelta(minutes=late) if row.state == "waiting" and row.due < now else None,
        pieces=kit.pieces if row.way == "post" else kit.attach,
        address=has_place(sheet),
        why=row.why,
        closed_at=row.closed_at,
        message=row.email_id,
        message_state=email.state if email else "",
    )


# -- by post ---------------------------------------------------------------------------------------


def done(context: Context, kit_ids: Sequence[int]) -> tuple[KitLine, ...]:
    """These kits are packed and in the post; all of them, or none.

    Raises ``Refused`` for one that does not wait, goes by e-mail, or has nowhere to go."""
    _allow(context, kit_ids)
    with context.write() as unit:
        for kit_id in kit_ids:
            row = _open(unit, kit_id)
            if row.way == "email":
                raise Refused(
                    "by_email",
                    f"kit {kit_id} goes by e-mail; the outbox says when it left ('leadtui kit "
                    "list'), 'leadtui kit send' hands it over",
                )
            if not has_place(Planning(context, unit).sheet(row.lead_id)):
                raise Refused(
                    "no_place",
                    f"kit {kit_id} has no postal address to go to; type it in with 'leadtui lead "
                    f"edit {row.lead_id} --street … --city …'",
                )
            row.version = kit_now(context, unit.session, row)[1].version
            row.why = "" if row.why == NO_PLACE else row.why
            kit_left(unit, row, context.identity.id)
    return _lines(context, kit_ids)


def drop(context: Context, kit_id: int, reason: str) -> KitLine:
    """A kit is not sent, for a reason."""
    if len(reason.strip()) < MIN_REASON:
        raise Refused("reason", f"say in {MIN_REASON} characters or more why it is not sent")
    _allow(context, [kit_id])
    with context.write() as unit:
        row = _open(unit, kit_id)
        email = unit.session.get(Email, row.email_id) if row.email_id else None
        if email is not None and email.state not in OVER:
            raise Refused(
                "under_way",
                f"kit {kit_id} is in the outbox and {email.state} (message {email.id}); see "
                "'leadtui mail status --all'",
            )
        row.state, row.closed_at, row.closed_by = "dropped", unit.now, context.identity.id
        row.why = reason.strip()
        note = f"not sent: {reason.strip()}"
        leads.add_event(unit, row.lead_id, EVENT, code=row.kit, note=note)
        unit.log(
            Event.KIT_DROPPED,
            subjects={"lead": row.lead_id, "kit": row.id},
            after={"kit": row.state},
            codes={Code.NAME: row.kit, Code.CHANNEL: row.way},
            private=reason.strip(),
        )
    return _lines(context, [kit_id])[0]


def _lines(context: Context, kit_ids: Sequence[int]) -> tuple[KitLine, ...]:
    now = context.now()
    with context.store.read() as session:
        rows = (session.get(Fulfilment, kit_id) for kit_id in kit_ids)
        return tuple(_line(context, session, row, {}, now) for row in rows if row is not None)


def _allow(context: Context, kit_ids: Sequence[int]) -> None:
    """Refuse a rep who speaks for a kit of another's lead."""
    with context.store.read() as session:
        rows = [session.get(Fulfilment, kit_id) for kit_id in kit_ids]
        owners = {leads.lead(session, row.lead_id).owner_id for row in rows if row is not None}
    if owners - {context.identity.id}:
        people.require(context, "packing a kit of another rep's lead", "supervisor", "marketer")


def _open(unit: Unit, kit_id: int) -> Fulfilment:
    """A kit that waits."""
    row = unit.session.get(Fulfilment, kit_id)
    if row is None:
        raise NotFound(f"there is no kit {kit_id}; 'leadtui kit list' has those that wait")
    if row.state != "waiting":
        at = f" on {row.closed_at:%d %b %Y}" if row.closed_at else ""
        raise Refused("not_waiting", f"kit {kit_id} was {row.state}{at} already")
    return row


# -- by e-mail -------------------------------------------------------------------------------------


def run_kits(deliveries: Deliveries, transport: Transport, now: datetime | None = None) -> KitRound:
    """Send the kits that wait and go by e-mail. Ends early where the server is down.

    Where handing over is not sending, they wait for ``send``: a draft has to be somebody's."""
    context, done_ = deliveries.context, KitRound()
    if not transport.sends:
        return done_
    now = now or context.now()
    with context.store.read() as session:
        due = [
            int(row.id or 0)
            for row in lifecycle.kits(session, way="email")
            if _is_ready(session, row, now)
        ]
    for kit_id in due:
        parcel = _prepare(deliveries, kit_id, transport, now)
        if parcel is None:
            continue
        email, delivery = deliveries.carry(parcel, transport)
        done_.sent += email.state == "sent"
        done_.later += email.state == "queued"
        done_.failed += email.state == "failed"
        if delivery.server_down:
            done_.words = delivery.words
            break
    return done_


def _is_ready(session: Any, row: Fulfilment, now: datetime) -> bool:
    """Whether something can be done with an e-mailed kit now."""
    if row.email_id is not None:
        email = session.get(Email, row.email_id)
        return email is not None and email.state in OVER and row.why != _came_back(email)
    if row.tried_at is None:
        return True
    lead = session.get(Lead, row.lead_id)
    mended = lead is not None and lead.updated_at > row.tried_at
    return mended or row.tried_at + TRY_AGAIN <= now


def _came_back(email: Email) -> str:
    return f"message {email.id} {email.state}: {email.error}"


def send(deliveries: Deliveries, transport: Transport, kit_id: int) -> Email:
    """Hand an e-mailed kit over now, at a person's word; with a transport that does not send it
    becomes a draft. Raises what keeps it from leaving."""
    context = deliveries.context
    _allow(context, [kit_id])
    with context.write() as unit:
        row = _open(unit, kit_id)
        if row.way == "post":
            raise Refused(
                "by_post",
                f"kit {kit_id} goes by post; print its slip with 'leadtui letter print', then "
                f"say 'leadtui kit done {kit_id}'",
            )
        email = unit.session.get(Email, row.email_id) if row.email_id else None
        if email is not None and email.state not in OVER:
            raise Refused(
                "already_sent",
                f"kit {kit_id} was handed over already: message {email.id} is {email.state}",
            )
        planning = Planning(context, unit)
        email, parcel = _hand_over(deliveries, planning, row, transport)
    if parcel is not None:
        email, _ = deliveries.carry(parcel, transport)
    return email


def _prepare(
    deliveries: Deliveries, kit_id: int, transport: Transport, now: datetime
) -> Parcel | None:
    """Put an e-mailed kit on record, or send it by post where that is possible, or keep it with
    what hinders it."""
    context = deliveries.context
    with context.write(now) as unit:
        row = unit.session.get(Fulfilment, kit_id)
        if row is None or row.state != "waiting" or row.way != "email":
            return None
        planning = Planning(context, unit)
        email = unit.session.get(Email, row.email_id) if row.email_id else None
        if email is not None:
            if email.state in OVER:
                _hindered(context, planning, row, _came_back(email))
            return None
        try:
            return _hand_over(deliveries, planning, row, transport)[1]
        except LeadtuiError as error:
            _hindered(context, planning, row, str(error))
            return None


def _hand_over(
    deliveries: Deliveries, planning: Planning, row: Fulfilment, transport: Transport
) -> tuple[Email, Parcel | None]:
    context, unit = deliveries.context, planning.unit
    sheet = planning.sheet(row.lead_id)
    address_of(sheet)
    book, kit = kit_now(context, unit.session, row)
    facts = sheet.conditions()
    chosen = next(iter(variants(book, "email", kit.email, facts, unit.now)), None)
    if chosen is None:
        raise Refused("no_template", f"no e-mail {kit.email!r} of the playbook fits this lead")
    rep = unit.session.get(Rep, sheet.lead.owner_id) if sheet.lead.owner_id else None
    said = render(chosen, field_values(context, book, sheet, rep, unit.now, chosen.language))
    body = body_text(said.body)
    refuse_unfinished(context, said.subject, body, book)
    row.version, row.playbook_hash = kit.version, book.hash
    text = Text(said.subject, body, chosen.id, chosen.wording)
    files = enclosed(context, unit.session, row)
    email, parcel = deliveries.write(unit, sheet, None, rep, text, transport, files)
    row.email_id, row.tried_at = email.id, unit.now
    return email, parcel


def _hindered(context: Context, planning: Planning, row: Fulfilment, why: str) -> None:
    """A kit cannot leave by e-mail: it goes by post where it has pieces and they have an address,
    else it waits, and its list says why."""
    unit, sheet = planning.unit, planning.sheet(row.lead_id)
    kit = kit_now(context, unit.session, row)[1]
    row.tried_at = unit.now
    about = {"lead": row.lead_id, "kit": row.id}
    if kit.pieces and has_place(sheet):
        row.way, row.email_id, row.why = "post", None, f"{why}: by post instead"
        note = f"goes {WAYS['post']} instead: {why}"
        leads.add_event(unit, row.lead_id, EVENT, code=row.kit, note=note)
        unit.log(
            Event.KIT_SWITCHED,
            subjects=about,
            after={"kit": "post"},
            codes={Code.NAME: row.kit, Code.WHY: "cannot be e-mailed"},
            private=why,
        )
        return
    if row.why != why:
        row.why = why
        leads.add_event(unit, row.lead_id, EVENT, code=row.kit, note=f"waits: {why}")
        if not sheet.usable_addresses():
            planning.data_fix(sheet, FIND_ADDRESS)
            planning.settle(sheet)
    unit.log(
        Event.KIT_STUCK,
        subjects=about,
        codes={Code.NAME: row.kit, Code.WHY: "cannot be e-mailed"},
        private=why,
    )
