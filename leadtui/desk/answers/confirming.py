"""The question and its answer: "Did you complete this action?" is asked, answered, and carried out
here.

Whoever asks (a screen, a command), the rules are the same: only the rep's own open obligation can
be answered, an outcome must say what it requires, and the answer, its consequences and the log
entry are one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadtui.cadence.calendar import part_index
from leadtui.cadence.gate.calling import gate
from leadtui.cadence.model import Disposition, Playbook
from leadtui.cadence.personas import script_for
from leadtui.desk.answers import qualifying, taking_back
from leadtui.desk.answers.checking import check, disposition, with_claim
from leadtui.desk.answers.consequences import Consequences
from leadtui.desk.answers.foreseeing import foresee, suggested_at
from leadtui.desk.answers.given import ANSWERS, Given
from leadtui.desk.answers.marking import marks_of
from leadtui.desk.core import leases
from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.core.facts import LeadSheet, call_facts, sheet_of
from leadtui.desk.core.lead_views import later_of
from leadtui.desk.core.views import Confirmed, NextThing, Preview
from leadtui.desk.core.words import channel_word, said_at
from leadtui.desk.planning import mending
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import call_block, floor, leads
from leadtui.store.engine.tables import Attempt, Enrolment, Obligation, Response, Touch
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

UNDONE = "Nothing was mended, so it"
"""A task to mend data that is answered with nothing, before it says what it needs."""

BY_HAND, NOT_BY_HAND = "sent elsewhere, says the rep", "not sent, says the rep"
"""What becomes of a draft, in the outbox's words."""
NOT_HANDED_OVER = ("failed", "cancelled")
"""States of a message that nobody has got."""


