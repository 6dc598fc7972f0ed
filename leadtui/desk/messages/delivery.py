"""The outbox protocol: commit ``sending``, hand over outside of any transaction, commit what came
of it.

A crash in between leaves ``sending``; ``recover`` turns that into ``unknown`` and asks a person.
Nothing that may have been sent is sent again by itself. Messages to one lead leave in the order in
which they were written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.model import Kit, Playbook
from leadtui.cadence.reading.attachments import FOLDER, bytes_of, read_ticket
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.fulfilling import EVENT, WAYS
from leadtui.desk.planning.mending import FIND_ADDRESS
from leadtui.desk.planning.planning import Planning
from leadtui.errors import NotFound, Refused
from leadtui.mail.handing import Delivery
from leadtui.mail.message import Enclosed, Letter, Message, build, new_message_id
from leadtui.mail.transports import Transport
from leadtui.store import floor, leads, lifecycle, outbox
from leadtui.store.engine.tables import Email, Fulfilment, Rep, Touch
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

STALE = timedelta(minutes=3)
"""Longer than any transport takes: a message that is still ``sending`` then has nobody who sends
it."""
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 480))
"""How long to wait after the first, second … try; after the last the message fails."""
PLANNED = ("open", "waiting")


@dataclass(frozen=True, slots=True)
class Text:
    """What a message says, and from which template and wording."""

    subject: str
    body: str
    template: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on record as ``sending``, ready to be handed over; ``tries`` says which attempt
    this is."""

    email: int
    tries: int
    message: Message


def address_of(sheet: LeadSheet) -> str:
    """Where e-mail for a lead goes. Raises ``Refused``: opted_out, bounced, no_address, or
    not_open."""
    lead = sheet.lead
    if lead.status in {"merged", "erased"}:
        raise Refused("not_open", f"lead {sheet.id} was {lead.status}; there is nobody to write to")
    if lead.emails_opt_out:
        raise Refused(
            "opted_out", f"{lead.full_name} opted out of e-mail; nobody on this floor may write"
        )
    usable = sheet.usable_addresses()
    if not usable and sheet.suppressed:
        raise Refused(
            "suppressed",
            f"the address of {lead.full_name} belongs to somebody who was erased and may not be "
            "written to; if they ask for e-mail again, say so with 'leadtui lead sign'",
        )
    if not usable and sheet.addresses:
        raise Refused(
            "bounced", f"e-mail to {lead.full_name} came back; find another address first"
        )
    if not usable:
        raise Refused("no_address", f"{lead.full_name} has no e-mail address; add one first")
    return usable[0].address


