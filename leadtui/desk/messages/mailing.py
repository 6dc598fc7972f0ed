"""E-mail: preview, hand over, the system's own e-mails, and the outbox. ``delivery.py`` holds
the protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.core.facts import sheet_of
from leadtui.desk.core.views import Mailed, MailPreview
from leadtui.desk.messages.delivery import Deliveries, Text, address_of
from leadtui.desk.messages.kits import done, drop, listed, run_kits, send
from leadtui.desk.messages.letters import print_letters
from leadtui.desk.messages.system_steps import run_system_touches
from leadtui.desk.messages.texts import (
    choose,
    field_values,
    fitting,
    ground,
    not_ours,
    refuse_unfinished,
)
from leadtui.errors import LeadtuiError, NotFound, Refused
from leadtui.mail.rendering import body_text, header_value, render
from leadtui.mail.transports import Transport, transport_of
from leadtui.store import call_block, floor, outbox
from leadtui.store.engine.tables import Email, Lead, Obligation, Rep, Touch
from leadtui.store.engine.unit_of_work import Unit

OFFER = timedelta(minutes=15)
"""How long after an answer the e-mail that its outcome offers may be sent."""
SHOWN = ("unknown", "failed", "sending", "queued", "drafted", "sent", "cancelled")


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A message as the outbox lists it."""

    id: int
    lead_id: int
    lead: str
    to: str
    subject: str
    template: str
    state: str
    words: str
    """What went wrong, or the server's words."""
    transport: str
    message_id: str
    path: str
    tries: int
    at: datetime
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """What one round through the outbox did."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    unknown: int = 0
    given: int = 0
    """System e-mails that became their reps' own."""
    words: str = ""
    """Why the round ended early, or why a system e-mail was given to its rep."""