class Confirming(Door):
    """The use cases of the question."""

    last = UseCase(taking_back.last)
    given = UseCase(taking_back.given)
    take_back = UseCase(taking_back.take_back)

    def shown(self, obligation_id: int) -> None:
        """The question stands armed on a screen: from here the seconds to the answer count."""
        with self.context.write() as unit:
            obligation = self._open(unit.session, obligation_id)
            if obligation.shown_at is None:
                obligation.shown_at = unit.now
                unit.log(
                    Event.QUESTION_SHOWN,
                    subjects={"obligation": obligation_id, "lead": obligation.lead_id},
                )

    def keep(self, obligation_id: int, outcome: str = "", **draft: str) -> None:
        """Keep what was typed and chosen so far, so that a kill loses none of it."""
        with self.context.write() as unit:
            obligation = self._open(unit.session, obligation_id)
            if outcome:
                disposition(self.context, unit.session, outcome)
            obligation.draft = {**obligation.draft, **draft}
            obligation.outcome = outcome or obligation.outcome
            leases.renew(self.context, unit, obligation)
            unit.log(
                Event.QUESTION_DRAFTED,
                subjects={"obligation": obligation_id, "lead": obligation.lead_id},
                codes={Code.OUTCOME: obligation.outcome},
            )

    def preview(self, obligation_id: int, outcome: str, given: Given | None = None) -> Preview:
        """What an outcome would lead to, without doing anything."""
        now = self.context.now()
        given = given or Given("yes", outcome=outcome)
        with self.context.store.read() as session:
            obligation = self._open(session, obligation_id)
            if obligation.action != "call":
                words = foresee(self.context, session, obligation, None, given, now)
                touch = session.get_one(Touch, obligation.touch_id)
                sheet = sheet_of(self.context, session, obligation.lead_id)
                undone = mending.is_undone(session, sheet, touch, given.note)
                label, needs = (UNDONE, ["note"]) if undone else ("done", [])
                unsent = _unsent(session, touch)
                return Preview(outcome, label, tuple(needs), words, sure=unsent, unsent=unsent)
            row = disposition(self.context, session, outcome)
            words = foresee(self.context, session, obligation, row, given, now)
            sheet = sheet_of(self.context, session, obligation.lead_id)
            lacking = qualifying.lacking(self.context, session, obligation, row, given)
            weighed = qualifying.weighed(self.context, session, row, sheet.lead)
        words, suggested = (
            f"{words} ({weighed})" if weighed else words,
            suggested_at(row, sheet, now),
        )
        if suggested and given.at is None:
            # Whoever says "not now" says until when: it is asked, and the playbook has an answer.
            lacking = ("at", *lacking)
        return Preview(row.code, row.label, lacking, words, row.sure, suggested)

    def answer(self, obligation_id: int, given: Given) -> Confirmed:
        """Answer for an obligation. Raises ``Refused`` with code ``missing`` where the answer lacks
        something."""
        with self.context.write() as unit:
            return self.carry(unit, obligation_id, given)

    def again(self, entry: int, why: str, given: Given) -> Confirmed:
        """Take an answer back and give another, in one transaction: both or neither."""
        with self.context.write() as unit:
            obligation = taking_back.reopen(self.context, unit, entry, why)
            return self.carry(unit, int(obligation.id or 0), given)

    def carry(self, unit: Unit, obligation_id: int, given: Given) -> Confirmed:
        """Answer inside the caller's transaction."""
        call_block.read_together(unit.session, obligation_id)
        obligation = self._open(unit.session, obligation_id)
        touch = unit.session.get(Touch, obligation.touch_id)
        if touch is None:
            raise LookupError(f"touch {obligation.touch_id}")
        planning = Planning(self.context, unit)
        unsent = given.answer == "yes" and _unsent(unit.session, touch)
        row = check(self.context, unit.session, obligation, touch, given, unsent=unsent)
        _settle_draft(unit, touch, given)
        given = with_claim(self.context, given, planning.sheet(obligation.lead_id))
        sheet, late = planning.sheet(obligation.lead_id), leases.is_late(unit.session, obligation)
        attempt = (
            self._attempt(unit, planning, obligation, touch, row, given) if touch.call else None
        )
        # What stood on the panel: chosen before the answer changes what is known of the lead.
        script = _script_hash(unit, planning.book, sheet, touch)
        consequences = Consequences(planning, sheet, touch, row, given)
        offer = consequences.keep_late(obligation) if late else consequences.carry_out()
        self._close(unit, obligation, given, row)
        front = planning.settle_known(sheet)
        with unit.session.no_autoflush:  # what is left goes in with the entry
            marks = marks_of(planning, sheet, obligation, touch, row, given)
            marks |= {Code.LATE: int(late)} | ({Code.UNSENT: 1} if unsent else {})
            entry = self._log(unit, obligation, touch, attempt, given, front, script, marks)
            obligation.log_seq = entry
            self._event(unit, obligation, touch, given, row)
            following = _next(front, sheet, unit.now)
        return Confirmed(entry, row.code if row else given.answer, following, offer)

    # -- checks ------------------------------------------------------------------------------------

    def _open(self, session: Any, obligation_id: int) -> Obligation:
        obligation = session.get(Obligation, obligation_id)
        if (
            obligation is None
            or obligation.answered_at is not None
            or obligation.rep_id != self.context.identity.id
        ):
            raise Refused("no_question", "there is no open question of yours by that number")
        found: Obligation = obligation
        return found

    # -- what is kept ------------------------------------------------------------------------------

    def _attempt(
        self,
        unit: Unit,
        planning: Planning,
        obligation: Obligation,
        touch: Touch,
        row: Disposition | None,
        given: Given,
    ) -> Attempt | None:
        """The call on record: the dial, or an outcome without one, with the gate's verdict of this
        moment."""
        attempt = call_block.attempt_of(unit.session, int(obligation.id or 0))
        if attempt is None:
            if row is None or not row.attempt:
                return None
            attempt = self._undialed(unit, planning, obligation, touch)
        attempt.answered_at = unit.now
        if row is not None:
            attempt.disposition, attempt.contact = row.code, int(row.contact)
            if row.contact:
                lead = leads.lead(unit.session, obligation.lead_id)
                lead.last_contact_at = lead.last_sign_of_life = unit.now
            if not row.attempt:
                attempt.dialed_at, attempt.verdict = None, "not dialed"
        if attempt.id is None:
            unit.session.add(attempt)
            unit.session.flush()
        return attempt

    def _undialed(
        self, unit: Unit, planning: Planning, obligation: Obligation, touch: Touch
    ) -> Attempt:
        sheet = planning.sheet(obligation.lead_id)
        phone = next(iter(sheet.usable_phones()), None)
        number = phone.number if phone else ""
        found = gate(
            call_facts(sheet, number, unit.now, promised=bool(touch.promised)),
            planning.book.calling,
            unit.now,
        )
        local = found.local_times[0][1] if found.local_times else unit.now
        response = unit.session.get(Response, touch.response_id) if touch.response_id else None
        if response is not None and response.first_attempt_at is None:
            response.first_attempt_at = unit.now
        return Attempt(
            lead_id=obligation.lead_id,
            touch_id=obligation.touch_id,
            obligation_id=int(obligation.id or 0),
            enrolment_id=touch.enrolment_id,
            rep_id=obligation.rep_id,
            number=number,
            at=unit.now,
            part=part_index(local),
            verdict=found.verdict.value,
            rule=found.rule,
            inbound=obligation.inbound,
        )

    def _close(
        self, unit: Unit, obligation: Obligation, given: Given, row: Disposition | None
    ) -> None:
        obligation.answered_at, obligation.answer = unit.now, given.answer
        obligation.reason, obligation.outcome = given.reason, row.code if row else ""
        if obligation.shown_at is not None:
            obligation.seconds = round((unit.now - obligation.shown_at).total_seconds() * 1000)
        obligation.draft = {}
        leases.release(unit, obligation)

    def _log(
        self,
        unit: Unit,
        obligation: Obligation,
        touch: Touch,
        attempt: Attempt | None,
        given: Given,
        front: Touch | None,
        script: str,
        marks: Mapping[Code, object],
    ) -> int:
        dialed = attempt.dialed_at if attempt else None
        enrolment = unit.session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
        mail = call_block.email_of(unit.session, int(touch.id or 0))
        digests = {"script": script, "text": mail.text_hash if mail else ""}
        return unit.log(
            Event.ACTION_CONFIRMED,
            subjects={
                "lead": obligation.lead_id,
                "touch": touch.id,
                "obligation": obligation.id,
                "attempt": attempt.id if attempt else None,
                "email": mail.id if mail else None,
            },
            after={
                "touch": touch.state,
                "next": front,
                "next_due": front.due.isoformat() if front else None,
                "enrolment": enrolment.state if enrolment else "",
                "email": mail.state if mail else "",
            },
            codes={
                Code.ANSWER: given.answer,
                Code.OPTIONS: list(ANSWERS),
                Code.OUTCOME: obligation.outcome,
                Code.REASON: given.reason,
                Code.CHANNEL: touch.channel,
                Code.CADENCE: touch.cadence,
                Code.STEP: touch.step_id,
                Code.STARTED: obligation.started_at.isoformat(),
                Code.SHOWN: obligation.shown_at.isoformat() if obligation.shown_at else "",
                Code.SECONDS_MS: obligation.seconds,
                Code.VERDICT: attempt.verdict if attempt else "",
                Code.RULE: attempt.rule if attempt else "",
                Code.OVERRIDE: attempt.override_code if attempt else "",
                Code.CONTACT: attempt.contact if attempt else None,
                Code.DIALED_MS: round((unit.now - dialed).total_seconds() * 1000)
                if dialed
                else None,
                Code.BRANCHES: list(given.branches),
                Code.OBJECTIONS: list(given.objections),
                Code.STARTED_IN: obligation.front_end,
                Code.ALREADY: given.already,
                Code.DUE: touch.due.isoformat(),
                **marks,
            },
            hashes={key: value for key, value in digests.items() if value},
            private=given.note,
        )

    def _event(
        self,
        unit: Unit,
        obligation: Obligation,
        touch: Touch,
        given: Given,
        row: Disposition | None,
    ) -> None:
        code = (
            row.code
            if row
            else ("" if given.answer == "yes" else f"{given.answer} {given.reason}".strip())
        )
        kind = "inbound" if obligation.inbound else touch.channel
        text = given.note.strip() or ("" if touch.call else touch.title)
        leads.add_event(unit, obligation.lead_id, kind, code=code, note=text, touch_id=touch.id)


