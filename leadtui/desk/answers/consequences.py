"""What an answer leads to: the engine's decision carried out on the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from leadtui.cadence.model import Channel, Disposition, Effect, Outcome
from leadtui.cadence.personas import variants
from leadtui.desk.answers.given import Given
from leadtui.desk.answers.judging import SOON, by_hand, enrolment_under, judge, stands_beside
from leadtui.desk.answers.qualifying import against
from leadtui.desk.core.facts import LeadSheet, store_state
from leadtui.desk.planning import pipeline
from leadtui.desk.planning.dates import plan_dates
from leadtui.desk.planning.ground import DAY
from leadtui.desk.planning.mending import FIX
from leadtui.desk.planning.planning import BY_HAND, Planning
from leadtui.store import call_block, leads
from leadtui.store.engine.tables import DoNotCall, Enrolment, Lead, Obligation, Response, Touch
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold


@dataclass
class Consequences:
    """One answer being carried out, inside the transaction that records it."""

    planning: Planning
    sheet: LeadSheet
    touch: Touch
    row: Disposition | None
    given: Given

    def carry_out(self) -> str:
        """Do what follows and return the e-mail template to offer now, if any."""
        if self.given.answer == "no":
            self._put_back()
            return ""
        if self.touch.call and self.row is not None:
            return self._outcome(self.row)
        if self.given.answer == "partly":
            self._again()
        else:
            self.planning.advance(self.sheet, self.touch)
        return ""

    def keep_late(self, obligation: Obligation) -> str:
        """The answer of a rep whose lead was taken over meanwhile: kept, and the plan stays the new
        owner's.

        What protects the person holds all the same: a number that is wrong, a wish not to be
        called. Anything that was agreed in a talk is a supervisor's to sort out."""
        row = self.row if self.given.answer == "yes" and self.touch.call else None
        if self.touch.kind == "unplanned":
            self.planning.close(
                self.touch, "done" if row is not None and row.attempt else "cancelled", "taken over"
            )
        if row is None:
            return ""
        if row.blocks == "person":
            block_person(self.planning, self.sheet, row.code)
        elif row.blocks == "number":
            self._block_number(Effect("block_number"), row)
        if row.contact:
            self.planning.put_before(
                "late_answer",
                self.sheet.id,
                touch_id=self.touch.id,
                rep_id=obligation.rep_id,
                outcome=row.code,
            )
        return ""

    def _put_back(self) -> None:
        """Not done: the touch stands in the queue again, as due as before."""
        self.touch.state, self.touch.started_at = "open", None
        own = (
            self.planning.unit.session.get(Enrolment, self.touch.enrolment_id)
            if self.touch.enrolment_id
            else None
        )
        if self.touch.kind in {"inbound", "unplanned"}:
            self.planning.close(self.touch, "cancelled", "not done")
        elif own is not None and own.state == "ended":
            self.planning.close(self.touch, "cancelled", own.end_reason)
        elif self.sheet.lead.status != "open":
            self.planning.close(self.touch, "cancelled", "lead closed")

    def _again(self) -> None:
        """Partly done: the rest is due again in a business hour."""
        due = self.planning.business.add(self.planning.unit.now, 60)
        enrolment = self._enrolment()
        self.planning.close(self.touch, "done", "partly")
        effect = Effect(
            "plan_touch", due=due, channel=Channel(self.touch.channel), title=self.touch.title
        )
        kind = FIX if self.touch.kind == FIX else "retry"
        self.planning.order(self.sheet, effect, enrolment, self.touch, kind)

    def _enrolment(self) -> Enrolment | None:
        return enrolment_under(self.planning.context, self.planning.unit.session, self.touch)

    def _outcome(self, row: Disposition) -> str:
        context, unit = self.planning.context, self.planning.unit
        session, now = unit.session, unit.now
        # Nothing that is judged by has changed yet: what waits to be written may wait on.
        with session.no_autoflush:
            enrolment = self._enrolment()
            outcome = judge(
                context, session, self.sheet, self.touch, enrolment, row, self.given, now
            )
            beside = enrolment is not None and stands_beside(self.sheet, self.touch, enrolment, row)
            planned = enrolment and row.attempt and by_hand(self.sheet, self.touch, enrolment)
        self.planning.close(self.touch, "done" if row.attempt else "skipped", row.code)
        if enrolment is not None and beside:
            return self._beside(outcome, enrolment, row)
        if enrolment is not None and outcome.state is not None:
            store_state(enrolment, outcome.state)
            paused = any(effect.kind == "pause" for effect in outcome.effects)
            if row.contact:
                self.planning.is_there(self.sheet)
            if enrolment.state == "paused" and not paused and not self._asks_first(enrolment):
                self.planning.resume(enrolment)
            if planned:
                self._done_by_hand(planned)
                self.planning.close(planned, "cancelled", BY_HAND)
            self._drop_steps(enrolment)
        if row.attempt:
            self._do_due_calls(row)
        offer = ""
        for effect in outcome.effects:
            offer = self._apply(effect, enrolment, outcome.disposition) or offer
        return offer

    def _beside(self, outcome: Outcome, enrolment: Enrolment, row: Disposition) -> str:
        """A call beside what was agreed, and nobody was reached: it counts, and the agreement
        stands."""
        enrolment.attempts += row.attempt
        enrolment.counts = {**enrolment.counts, row.code: enrolment.counts.get(row.code, 0) + 1}
        offer = ""
        for effect in outcome.effects:
            if effect.kind in {"block_number", "data_fix", "offer_email"}:
                offer = self._apply(effect, enrolment, row) or offer
        return offer

    def _do_due_calls(self, row: Disposition) -> None:
        """The due calls that other cadences or nobody's planned are done too by a call outside the
        queue; what was promised only by a talk."""
        if self.touch.kind not in {"inbound", "unplanned"}:
            return
        until = (self.touch.started_at or self.touch.due) + SOON
        for other in self.sheet.open_touches():
            waits = other.call and other.state != "started" and other.due <= until
            own = other.enrolment_id is not None and other.enrolment_id == self.touch.enrolment_id
            if waits and not own and (row.contact or not other.promised):
                self._done_by_hand(other)
                self.planning.advance(self.sheet, other, "cancelled")
                other.close_reason = BY_HAND

    def _done_by_hand(self, planned: Touch) -> None:
        """A response whose first call this was has been attempted, and its time stops."""
        session = self.planning.unit.session
        response = session.get(Response, planned.response_id) if planned.response_id else None
        if response is not None and response.first_attempt_at is None:
            response.first_attempt_at = self.touch.started_at or self.planning.unit.now

    def _asks_first(self, enrolment: Enrolment) -> bool:
        """Whether a cadence still waits for the answer to what they wrote while this call was
        open, and reached nobody."""
        return enrolment.pause_reason == "reply" and not self._contact()

    def _drop_steps(self, enrolment: Enrolment) -> None:
        """What was planned before this outcome is planned anew."""
        for touch in self.sheet.open_touches():
            if touch.enrolment_id == enrolment.id and touch.state != "started":
                self.planning.close(touch, "cancelled", "planned anew")

    def _apply(self, effect: Effect, enrolment: Enrolment | None, row: Disposition) -> str:
        """Carry out one effect; the e-mail template where it offers one."""
        if effect.kind == "offer_email":
            return self._text_of(effect.email)
        if self.sheet.lead.status == "closed" and not self._reopens(effect):
            return ""
        if effect.kind == "end":
            if enrolment is not None:
                self.planning.end(enrolment, effect.reason)
        elif effect.kind in {"plan_step", "plan_touch", "pause", "end_calls"}:
            self._go_on(effect, enrolment)
        else:
            getattr(self, f"_{effect.kind}")(effect, row)
        return ""

    def _text_of(self, email: str) -> str:
        """The e-mail that an outcome offers, in the variant that fits this lead."""
        facts, now = self.sheet.conditions(), self.planning.unit.now
        fitting = variants(self.planning.book, "email", email, facts, now)
        return fitting[0].id if fitting else email

    def _reopens(self, effect: Effect) -> bool:
        """A call with a lead that was closed brings it back where something was agreed; else it
        stays closed."""
        if effect.kind in {"enrol", "meeting", "opportunity"} or (
            effect.kind == "plan_touch" and self._contact()
        ):
            lead, unit = self.sheet.lead, self.planning.unit
            lead.status, lead.closed_reason, lead.updated_at = "open", "", unit.now
            leads.add_event(unit, self.sheet.id, "lead.reopened", code=self.touch.kind)
            return True
        return effect.kind in {"block_number", "block_person", "refer"}

    def _contact(self) -> bool:
        return self.row is not None and self.row.contact

    def _go_on(self, effect: Effect, enrolment: Enrolment | None) -> None:
        if effect.kind == "plan_touch":
            kind = "callback" if effect.promised else "next_action"
            if self.row is not None and "retry" in self.row.then:
                kind = "retry" if not effect.promised else "callback"
            self.planning.order(self.sheet, effect, enrolment, self.touch, kind)
        elif enrolment is None or (effect.kind == "plan_step" and enrolment.state == "paused"):
            return
        elif effect.kind == "plan_step":
            # A number that was blocked meanwhile changes what can come next; so does a question
            # that was asked about a block.
            blocked = self.row is None or self.row.blocks or self.planning.held_for_good(self.sheet)
            known = None if blocked else effect.planned
            self.planning.plan(self.sheet, enrolment, known=known)
        elif effect.kind == "pause":
            self.planning.pause(enrolment, effect.reason, effect.due)
        else:
            enrolment.exhausted = True

    # -- effects on the lead -----------------------------------------------------------------------

    def _enrol(self, effect: Effect, _row: Disposition) -> None:
        self.planning.enrol(self.sheet, effect.cadence, effect.due or self.planning.unit.now)

    def _data_fix(self, effect: Effect, _row: Disposition) -> None:
        self.planning.data_fix(self.sheet, effect.title)

    def _close(self, effect: Effect, _row: Disposition) -> None:
        self.planning.close_lead(self.sheet, effect.reason)
        self.planning.unit.log(
            Event.LEAD_CLOSED,
            subjects={"lead": self.sheet.id},
            after={"status": "closed"},
            codes={Code.REASON: effect.reason},
        )

    def _block_number(self, _effect: Effect, _row: Disposition) -> None:
        """That number only: the one that was dialed."""
        attempt = call_block.attempt_of(self.planning.unit.session, self._obligation_id())
        number = attempt.number if attempt else ""
        for phone in self.sheet.phones:
            if phone.number == number:
                phone.status = "wrong"
        self.sheet.__dict__.pop("phones", None)
        self.planning.stop_calls(self.sheet)

    def _obligation_id(self) -> int:
        found = call_block.open_obligations(
            self.planning.unit.session, self.planning.context.identity.id
        )
        return next((int(ob.id or 0) for ob in found if ob.touch_id == self.touch.id), 0)

    def _block_person(self, effect: Effect, _row: Disposition) -> None:
        """Every number of the person, at once, for everybody."""
        block_person(self.planning, self.sheet, effect.reason)

    def _meeting(self, effect: Effect, _row: Disposition) -> None:
        """A demo at the agreed time, promised like a callback."""
        due = effect.due or self.planning.unit.now
        self.sheet.lead.dates = {**self.sheet.lead.dates, "demo_at": due.isoformat()}
        plan_dates(self.planning, self.sheet)
        order = replace(effect, channel=Channel.DEMO, promised=True, title="Demo or meeting")
        self.planning.order(self.sheet, order, None, None, "meeting")

    def _opportunity(self, _effect: Effect, _row: Disposition) -> None:
        spoke = against(self.planning.book, self.sheet.lead)
        pipeline.qualify(self.planning.unit, self.planning.book, self.sheet, spoke)

    def _recycle(self, effect: Effect, _row: Disposition) -> None:
        """Back to marketing, never to the bin: a question with its deadline."""
        unit = self.planning.unit
        self.sheet.lead.pipeline, self.sheet.lead.stage = "marketing", "recycled"
        due = self.planning.business.add(unit.now, 2 * DAY)
        self.planning.put_before(
            "recycled", self.sheet.id, due, rep_id=unit.actor.rep_id, reason=effect.reason
        )
        leads.add_event(unit, self.sheet.id, "recycled", note=effect.reason)

    def _refer(self, effect: Effect, _row: Disposition) -> None:
        """The colleague as a lead of its own, linked, at the same company and with the same rep;
        one who is there gets another response, and stays whose they are."""
        from leadtui.desk.intake.admitting import admit
        from leadtui.desk.intake.responding import respond_in

        unit, lead = self.planning.unit, self.sheet.lead
        name = effect.title.strip()
        leads.add_event(unit, self.sheet.id, "referred", note=name)
        if there := leads.named_at(unit.session, name, lead.company_id):
            self._reached_by(int(there.id or 0), lead.country)
            respond_in(self.planning.context, unit, int(there.id or 0), "phone", source="referral")
            return
        first, _, last = name.rpartition(" ")
        colleague = Lead(
            full_name=name,
            name_key=fold(name),
            first_name=first or last,
            last_name=last if first else "",
            last_name_key=fold(last if first else ""),
            company_id=lead.company_id,
            owner_id=lead.owner_id,
            city=lead.city,
            city_key=lead.city_key,
            region=lead.region,
            country=lead.country,
            zones=list(lead.zones),
            source="referral",
            extra={"referred_by": self.sheet.id},
            created_at=unit.now,
            updated_at=unit.now,
        )
        unit.session.add(colleague)
        unit.session.flush()
        response = Response(
            lead_id=int(colleague.id or 0),
            offer="phone",
            source="referral",
            source_key="referral",
            inquiry_at=unit.now,
            recorded_at=unit.now,
        )
        unit.session.add(response)
        unit.session.flush()
        self._reached_by(int(colleague.id or 0), lead.country)
        admit(self.planning.context, unit, [(int(colleague.id or 0), int(response.id or 0))])

    def _reached_by(self, colleague: int, country: str) -> None:
        """Number and address of the colleague, where they are new; what cannot be read was refused
        before."""
        from leadtui.sheets.fields import read_emails
        from leadtui.sheets.phones import read_phones

        unit, given = self.planning.unit, self.given
        region = country or self.planning.context.settings.country
        numbers = {one.number for one in leads.phones(unit.session, colleague)}
        addresses = {one.address_key for one in leads.addresses(unit.session, colleague)}
        for read in read_phones(given.colleague_phone, region).numbers:
            if read.number in numbers:
                continue
            leads.add_number(
                unit,
                colleague,
                read.number,
                extension=read.extension,
                kind=read.kind,
                raw=read.raw,
                valid=read.valid,
            )
        for address in read_emails(given.colleague_email)[0]:
            if fold(address) not in addresses:
                leads.add_address(unit, colleague, address)
        unit.session.flush()

    def _supervisor(self, effect: Effect, _row: Disposition) -> None:
        self.planning.put_before("asked", self.sheet.id, reason=effect.reason)