class Mailing(Door):
    """The use cases of e-mail out, of letters and of kits."""

    print_letters = UseCase(print_letters)
    kits = UseCase(listed)
    kit_done = UseCase(done)
    kit_dropped = UseCase(drop)

    def __init__(
        self, context: Context, *, transport: Callable[[], Transport] | None = None
    ) -> None:
        super().__init__(context)
        self.deliveries = Deliveries(context)
        self._transport = transport

    def transport(self) -> Transport:
        """How this floor's messages leave."""
        if self._transport is not None:
            return self._transport()
        settings = self.context.settings
        return transport_of(settings.mail, settings.folder, is_demo=self.context.is_demo)

    # -- preview -----------------------------------------------------------------------------------

    def preview(self, lead_id: int, touch_id: int | None = None, template: str = "") -> MailPreview:
        """The finished message for a step, or the best that fits; ``template`` chooses another.

        Raises ``Refused`` where the lead cannot be written to, and where no template fits.
        """
        context, now = self.context, self.context.now()
        transport = self.transport()
        with context.store.read() as session:
            sheet = sheet_of(context, session, lead_id)
            to = address_of(sheet)
            touch = _touch_for(session, context.identity.id, lead_id, touch_id)
            book, facts, cadence = ground(context, sheet, touch)
            proposed = fitting(book, sheet, cadence, facts, now)
            chosen = choose(book, sheet, touch, template, proposed, now)
            me = session.get(Rep, context.identity.id)
            values = field_values(context, book, sheet, me, now, chosen.language)
            done = render(chosen, values)
        return MailPreview(
            lead_id=lead_id,
            touch_id=touch_id,
            template=chosen.id,
            wording=chosen.wording,
            to=to,
            subject=done.subject,
            body=done.body,
            filled=done.filled,
            others=tuple((other.id, other.title) for other in proposed if other.id != chosen.id),
            transport=transport.name,
            sends=transport.sends,
            missing=done.missing,
            not_ours=not_ours(context, f"{done.subject}\n{done.body}"),
        )

    # -- handing over ------------------------------------------------------------------------------

    def hand_over(
        self,
        lead_id: int,
        template: str,
        subject: str,
        body: str,
        *,
        obligation_id: int | None = None,
        touch_id: int | None = None,
        wording: str = "",
    ) -> Mailed:
        """Send a message, or open it as a draft, under an open obligation of this rep for this
        lead.

        Blocks for as long as the transport takes (SMTP: at most 45 s); call it in a worker. Raises
        ``Refused``: not_started, already_sent, missing_field, empty, sample_firm, opted_out,
        bounced, no_address, no_sender, too_long."""
        context, transport = self.context, self.transport()
        text = Text(header_value(subject), body_text(body), template, wording)
        with context.write() as unit:
            sheet = sheet_of(context, unit.session, lead_id)
            book = context.playbook(unit.session)
            refuse_unfinished(context, text.subject, text.body, book)
            touch = self._allowed(unit, lead_id, obligation_id, touch_id, template)
            _refuse_double(unit, touch, text)
            rep = unit.session.get(Rep, context.identity.id)
            email, parcel = self.deliveries.write(unit, sheet, touch.id, rep, text, transport)
        if parcel is not None:
            email, _ = self.deliveries.carry(parcel, transport)
        return _mailed(email)

    def _allowed(
        self,
        unit: Unit,
        lead_id: int,
        obligation_id: int | None,
        touch_id: int | None,
        template: str,
    ) -> Touch:
        """The touch under which this rep may write to this lead now: started and not answered for,
        or just answered with an outcome that offers this e-mail."""
        session, rep_id = unit.session, self.context.identity.id
        open_here = [
            ob
            for ob in call_block.open_obligations(session, rep_id)
            if ob.lead_id == lead_id
            and obligation_id in (None, ob.id)
            and touch_id in (None, ob.touch_id)
        ]
        for ob in open_here:
            if leases.is_late(session, ob):
                raise Refused(
                    "taken_over", f"{leases.taken_over_by(session, ob)}; answer what you did"
                )
        touches = [
            touch for ob in open_here if (touch := session.get(Touch, ob.touch_id)) is not None
        ]
        if found := min(touches, key=lambda touch: touch.channel != "email", default=None):
            return found
        offered = None if obligation_id else self._offered(unit, lead_id, template)
        if offered is not None and touch_id in (None, offered.id):
            return offered
        raise Refused(
            "not_started",
            "this e-mail's step is not started; choose it in the queue first (leadtui start TOUCH)",
        )

    def _offered(self, unit: Unit, lead_id: int, template: str) -> Touch | None:
        last = outbox.last_answered(
            unit.session, self.context.identity.id, lead_id, unit.now - OFFER
        )
        if last is None:
            return None
        book = self.context.playbook(unit.session)
        row = book.dispositions.get(last.outcome)
        chosen = book.templates.get(f"email/{template}")
        offered = (
            row is not None and row.email and chosen and row.email in (chosen.id, chosen.variant_of)
        )
        return unit.session.get(Touch, last.touch_id) if offered else None

    # -- the outbox --------------------------------------------------------------------------------

    def send_waiting(self, now: datetime | None = None) -> Run:
        """One round: what hangs becomes a question, due system e-mails and queued messages are
        sent."""
        unknown = self.deliveries.recover()
        transport, now = self.transport(), now or self.context.now()
        system = run_system_touches(self.deliveries, transport, now)
        kits = run_kits(self.deliveries, transport, now)
        # A draft opens on the desk of whoever claims it: that must be its rep's.
        own = None if transport.sends else self.context.identity.id
        with self.context.store.read() as session:
            ids = outbox.waiting(session, now, own)
        states: list[str] = []
        words = system.words
        for email_id in ids:
            parcel = self.deliveries.claim(email_id, transport)
            if parcel is None:
                continue
            email, delivery = self.deliveries.carry(parcel, transport)
            states.append(email.state)
            if delivery.server_down:
                words = delivery.words
                break
        return Run(
            sent=system.sent + kits.sent + states.count("sent") + states.count("drafted"),
            failed=system.failed + kits.failed + states.count("failed"),
            later=system.later + kits.later + states.count("queued"),
            given=system.given,
            unknown=unknown + states.count("unknown"),
            words=words or kits.words,
        )

    def send_kit(self, kit_id: int) -> Mailed:
        """Hand an e-mailed kit over now; a draft opens in the mail program of who does so."""
        return _mailed(send(self.deliveries, self.transport(), kit_id))

    def run_system_touches(self, now: datetime | None = None) -> int:
        """Do what the outbox does by itself, in the name of each lead's rep; returns how many
        messages left.

        With a transport that does not send, due system e-mails become the reps' own steps instead.
        While the transport is not set up, everything waits: a preview and ``mail send`` say what is
        missing."""
        try:
            self.transport()
        except LeadtuiError:
            self.recover()
            return 0
        return self.send_waiting(now).sent

    def recover(self) -> int:
        """Messages that a crash left half way become questions for a person; returns how many."""
        return self.deliveries.recover()

    def outbox(
        self, *, states: tuple[str, ...] = SHOWN, everybody: bool = False, limit: int = 200
    ) -> tuple[OutboxLine, ...]:
        """The newest messages of this rep (or of everybody), in any of ``states``."""
        who = None if everybody else self.context.identity.id
        with self.context.store.read() as session:
            return tuple(
                _line(session, email) for email in outbox.in_states(session, states, who, limit)
            )

    def counts(self, *, everybody: bool = False) -> dict[str, int]:
        """State -> how many messages."""
        with self.context.store.read() as session:
            found = outbox.counts(session, None if everybody else self.context.identity.id)
        return {state: found.get(state, 0) for state in SHOWN}

    def resolve(self, email_id: int, sent: bool) -> Mailed:  # noqa: FBT001 - the answer to "was it sent?"
        """A person says whether an unknown message or a draft was sent; an unknown one that was not
        goes back into the outbox."""
        return _mailed(self.deliveries.resolve(email_id, sent=sent))

    def retry(self, email_id: int) -> Mailed:
        """Try a failed or waiting message again, now, at a person's word."""
        email, transport = self.deliveries.requeue(email_id), self.transport()
        parcel = self.deliveries.claim(email_id, transport)
        if parcel is not None:
            email, _ = self.deliveries.carry(parcel, transport)
        return _mailed(email)