def _script_hash(unit: Unit, book: Playbook, sheet: LeadSheet, touch: Touch) -> str:
    """The script that stood on the panel: the step's, in the variant that fits the lead."""
    if not (touch.call and touch.template):
        return ""
    session = unit.session
    enrolment = session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
    facts = sheet.conditions(cadence=touch.cadence, enrolment=enrolment)
    template = script_for(book, touch.template, touch.cadence, facts, unit.now)
    return floor.keep_text(unit, template.body) if template else ""


def _unsent(session: Any, touch: Touch | None) -> bool:
    """Whether this is an e-mail of which no message was handed over here: not sent, not queued, not
    even drafted."""
    if touch is None or touch.channel != "email":
        return False
    mail = call_block.email_of(session, int(touch.id or 0))
    return mail is None or mail.state in NOT_HANDED_OVER


def _settle_draft(unit: Unit, touch: Touch, given: Given) -> None:
    """A draft was sent by hand or it was not: the answer says so, and the outbox knows it."""
    mail = (
        call_block.email_of(unit.session, int(touch.id or 0)) if touch.channel == "email" else None
    )
    if mail is None or mail.state != "drafted" or given.answer == "partly":
        return
    if given.answer == "yes":
        mail.state, mail.sent_at, mail.error = "sent", unit.now, BY_HAND
    else:
        mail.state, mail.error = "cancelled", NOT_BY_HAND
    unit.session.flush()


def _next(front: Touch | None, sheet: LeadSheet, now: datetime) -> NextThing | None:
    if front is None:
        return later_of(sheet.session, sheet.id, sheet.zone, now)
    return NextThing(channel_word(front.channel), front.due, said_at(front.due, sheet.zone, now))