def block_person(planning: Planning, sheet: LeadSheet, reason: str) -> None:
    """Put every number of a person on do-not-call, hold every planned call to them, and log it."""
    unit = planning.unit
    sheet.lead.calls_opt_out = True
    numbers = [phone.number for phone in sheet.phones]
    already = leads.blocked_numbers(unit.session, numbers)
    for number in dict.fromkeys(numbers):
        if number not in already:
            unit.session.add(
                DoNotCall(
                    number=number,
                    lead_id=sheet.id,
                    reason=reason,
                    requested_at=unit.now,
                    added_at=unit.now,
                    added_by=unit.actor.rep_id,
                )
            )
    unit.session.flush()
    sheet.__dict__.pop("blocked", None)
    unit.log(
        Event.DNC_ADDED,
        subjects={"lead": sheet.id},
        after={"calls_opt_out": True, "numbers": len(numbers)},
        codes={Code.REASON: reason, Code.BY_ANSWER: 1},
    )
    leads.add_event(unit, sheet.id, "do_not_call", code=reason)
    planning.stop_calls(sheet)
    for other in leads.sharing_numbers(unit.session, numbers, sheet.id):
        theirs = planning.sheet(int(other.id or 0))
        planning.stop_calls(theirs)
        planning.settle(theirs)
        unit.log(Event.DNC_SHARED, subjects={"lead": theirs.id}, codes={Code.REASON: reason})