class Deliveries:
    """Brings messages through the outbox; the one place that changes an e-mail's state."""

    def __init__(self, context: Context) -> None:
        self.context = context

    # -- before ------------------------------------------------------------------------------------

    def write(
        self,
        unit: Unit,
        sheet: LeadSheet,
        touch_id: int | None,
        rep: Rep | None,
        text: Text,
        transport: Transport,
        files: tuple[Enclosed, ...] = (),
    ) -> tuple[Email, Parcel | None]:
        """Put a message on record. It is ``sending``, with its parcel, or ``queued`` behind an
        earlier one."""
        message = self._message(rep, text, address_of(sheet), "", unit.now, files)
        transport.check(message)
        behind = transport.sends and outbox.has_earlier(unit.session, sheet.id)
        email = Email(
            lead_id=sheet.id,
            touch_id=touch_id,
            rep_id=rep.id if rep else None,
            template=text.template,
            wording=text.wording,
            to_address=message.to,
            subject_hash=floor.keep_text(unit, message.subject),
            text_hash=floor.keep_text(unit, message.body),
            message_id=message.message_id,
            transport=transport.name,
            state="queued" if behind else "sending",
            tries=0 if behind else 1,
            next_try_at=unit.now if behind else None,
            sending_at=None if behind else unit.now,
            created_at=unit.now,
        )
        unit.session.add(email)
        unit.session.flush()
        self._log(unit, Event.EMAIL_HANDED_OVER, email, private=message.to)
        return email, None if behind else Parcel(int(email.id or 0), email.tries, message)

    def claim(self, email_id: int, transport: Transport) -> Parcel | None:
        """Take a queued message whose turn has come; ``None`` where it is not, or no longer, to be
        sent."""
        with self.context.write() as unit:
            email = unit.session.get(Email, email_id)
            if (
                email is None
                or email.state != "queued"
                or (email.next_try_at or unit.now) > unit.now
            ):
                return None
            if transport.sends and outbox.has_earlier(unit.session, email.lead_id, email_id):
                return None
            try:
                message = self._again(unit, email)
                transport.check(message)
            except Refused as error:
                self._set(unit, email, "cancelled", str(error))
                return None
            email.transport, email.to_address, email.tries = (
                transport.name,
                message.to,
                email.tries + 1,
            )
            email.sending_at, email.next_try_at = unit.now, None
            self._set(unit, email, "sending")
            return Parcel(email_id, email.tries, message)

    def _again(self, unit: Unit, email: Email) -> Message:
        """The message of a row once more; refused where it must not leave any longer."""
        sheet = Planning(self.context, unit).sheet(email.lead_id)
        touch = unit.session.get(Touch, email.touch_id) if email.touch_id else None
        if touch is not None and touch.system and touch.state not in PLANNED:
            raise Refused("not_open", "its step is no longer planned")
        subject, body = (
            floor.get_text(unit.session, digest) for digest in (email.subject_hash, email.text_hash)
        )
        if not body:
            raise Refused("erased", "its text was erased")
        rep = unit.session.get(Rep, email.rep_id) if email.rep_id else None
        kit = lifecycle.kit_of_email(unit.session, int(email.id or 0))
        files = enclosed(self.context, unit.session, kit) if kit else ()
        to = address_of(sheet)
        return self._message(rep, Text(subject, body), to, email.message_id, unit.now, files)

    def _message(
        self,
        rep: Rep | None,
        text: Text,
        to: str,
        message_id: str,
        now: datetime,
        files: tuple[Enclosed, ...] = (),
    ) -> Message:
        own = rep.email if rep else ""
        sender = self.context.settings.mail.sender or own
        return build(
            Letter(
                to=to,
                subject=text.subject,
                body=text.body,
                message_id=message_id or new_message_id(sender),
                at=now,
                sender=sender,
                sender_name=rep.name if rep else self.context.settings.name,
                reply_to=own,
                unsubscribe=own or sender,
                files=files,
            )
        )

    # -- handing over ------------------------------------------------------------------------------

    def carry(self, parcel: Parcel, transport: Transport) -> tuple[Email, Delivery]:
        """Hand a parcel over, outside of any transaction, and put on record what came of it."""
        token = parcel.message.message_id[1:9]
        delivery = transport.hand_over(parcel.message, f"{parcel.email:06}-{parcel.tries}-{token}")
        with self.context.write() as unit:
            email = self.row(unit, parcel.email)
            # Meanwhile a person may have decided, or another attempt begun: then this answer comes
            # too late.
            if email.tries == parcel.tries and email.state in {"sending", "unknown"}:
                self._settle(unit, email, delivery)
        return email, delivery

    def _settle(self, unit: Unit, email: Email, delivery: Delivery) -> None:
        state, words = delivery.state, delivery.words
        if state == "later":
            wait = BACKOFF[email.tries - 1] if email.tries <= len(BACKOFF) else None
            state, email.next_try_at = ("queued", unit.now + wait) if wait else ("failed", None)
            words = words if wait else f"given up after {email.tries} tries: {words}"
        email.path = delivery.path or email.path
        self._set(unit, email, state, words)
        self._answer(unit, email, state)
        if state == "unknown":
            self._ask(unit, email)
        elif state == "sent":
            self._sent(unit, email)
        elif state == "failed":
            self._failed(unit, email, bad_address=delivery.bad_address)

    def _sent(self, unit: Unit, email: Email) -> None:
        """A message that left: a step that no rep has started is done by it; a started one its rep
        answers for."""
        email.sent_at = email.sent_at or unit.now
        if (kit := lifecycle.kit_of_email(unit.session, int(email.id or 0))) is not None:
            kit_left(unit, kit)
        touch = unit.session.get(Touch, email.touch_id) if email.touch_id else None
        if touch is None or touch.channel != "email" or touch.state != "started":
            subject = floor.get_text(unit.session, email.subject_hash)
            leads.add_event(unit, email.lead_id, "email", note=subject, touch_id=email.touch_id)
        if touch is not None and touch.channel == "email" and touch.state in PLANNED:
            planning = Planning(self.context, unit)
            sheet = planning.sheet(email.lead_id)
            planning.advance(sheet, touch)
            planning.settle(sheet)
            unit.log(
                Event.TOUCH_DONE,
                subjects=_subjects(email),
                after={"touch": touch.state},
                codes={Code.BY: "system"},
            )

    def _failed(self, unit: Unit, email: Email, *, bad_address: bool) -> None:
        """A message that will not leave: the rep is told; an address that does not exist is not
        used again."""
        leads.add_event(
            unit, email.lead_id, "email", code="failed", note=email.error, touch_id=email.touch_id
        )
        planning = Planning(self.context, unit)
        sheet = planning.sheet(email.lead_id)
        touch = unit.session.get(Touch, email.touch_id) if email.touch_id else None
        if bad_address:
            for address in sheet.addresses:
                if address.address == email.to_address:
                    address.status = "bounced"
            unit.log(Event.ADDRESS_BOUNCED, subjects=_subjects(email), after={"address": "bounced"})
            if not sheet.usable_addresses():
                planning.data_fix(sheet, FIND_ADDRESS)
        if touch is not None and touch.system and touch.state in PLANNED:
            release(planning, sheet, touch, "the system's e-mail failed")
        planning.settle(sheet)

    # -- what hangs --------------------------------------------------------------------------------

    def recover(self) -> int:
        """Turn messages that nobody is sending any more into questions for a person; returns how
        many."""
        now = self.context.now()
        with self.context.store.read() as session:
            if not outbox.hanging(session, now - STALE):
                return 0
        with self.context.write(now) as unit:
            found = outbox.hanging(unit.session, now - STALE)
            for email in found:
                self._set(
                    unit,
                    email,
                    "unknown",
                    "leadtui stopped while this message was being handed over",
                )
                self._ask(unit, email)
        return len(found)

    def resolve(self, email_id: int, *, sent: bool) -> Email:
        """A person knows whether an unknown message or a draft was sent: it counts as sent; else
        the one goes back into the outbox, and the other is over."""
        with self.context.write() as unit:
            email = self.row(unit, email_id)
            self._mine(email)
            if email.state not in {"unknown", "drafted"}:
                raise Refused(
                    "not_unknown",
                    f"message {email_id} is {email.state}: nothing is unknown about it",
                )
            again = email.state == "unknown"
            self._answer(unit, email, "sent" if sent else "not sent")
            email.next_try_at = unit.now if again and not sent else None
            left = "queued" if again else "cancelled"
            words = "" if sent and again else f"{'' if sent else 'not '}sent, says a person"
            self._set(unit, email, "sent" if sent else left, words)
            if sent:
                self._sent(unit, email)
        return email

    def requeue(self, email_id: int) -> Email:
        """Put a failed message back into the outbox, due now, at a person's word."""
        with self.context.write() as unit:
            email = self.row(unit, email_id)
            self._mine(email)
            if email.state == "unknown":
                raise Refused(
                    "unknown",
                    f"message {email_id} may have been sent; say so first: leadtui mail "
                    f"resolve {email_id} "
                    "--sent or --not-sent",
                )
            if email.state not in {"failed", "cancelled", "queued"}:
                raise Refused(
                    "not_failed",
                    f"message {email_id} is {email.state}; only a failed one is tried again",
                )
            email.next_try_at, email.tries = (
                unit.now,
                email.tries if email.tries < len(BACKOFF) else 0,
            )
            self._set(unit, email, "queued", email.error)
        return email

    # -- shared ------------------------------------------------------------------------------------

    def row(self, unit: Unit, email_id: int) -> Email:
        """A message, or ``NotFound``."""
        email = unit.session.get(Email, email_id)
        if email is None:
            raise NotFound(f"there is no message {email_id}; 'leadtui mail status' lists them")
        return email

    def _mine(self, email: Email) -> None:
        who = self.context.identity
        if email.rep_id != who.id and who.role != "supervisor":
            raise Refused(
                "not_yours", f"message {email.id} is another rep's; its rep or a supervisor decides"
            )

    def _set(self, unit: Unit, email: Email, state: str, words: str = "") -> None:
        email.state, email.error = state, words
        unit.session.flush()
        self._log(unit, Event.EMAIL_STATE, email, private=words)

    def _log(self, unit: Unit, name: Event, email: Email, *, private: str) -> None:
        unit.log(
            name,
            subjects=_subjects(email),
            after={"email": email.state},
            codes={
                Code.TEMPLATE: email.template,
                Code.WORDING: email.wording,
                Code.TRANSPORT: email.transport,
                Code.TRIES: email.tries,
            },
            hashes={"subject": email.subject_hash, "text": email.text_hash},
            private=private,
        )

    def _ask(self, unit: Unit, email: Email) -> None:
        if outbox.matter_about(unit.session, email) is not None:
            return
        Planning(self.context, unit).put_before(
            outbox.QUESTION,
            email.lead_id,
            touch_id=email.touch_id,
            rep_id=email.rep_id,
            email=email.id,
            message_id=email.message_id,
        )

    def _answer(self, unit: Unit, email: Email, answer: str) -> None:
        matter = outbox.matter_about(unit.session, email)
        if matter is not None and answer != "unknown":
            matter.answered_at, matter.answered_by, matter.answer = (
                unit.now,
                unit.actor.rep_id,
                answer,
            )


