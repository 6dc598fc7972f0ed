"""From the engine's decisions to rows: enrolments, touches, which touch of a lead stands at the
front, what follows.

All of it happens inside the transaction of the use case that calls it. The invariant: an open lead
always has a next thing with a time, and of its touches only one is ``open`` or ``started``; the
others wait behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from leadtui.cadence.calendar import add_span
from leadtui.cadence.gate.windows import Place, table_of
from leadtui.cadence.model import By, Cadence, Channel, Effect, Finished, Planned, Span, Step, Unit
from leadtui.cadence.schedule import Calendar, clamp_to_window, plan_next
from leadtui.desk.core.facts import LeadSheet, dial_facts, enrolment_state
from leadtui.desk.core.words import said_at
from leadtui.desk.planning.chances import Chances
from leadtui.desk.planning.dates import plan_dates
from leadtui.desk.planning.front import Front
from leadtui.desk.planning.ground import Ground, weekday
from leadtui.desk.planning.mending import FIX, fixes_of, lift_title
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Lead, Response, Touch

RUNS_FROM = "Its response time runs from the first minute of a lawful call in the floor's hours:"
"""Why a service level does not run from the inquiry."""
OUT_OF_OFFICE = "out of office"
"""Why an enrolment waits whose lead is away."""
AWAY = "away_until"
"""The lead's date on which it is back: until then whatever else a cadence waited for, it waits on.
"""
BY_HAND = "called outside the queue"
SKIPPED = "step.skipped"
"""The line of a lead's history that says which step was passed over, and why."""
MAX_EXITS = 8
"""How many cadences in a row may have nothing to do for a lead before a supervisor is asked."""


