"""Starting a touch: the obligation is committed before anything else happens; and the dial, bound
by the gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadtui.cadence.calendar import part_index
from leadtui.cadence.gate.calling import gate
from leadtui.cadence.model import Gate, Verdict
from leadtui.desk.answers.questions import question_view
from leadtui.desk.calls.queueing import Queueing
from leadtui.desk.calls.unread import refuse_unread
from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, call_facts, sheet_of
from leadtui.desk.core.lead_views import gate_view
from leadtui.desk.core.views import Dialed, Started
from leadtui.desk.core.words import channel_word
from leadtui.errors import NotFound, Refused
from leadtui.store import call_block, leads
from leadtui.store.engine.tables import Attempt, Enrolment, Obligation, Phone, Response, Touch
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import letters


@dataclass(frozen=True, slots=True)
class Dial:
    """How a rep answers the gate: a warning acknowledged, or a block overridden with code and
    reason."""

    acknowledge: bool = False
    override: str = ""
    reason: str = ""


class Starting:
    """The use cases that begin an action."""

    def __init__(self, context: Context, queueing: Queueing) -> None:
        self.context = context
        self.queueing = queueing

    # -- starting ----------------------------------------------------------------------------------

    def start(self, touch_id: int, *, out_of_turn: str = "", dial: Dial | None = None) -> Started:
        """Make a touch the rep's obligation; with ``dial`` its call is placed on record in the same
        transaction."""
        context, now = self.context, self.context.now()
        with context.write(now) as unit:
            obligation = self.begin(unit, touch_id, out_of_turn)
            touch = self._touch(unit.session, touch_id)
            if dial is not None and touch.call:
                sheet = sheet_of(context, unit.session, touch.lead_id)
                self._dial_first(unit, sheet, obligation, touch, dial)
            question = question_view(context, unit.session, obligation)
        return Started(touch_id, touch.lead_id, channel_word(touch.channel), now, question)

    def begin(self, unit: Unit, touch_id: int, out_of_turn: str) -> Obligation:
        """The obligation of a planned touch, inside the caller's transaction."""
        self._refuse_second(unit, inbound=False)
        touch = self.mine(unit.session, touch_id)
        refuse_unread(self.context, self.queueing, unit.session, unit.now)
        rank = self._in_turn(unit.session, touch, out_of_turn, unit.now)
        return self._oblige(unit, touch, inbound=False, rank=rank, out_of_turn=out_of_turn)

    def call(self, lead_id: int, *, inbound: bool = False, dial: Dial | None = None) -> Started:
        """A call nobody planned, by the rep (needs no open question) or by the lead (may stand
        beside one).

        Whoever calls in is answered, even while somebody has the lead open. With ``dial`` the rep's
        call is placed on record in the same transaction, if the gate allows it."""
        context, now = self.context, self.context.now()
        with context.write(now) as unit:
            self._refuse_second(unit, inbound=inbound)
            if not inbound:
                refuse_unread(context, self.queueing, unit.session, now)
            sheet = sheet_of(context, unit.session, lead_id)
            if sheet.lead.status in {"merged", "erased"}:
                raise Refused(
                    "not_open", f"lead {lead_id} was {sheet.lead.status}; there is nobody to call"
                )
            planned = leads.open_touches(unit.session, lead_id)
            live = _called_for(planned, leads.live_enrolments(unit.session, lead_id))
            for touch in planned:
                if touch.state == "open":
                    touch.state = "waiting"
                elif touch.state == "started" and not inbound:
                    raise Refused("held_by", leases.open_with(context, unit.session, lead_id))
            unit.session.flush()
            touch = Touch(
                lead_id=lead_id,
                enrolment_id=live[0].id if live else None,
                response_id=live[0].response_id if live and not inbound else None,
                rep_id=context.identity.id,
                cadence=live[0].cadence if live else "",
                channel="call",
                call=1,
                title="Inbound call" if inbound else "Call outside the queue",
                state="started",
                due=now,
                due_bm=0,
                kind="inbound" if inbound else "unplanned",
                created_at=now,
            )
            unit.session.add(touch)
            unit.session.flush()
            obligation = self._oblige(unit, touch, inbound=inbound, rank=None, out_of_turn="")
            if dial is not None and not inbound:
                self._dial_first(unit, sheet, obligation, touch, dial)
            question = question_view(context, unit.session, obligation)
        return Started(int(touch.id or 0), lead_id, "call", now, question)

    def _dial_first(
        self, unit: Unit, sheet: LeadSheet, obligation: Obligation, touch: Touch, dial: Dial
    ) -> None:
        """Put the dial of a lead's best number on record."""
        phone = next(iter(sheet.usable_phones()), None) or next(iter(sheet.phones), None)
        if phone is None:
            raise Refused("no_phone", "this lead has no number; find one first (data-fix task)")
        self._dial(unit, sheet, obligation, touch, phone, dial)

    def _refuse_second(self, unit: Unit, *, inbound: bool) -> None:
        waiting = call_block.open_obligations(unit.session, self.context.identity.id)
        if any(ob.inbound == int(inbound) for ob in waiting) or (waiting and not inbound):
            first = question_view(self.context, unit.session, waiting[0])
            raise Refused(
                "question_open", f"answer first: {first.action_line} is not confirmed yet"
            )

    def _touch(self, session: Any, touch_id: int) -> Touch:
        touch: Touch | None = session.get(Touch, touch_id)
        if touch is None:
            raise NotFound(f"there is no touch {touch_id}; 'leadtui queue' lists yours")
        return touch

    def mine(self, session: Any, touch_id: int) -> Touch:
        """A planned touch of this rep's that can be started or put off, or ``Refused`` with the
        reason."""
        touch = self._touch(session, touch_id)
        if touch.rep_id != self.context.identity.id:
            raise Refused(
                "not_yours",
                f"touch {touch_id} belongs to another rep; a supervisor can assign it to you",
            )
        if touch.state == "waiting" and leases.holder(
            session, touch.lead_id, self.context.identity.id
        ):
            raise Refused("held_by", leases.open_with(self.context, session, touch.lead_id))
        if touch.state != "open" or touch.system:
            raise Refused(
                "not_open",
                f"touch {touch_id} is {_state_words(touch)}; 'leadtui queue' lists what is open",
            )
        return touch

    def _in_turn(self, session: Any, touch: Touch, code: str, now: datetime) -> int | None:
        book = self.context.playbook(session)
        rank = self.queueing.rank(session, int(touch.id or 0), now)
        first = book.floor.out_of_turn_after
        known = {reason.code for reason in book.reasons_of("out_of_turn")}
        if code and code not in known:
            raise Refused(
                "out_of_turn",
                (
                    f"{code!r} is no reason to take it out of turn; known are "
                    f"{', '.join(sorted(known))}"
                ),
            )
        if rank is not None and rank <= first:
            return rank
        if code not in known:
            place = f"number {rank} of the queue" if rank else "not due now"
            raise Refused(
                "out_of_turn",
                (
                    f"this is {place} and not among the first {first}; give a reason "
                    f"(--out-of-turn): {', '.join(sorted(known))}"
                ),
            )
        return rank

    def _oblige(
        self, unit: Unit, touch: Touch, *, inbound: bool, rank: int | None, out_of_turn: str
    ) -> Obligation:
        context = self.context
        token = leases.take(context, unit, touch, inbound=inbound)
        touch.state, touch.started_at = "started", unit.now
        obligation = Obligation(
            rep_id=context.identity.id,
            lead_id=touch.lead_id,
            touch_id=int(touch.id or 0),
            inbound=int(inbound),
            action=touch.channel,
            front_end=context.actor.front_end,
            offered_rank=rank,
            out_of_turn=out_of_turn,
            lease_token=token,
            started_at=unit.now,
        )
        unit.session.add(obligation)
        unit.session.flush()
        unit.log(
            Event.TOUCH_STARTED,
            subjects={"lead": touch.lead_id, "touch": touch.id, "obligation": obligation.id},
            after={"touch": "started", "owner": touch.rep_id, "lease": token},
            codes={
                Code.CHANNEL: touch.channel,
                Code.CADENCE: touch.cadence,
                Code.STEP: touch.step_id,
                Code.RANK: rank,
                Code.OUT_OF_TURN: out_of_turn,
                Code.INBOUND: int(inbound),
                Code.KIND: touch.kind,
            },
        )
        return obligation

    # -- dialing -----------------------------------------------------------------------------------

    def dial(self, obligation_id: int, phone_id: int, choice: Dial) -> Dialed:
        """Put a dial on record, if the gate allows it at this instant; the caller then places the
        call."""
        with self.context.write() as unit:
            obligation = unit.session.get(Obligation, obligation_id)
            if (
                obligation is None
                or obligation.rep_id != self.context.identity.id
                or obligation.answered_at
            ):
                raise Refused(
                    "not_started", "this call is not started; choose it in the queue first"
                )
            phone = unit.session.get(Phone, phone_id)
            if phone is None or phone.lead_id != obligation.lead_id:
                raise NotFound("this lead has no such number")
            if leases.is_late(unit.session, obligation):
                raise Refused(
                    "taken_over",
                    f"{leases.taken_over_by(unit.session, obligation)}; answer what you did",
                )
            touch = unit.session.get(Touch, obligation.touch_id)
            leases.renew(self.context, unit, obligation)
            sheet = sheet_of(self.context, unit.session, obligation.lead_id)
            return self._dial(unit, sheet, obligation, touch, phone, choice)

    def _dial(
        self,
        unit: Unit,
        sheet: LeadSheet,
        obligation: Obligation,
        touch: Any,
        phone: Phone,
        choice: Dial,
    ) -> Dialed:
        enrolment = unit.session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
        book = self.context.playbook(unit.session)
        facts = call_facts(
            sheet, phone.number, unit.now, enrolment=enrolment, promised=bool(touch.promised)
        )
        found = gate(facts, book.calling, unit.now)
        self._obey(unit, sheet, found, choice)
        override = choice.override if found.verdict == Verdict.BLOCKED else ""
        local = (
            unit.now.astimezone(found.local_times[0][1].tzinfo) if found.local_times else unit.now
        )
        attempt = Attempt(
            lead_id=sheet.id,
            touch_id=obligation.touch_id,
            obligation_id=int(obligation.id or 0),
            enrolment_id=touch.enrolment_id,
            rep_id=obligation.rep_id,
            number=phone.number,
            at=unit.now,
            dialed_at=unit.now,
            part=part_index(local),
            verdict=found.verdict.value,
            rule=found.rule,
            override_code=override,
            inbound=obligation.inbound,
        )
        unit.session.add(attempt)
        self._first_attempt(unit, touch)
        unit.session.flush()
        unit.log(
            Event.CALL_DIALED,
            subjects={
                "lead": sheet.id,
                "touch": touch.id,
                "obligation": obligation.id,
                "attempt": attempt.id,
            },
            after={"attempt": attempt.id},
            codes={
                Code.VERDICT: found.verdict.value,
                Code.RULE: found.rule,
                Code.OVERRIDE: override,
                Code.PHONE: phone.id,
                Code.DIAL: self.context.settings.dial,
            },
        )
        suffix = f";ext={phone.extension}" if phone.extension else ""
        return Dialed(
            int(attempt.id or 0), phone.number, f"tel:{phone.number}{suffix}", gate_view(found)
        )

    def _obey(self, unit: Unit, sheet: LeadSheet, found: Gate, choice: Dial) -> None:
        """Refuse what the gate blocks; put an override or an acknowledgement in the log before the
        dial."""
        if found.verdict == Verdict.CLEAR:
            return
        where = {"lead": sheet.id}
        if found.verdict == Verdict.WARN:
            if not choice.acknowledge and not choice.override:
                raise Refused(
                    "warn", f"{found.message.rstrip('.')}; acknowledge it to call all the same"
                )
            sheet.lead.zone_acknowledged = sheet.lead.zone_acknowledged or "zone" in found.rule
            unit.log(Event.GATE_ACKNOWLEDGED, subjects=where, codes={Code.RULE: found.rule})
            return
        policy = self.context.playbook(unit.session).calling
        if not found.overridable:
            raise Refused("blocked", f"{found.message.rstrip('.')}; this cannot be overridden")
        if choice.override not in policy.override_codes:
            raise Refused(
                "blocked",
                f"{found.message.rstrip('.')}; to call all the same give an override code "
                f"({', '.join(policy.override_codes)}) "
                f"and a reason of {policy.override_min_chars} characters",
            )
        if len(choice.reason.strip()) < policy.override_min_chars:
            raise Refused(
                "blocked",
                f"the reason for an override needs {policy.override_min_chars} characters",
            )
        unit.log(
            Event.GATE_OVERRIDE,
            subjects=where,
            codes={
                Code.CODE: choice.override,
                Code.RULE: found.rule,
                Code.CHARS: len(choice.reason.strip()),
                Code.LETTERS: letters(choice.reason),
            },
            private=choice.reason.strip(),
        )

    def _first_attempt(self, unit: Unit, touch: Touch) -> None:
        response = unit.session.get(Response, touch.response_id) if touch.response_id else None
        if response is not None and response.first_attempt_at is None:
            response.first_attempt_at = unit.now


def _called_for(planned: list[Touch], live: list[Enrolment]) -> list[Enrolment]:
    """The cadences of a lead, first the one whose call comes next: a call outside the queue is
    about that."""
    calls = (touch.enrolment_id for touch in sorted(planned, key=_due) if touch.call)
    first = next((number for number in calls if number is not None), None)
    return sorted(live, key=lambda row: row.id != first)


def _due(touch: Touch) -> datetime:
    return touch.due


def _state_words(touch: Touch) -> str:
    if touch.system:
        return "done by the system"
    return {
        "waiting": "waiting behind another touch",
        "started": "already started",
        "done": "already done",
        "skipped": "skipped",
        "cancelled": "no longer planned",
    }.get(touch.state, touch.state)