def _touch_for(session: Any, rep_id: int, lead_id: int, touch_id: int | None) -> Touch | None:
    """The touch a preview is for: the one named, else what this rep has started with this lead."""
    if touch_id is not None:
        touch: Touch | None = session.get(Touch, touch_id)
        if touch is None or touch.lead_id != lead_id:
            raise NotFound(f"lead {lead_id} has no touch {touch_id}; 'leadtui queue' lists yours")
        return touch
    mine: list[Obligation] = [
        ob for ob in call_block.open_obligations(session, rep_id) if ob.lead_id == lead_id
    ]
    return session.get(Touch, mine[0].touch_id) if mine else None


def _refuse_double(unit: Unit, touch: Touch, text: Text) -> None:
    """One message a step; beside a call one of each text."""
    digest = hashlib.sha256(text.body.encode()).hexdigest()
    for email in outbox.of_touch(unit.session, int(touch.id or 0)):
        if email.state in outbox.LIVE and (touch.channel == "email" or email.text_hash == digest):
            raise Refused(
                "already_sent",
                (
                    f"this e-mail was handed over already and is {email.state} (message "
                    f"{email.id}); it is not sent "
                    "twice"
                ),
            )


def _line(session: Any, email: Email) -> OutboxLine:
    lead = session.get(Lead, email.lead_id)
    return OutboxLine(
        id=int(email.id or 0),
        lead_id=email.lead_id,
        lead=lead.full_name if lead else "",
        to=email.to_address,
        subject=floor.get_text(session, email.subject_hash),
        template=email.template,
        state=email.state,
        words=email.error,
        transport=email.transport,
        message_id=email.message_id,
        path=email.path,
        tries=email.tries,
        at=email.sent_at or email.sending_at or email.created_at,
        next_try_at=email.next_try_at,
    )


def _mailed(email: Email) -> Mailed:
    return Mailed(int(email.id or 0), email.state, email.path, email.message_id, email.error)