class Planning(Ground):
    """Plans within one transaction."""

    # -- enrolling ---------------------------------------------------------------------------------

    def enrol(
        self,
        sheet: LeadSheet,
        name: str,
        anchor: datetime,
        response: Response | None = None,
        depth: int = 0,
    ) -> Enrolment | None:
        """Enter a cadence and plan its first touch; ``None`` where an equal or stronger one has the
        same goal."""
        cadence = self.book.cadences[name]
        for other in leads.live_enrolments(self.unit.session, sheet.id):
            if other.goal != cadence.goal:
                continue
            if (
                self.cadence_of(other).strength >= cadence.strength
                and response is None
                and other.state == "active"
            ):
                return None
            self.end(other, "replaced")
        enrolment = Enrolment(
            lead_id=sheet.id,
            cadence=name,
            goal=cadence.goal,
            playbook_hash=self.unit.playbook_hash,
            response_id=response.id if response else None,
            anchor=anchor,
            created_at=self.unit.now,
        )
        self.name_dates(sheet, cadence, min(anchor, response.inquiry_at) if response else anchor)
        if response is not None:
            self.is_there(sheet)
        if anchor > self.unit.now:
            enrolment.state, enrolment.resume_at, enrolment.pause_reason = (
                "paused",
                anchor,
                "begins",
            )
        self.unit.session.add(enrolment)
        self.unit.session.flush()
        if enrolment.state == "active":
            self.plan(sheet, enrolment, depth=depth)
        return enrolment

    def name_dates(self, sheet: LeadSheet, cadence: Cadence, anchor: datetime) -> None:
        """Count the dates that a cadence names, and plan what follows them."""
        if cadence.dates:
            sheet.lead.dates = self.dates_named(sheet, cadence, anchor)
        if self.is_followed(cadence):
            plan_dates(self, sheet)

    def dates_named(self, sheet: LeadSheet, cadence: Cadence, anchor: datetime) -> dict[str, str]:
        """A lead's named dates, with those that a cadence counts from ``anchor``."""
        own = {
            name: add_span(anchor, when.offset, sheet.zone, weekday).isoformat()
            for name, when in cadence.dates.items()
        }
        return {**sheet.lead.dates, **own}

    def is_followed(self, cadence: Cadence) -> bool:
        """Whether a dated rule follows some date that a cadence names."""
        return any(rule.at and rule.at.anchor in cadence.dates for rule in self.book.events)

    def end(self, enrolment: Enrolment, reason: str) -> None:
        """End an enrolment; its touches that were not started are cancelled."""
        enrolment.state, enrolment.ended_at, enrolment.end_reason = "ended", self.unit.now, reason
        enrolment.resume_at = None
        for touch in leads.open_touches(self.unit.session, enrolment.lead_id):
            if touch.enrolment_id == enrolment.id and touch.state in {"waiting", "open"}:
                self.close(touch, "cancelled", reason)
        self.unit.session.flush()

    def close(self, touch: Touch, state: str, reason: str = "") -> None:
        """A touch is over."""
        touch.state, touch.closed_at, touch.close_reason = state, self.unit.now, reason

    # -- planning ----------------------------------------------------------------------------------

    def plan(
        self,
        sheet: LeadSheet,
        enrolment: Enrolment,
        *,
        not_before: datetime | None = None,
        depth: int = 0,
        known: Planned | None = None,
    ) -> Touch | None:
        """Plan the enrolment's next touch, or end it and enter what follows; ``known`` is the plan
        where it was made already."""
        cadence = self.cadence_of(enrolment)
        rep = self.rep_of(sheet)
        calendar = self.context.calendar(self.book, rep).of(cadence)
        found = known or self._next(sheet, enrolment, cadence, calendar)
        self._tell_skipped(sheet, found.skipped)
        if isinstance(found, Finished):
            self._finish(sheet, enrolment, found, depth)
            return None
        due, why = self.due_of(sheet, found, calendar)
        if not_before and due < not_before:
            due, more = clamp_to_window(not_before, sheet.facts(), calendar, found.step)
            why = (*why, *more)
        return self.touch_of(sheet, enrolment, found, due, why)

    def _next(
        self, sheet: LeadSheet, enrolment: Enrolment, cadence: Cadence, calendar: Calendar
    ) -> Planned | Finished:
        facts = sheet.facts(cadence=cadence.name, enrolment=enrolment)
        facts = replace(facts, calls_held=self.held_for_good(sheet))
        state = enrolment_state(enrolment, sheet.last_touches(), sheet.called(self.unit.now))
        return plan_next(cadence, state, facts, calendar, self.unit.now)

    def due_of(
        self, sheet: LeadSheet, found: Planned, calendar: Calendar
    ) -> tuple[datetime, tuple[str, ...]]:
        """When a planned touch is due, and what it was moved for: what the system does not send is
        work of the rep, in his hours."""
        if found.step.by is not By.SYSTEM or self._system_sends():
            return found.due, found.moved_because
        as_work = replace(found.step, by=By.REP)
        return clamp_to_window(found.due, sheet.facts(), calendar, as_work)

    def row_of(self, found: Planned, due: datetime, why: tuple[str, ...]) -> dict[str, Any]:
        """What the row of a planned touch says of its step, whoever's it is."""
        step = found.step
        return self.bare_row(
            step.channel,
            due,
            step_id=step.id,
            step_index=found.index,
            system=int(step.by is By.SYSTEM and self._system_sends()),
            title=step.title,
            template=template_of(step),
            moved_because=list(why),
        )

    def bare_row(self, channel: Channel, due: datetime, **said: Any) -> dict[str, Any]:
        """What every row of a touch says; ``said`` is its own."""
        return {
            "channel": channel.value,
            "call": int(channel == Channel.CALL),
            "due": due,
            "due_bm": self.business.minutes_at(due),
            "created_at": self.unit.now,
            **said,
        }

    def touch_of(
        self,
        sheet: LeadSheet,
        enrolment: Enrolment,
        found: Planned,
        due: datetime,
        why: tuple[str, ...],
    ) -> Touch:
        """The row of a planned touch, added and not flushed."""
        enrolment.next_step = found.index
        response = (
            self.unit.session.get(Response, enrolment.response_id)
            if enrolment.response_id
            else None
        )
        touch = self._touch(sheet, enrolment, self.row_of(found, due, why))
        if response and response.first_attempt_at is None and found.step.by is By.REP:
            self._first(sheet, touch, response, enrolment)
        return touch

    def _touch(
        self, sheet: LeadSheet, enrolment: Enrolment | None, said: Mapping[str, Any]
    ) -> Touch:
        """The row of a touch that waits, added and not flushed; ``said`` is what is its own."""
        touch = Touch(
            lead_id=sheet.id,
            enrolment_id=enrolment.id if enrolment and enrolment.state != "ended" else None,
            response_id=enrolment.response_id if enrolment else None,
            rep_id=sheet.lead.owner_id,
            cadence=enrolment.cadence if enrolment else "",
            **said,
        )
        sheet.add_touch(touch)
        return touch

    def _system_sends(self) -> bool:
        """Whether the floor sends its e-mails itself; else a system step is work of the rep."""
        return self.context.settings.mail.sends

    def _first(
        self, sheet: LeadSheet, touch: Touch, response: Response, enrolment: Enrolment
    ) -> None:
        """The first rep touch of a response carries its service level."""
        from leadtui.cadence.personas import sla_minutes

        facts = sheet.conditions(cadence=enrolment.cadence, enrolment=enrolment)
        minutes, from_planned = sla_minutes(self.book, facts, self.unit.now)
        asked = touch.due if from_planned else response.inquiry_at
        start = self.chances.first(self.place_of(sheet), asked) if touch.call else asked
        due_bm, why = self.runs(asked, start, minutes, sheet.zone)
        touch.moved_because = [*touch.moved_because, *why]
        touch.first, touch.sla_minutes, touch.sla_due_bm = 1, minutes, due_bm
        touch.inquiry_at = response.inquiry_at
        response.sla_minutes, response.sla_due = minutes, self.business.at(due_bm)

    def runs(
        self, asked: datetime, start: datetime, minutes: int, zone: str
    ) -> tuple[int, tuple[str, ...]]:
        """The business minute at which a service level ends that was asked for at one moment and
        runs from another, and why it does."""
        begins = self.business.minutes_at(start)
        if start is asked or begins <= self.business.minutes_at(asked):
            return begins + minutes, ()
        said = said_at(start, zone, self.unit.now)
        return begins + minutes, (f"{RUNS_FROM} {said}",)

    @cached_property
    def chances(self) -> Chances:
        """When somebody can first be called."""
        return Chances(self.business, table_of(self.book.calling))

    def place_of(self, sheet: LeadSheet) -> Place:
        """Where a lead may be, and by whose rules it is called."""
        phone = next(iter(sheet.usable_phones()), None)
        facts = dial_facts(sheet, phone.number if phone else "", self.unit.now, quiet=True)
        address = facts.country, facts.region
        number = facts.number_country, facts.number_region
        return table_of(self.book.calling).place(facts.zones, address, number)

    def order(
        self,
        sheet: LeadSheet,
        effect: Effect,
        enrolment: Enrolment | None,
        source: Touch | None,
        kind: str,
    ) -> Touch:
        """A touch that an outcome ordered, outside the cadence's own steps."""
        channel = effect.channel or Channel.CALL
        due = effect.due or self.unit.now
        said = self.bare_row(
            channel,
            due,
            step_id=source.step_id if source and kind == "retry" else "",
            step_index=source.step_index if source and kind == "retry" else -1,
            title=effect.title or (source.title if source else channel.value),
            template=source.template if source and source.channel == channel.value else "",
            promised=int(effect.promised),
            kind=kind,
        )
        return self._touch(sheet, enrolment, said)

    def held_for_good(self, sheet: LeadSheet) -> str:
        """The rule that waiting does not lift, once somebody was asked to lift it."""
        phone = next(iter(sheet.usable_phones()), None)
        rule = self.front.lasting(sheet, phone.number) if phone else ""
        asked = rule and leads.was_asked(self.unit.session, sheet.id, lift_title(rule))
        return rule if asked else ""

    def data_fix(self, sheet: LeadSheet, title: str) -> None:
        """A task to mend a lead's data; one of a title at a time."""
        if any(touch.kind == FIX and touch.title == title for touch in sheet.open_touches()):
            return
        self._touch(sheet, None, self.fix_row(title))

    def fix_row(self, title: str) -> dict[str, Any]:
        """What the row of a task to mend a lead's data says, whoever's it is."""
        return self.bare_row(Channel.TASK, self.unit.now, title=title, kind=FIX)

    def _finish(self, sheet: LeadSheet, enrolment: Enrolment, found: Finished, depth: int) -> None:
        self.end(enrolment, found.reason)
        leads.add_event(
            self.unit, sheet.id, "cadence.ended", code=enrolment.cadence, note=found.reason
        )
        if found.exit.close:
            self.close_lead(sheet, found.exit.close)
            return
        if depth >= MAX_EXITS:
            return
        for name in found.exit.cadences:
            self.enrol(sheet, name, self.unit.now, depth=depth + 1)

    def _tell_skipped(self, sheet: LeadSheet, skipped: tuple[tuple[str, str], ...]) -> None:
        for step_id, reason in skipped:
            leads.add_event(self.unit, sheet.id, SKIPPED, code=step_id, note=reason)
        if skipped:
            asked = [touch.title for touch in sheet.open_touches() if touch.kind == FIX]
            for title in fixes_of(skipped, asked, has_numbers=bool(sheet.phones)):
                self.data_fix(sheet, title)

    def close_lead(self, sheet: LeadSheet, reason: str) -> None:
        """Close a lead with its reason; nothing of it stays planned."""
        for enrolment in leads.live_enrolments(self.unit.session, sheet.id):
            self.end(enrolment, "closed")
        for touch in leads.open_touches(self.unit.session, sheet.id):
            if touch.state != "started":
                self.close(touch, "cancelled", "lead closed")
        sheet.lead.status, sheet.lead.closed_reason, sheet.lead.updated_at = (
            "closed",
            reason,
            self.unit.now,
        )
        leads.add_event(self.unit, sheet.id, "lead.closed", note=reason)

    def advance(self, sheet: LeadSheet, touch: Touch, state: str = "done") -> None:
        """A touch is over: its enrolment goes on to the next step."""
        self.close(touch, state)
        if touch.kind == "reply":
            self._answered(sheet)
        enrolment = (
            self.unit.session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
        )
        if enrolment is None or enrolment.state == "ended":
            return
        enrolment.previous_at = self.unit.now
        if touch.kind in {"step", "retry"} and touch.step_index == enrolment.next_step:
            enrolment.next_step += 1
        elif touch.kind in {"callback", "next_action", "retry"}:
            enrolment.ordered_by = ""
        if enrolment.state == "paused" and touch.kind in {"callback", "next_action", "reply"}:
            self.resume(enrolment)
        if enrolment.state == "active" and not self._has_step(enrolment):
            self.unit.session.flush()
            self.plan(sheet, enrolment)

    def _answered(self, sheet: LeadSheet) -> None:
        """A reply was answered: the cadences that waited for that go on, at their own distance from
        the answer and not on its day."""
        tomorrow = add_span(self.unit.now, Span(1, Unit.BUSINESS_DAYS), sheet.zone, weekday)
        for enrolment in leads.live_enrolments(self.unit.session, sheet.id):
            if enrolment.state == "paused" and enrolment.pause_reason == "reply":
                enrolment.previous_at = self.unit.now
                if self.resume(enrolment):
                    self.go_on(sheet, enrolment, not_before=tomorrow)

    def go_on(
        self, sheet: LeadSheet, enrolment: Enrolment, *, not_before: datetime | None = None
    ) -> None:
        """Plan the next step of an enrolment that has none, unless something an outcome ordered
        comes first."""
        self.unit.session.flush()
        found = [
            touch
            for touch in leads.open_touches(self.unit.session, sheet.id)
            if touch.enrolment_id == enrolment.id
        ]
        if not any(touch.kind in {"callback", "next_action", "step", "retry"} for touch in found):
            enrolment.ordered_by, enrolment.retries = "", 0
            self.plan(sheet, enrolment, not_before=not_before)

    def _has_step(self, enrolment: Enrolment) -> bool:
        return any(
            touch.enrolment_id == enrolment.id and touch.kind in {"step", "retry"}
            for touch in leads.open_touches(self.unit.session, enrolment.lead_id)
        )

    def pause(self, enrolment: Enrolment, reason: str, until: datetime | None) -> None:
        """Stop an enrolment for a while; what remains of it is kept."""
        enrolment.state, enrolment.pause_reason, enrolment.resume_at = "paused", reason, until
        enrolment.paused_at = self.unit.now
        for touch in leads.open_touches(self.unit.session, enrolment.lead_id):
            cadence_own = touch.enrolment_id == enrolment.id and touch.kind in {"step", "retry"}
            if cadence_own and touch.state in {"waiting", "open"}:
                self.close(touch, "cancelled", "paused")
        self.unit.session.flush()

    def stop_calls(self, sheet: LeadSheet) -> None:
        """Pass over the planned calls of a lead that has no number left to call; what its cadences
        hold besides goes on."""
        if sheet.usable_phones() and not sheet.lead.calls_opt_out:
            return
        stopped = set()
        for touch in leads.open_touches(self.unit.session, sheet.id):
            if touch.call and touch.state in {"waiting", "open"}:
                self.close(touch, "cancelled", "no number may be called")
                stopped.add(touch.enrolment_id)
        self.unit.session.flush()
        for enrolment in leads.live_enrolments(self.unit.session, sheet.id):
            if enrolment.id not in stopped or enrolment.state == "ended":
                continue
            enrolment.ordered_by, enrolment.retries = "", 0
            if self.resume(enrolment) and not self._has_step(enrolment):
                self.plan(sheet, enrolment)

    def resume(self, enrolment: Enrolment) -> bool:
        """Go on with a paused enrolment; while its lead is out of office it waits on, and the
        answer is no."""
        lead = self.unit.session.get(Lead, enrolment.lead_id)
        said = lead.dates.get(AWAY) if lead is not None else None
        back = datetime.fromisoformat(said) if said else self.unit.now
        if back > self.unit.now:
            enrolment.pause_reason, enrolment.resume_at = OUT_OF_OFFICE, back
            return False
        enrolment.state, enrolment.pause_reason, enrolment.resume_at, enrolment.paused_at = (
            "active",
            "",
            None,
            None,
        )
        return True

    def is_there(self, sheet: LeadSheet) -> None:
        """Somebody talked to the lead, or it came in again: whatever its absence said, it is over.

        What waits for the day of its return goes on then; what comes next does not wait."""
        if AWAY in sheet.lead.dates:
            sheet.lead.dates = {k: at for k, at in sheet.lead.dates.items() if k != AWAY}

    def welcome(self, sheet: LeadSheet, channel: Channel) -> None:
        """Calls or e-mails may come again: those that were passed over, and whose time is still to
        come, are planned. Those whose time went by stay passed over."""
        for enrolment in leads.live_enrolments(self.unit.session, sheet.id):
            own = leads.touches_of(self.unit.session, int(enrolment.id or 0))
            to_come = self._to_come(sheet, enrolment, channel, own)
            if not to_come or any(touch.state == "started" for touch in own):
                continue
            cadence, first = self.cadence_of(enrolment), min(to_come)
            others = {n for n in range(first, enrolment.next_step) if n not in to_come}
            gone = {cadence.steps[n].id for n in others} | set(enrolment.passed.split())
            enrolment.next_step, enrolment.passed = first, " ".join(sorted(gone))
            if enrolment.state != "active":
                continue
            for touch in own:
                if touch.kind == "step" and touch.state in {"waiting", "open"}:
                    self.close(touch, "cancelled", "planned anew")
            self.unit.session.flush()
            if not self._has_step(enrolment):
                self.plan(sheet, enrolment)

    def _to_come(
        self, sheet: LeadSheet, enrolment: Enrolment, channel: Channel, own: list[Touch]
    ) -> list[int]:
        """The steps of a channel that were passed over before their time, which is not yet over."""
        cadence = self.cadence_of(enrolment)
        calendar = self.context.calendar(self.book, self.rep_of(sheet)).of(cadence)
        facts = sheet.facts(cadence=cadence.name, enrolment=enrolment)
        been = set(enrolment.passed.split()) | {
            touch.step_id
            for touch in own
            if touch.state in {"done", "skipped"} or touch.close_reason == BY_HAND
        }
        then, found = enrolment.previous_at or enrolment.anchor, []
        for index, step in enumerate(cadence.steps[: enrolment.next_step]):
            if step.channel is not channel or step.id in been:
                continue
            state = replace(enrolment_state(enrolment, {}), next_step=index, passed=frozenset())
            plan = plan_next(cadence, state, facts, calendar, then)
            if isinstance(plan, Planned) and plan.index == index and plan.due > self.unit.now:
                found.append(index)
        return found

    # -- the front ---------------------------------------------------------------------------------

    @cached_property
    def front(self) -> Front:
        """Which touch of a lead stands at its front, and what the queue ranks it by."""
        return Front(self)

    def settle(self, sheet: LeadSheet) -> Touch | None:
        """Put the right touch of a lead at its front; see ``Front.settle``."""
        return self.front.settle(sheet)

    def settle_known(self, sheet: LeadSheet) -> Touch | None:
        """The same, with one writing less; see ``Front.settle_known``."""
        return self.front.settle_known(sheet)


def template_of(step: Step) -> str:
    """The id of the text a step works with: its e-mail, script or letter."""
    return step.email or step.script or step.letter