def kit_now(context: Context, session: Any, row: Fulfilment) -> tuple[Playbook, Kit]:
    """A planned kit and the playbook it is sent by: the running one, or where that has no such kit
    any more the one it was planned by."""
    book = context.playbook(session)
    if row.kit not in book.kits:
        book = context.playbook(session, row.playbook_hash)
    return book, book.kits[row.kit]


def enclosed(context: Context, session: Any, row: Fulfilment) -> tuple[Enclosed, ...]:
    """The files that go with an e-mailed kit, as they were activated."""
    book, kit = kit_now(context, session, row)
    found = []
    for name in kit.attach:
        ticket = read_ticket(book.files.get(f"{FOLDER}/{name}", ""))
        text = floor.get_text(session, ticket.kept)
        if not text:
            raise Refused(
                "no_file",
                f"the file {name} of the kit {kit.key} is not in the database; put it into the "
                f"playbook's folder {FOLDER}/ and activate it again",
            )
        found.append(Enclosed(name, bytes_of(text)))
    return tuple(found)


def kit_left(unit: Unit, kit: Fulfilment, by: int | None = None) -> None:
    """A kit has left the house: the lead's history says what went when."""
    kit.state, kit.closed_at, kit.closed_by = "sent", unit.now, by
    note = f"sent {WAYS[kit.way]}, {kit.version}"
    leads.add_event(unit, kit.lead_id, EVENT, code=kit.kit, note=note)
    unit.log(
        Event.KIT_SENT,
        subjects={"lead": kit.lead_id, "kit": kit.id, "email": kit.email_id},
        after={"kit": kit.state},
        codes={Code.NAME: kit.kit, Code.CHANNEL: kit.way},
    )


def release(planning: Planning, sheet: LeadSheet, touch: Touch, why: str) -> None:
    """A system step that the system cannot do becomes the rep's, due as it was."""
    touch.system = 0
    planning.unit.log(
        Event.TOUCH_RELEASED,
        subjects={"lead": sheet.id, "touch": touch.id},
        after={"system": 0},
        codes={Code.WHY: why},
    )


def _subjects(email: Email) -> dict[str, int | None]:
    return {"lead": email.lead_id, "touch": email.touch_id, "email": email.id}
