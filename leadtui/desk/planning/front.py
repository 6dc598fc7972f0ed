"""The front of a lead: which of its touches stands in the queue, and the facts the queue ranks and
holds it by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leadtui.cadence.calendar import add_span, local_to_utc, zone_info
from leadtui.cadence.gate.calling import standing_block
from leadtui.cadence.model import CallFacts, Channel
from leadtui.cadence.pace import free_again
from leadtui.cadence.schedule import Calendar, clamp_to_window
from leadtui.cadence.site import Site
from leadtui.desk.core.facts import FOREVER, LeadSheet, dial_facts
from leadtui.desk.planning.ground import Ground, weekday
from leadtui.desk.planning.mending import FIX
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Rep, Touch
from leadtui.store.engine.unit_of_work import Unit

PROMISE_AHEAD = timedelta(hours=24)
"""So long before its time a promise comes to the front and the lead's other touches wait behind
it."""

FIX_FIRST = timedelta(days=1)
"""So long a task to mend a lead's data comes before what is due."""

SENDING = timedelta(hours=1)
"""So long a system step is given to be sent, and that is before the promise it comes before."""

NO_NUMBER = "no number may be called"
"""What waiting does not lift either, as the held list says it."""

NOT_CALLED = (None, None, "")
"""The calling class of what is no call, and what holds it."""

STAGE_WEIGHTS = {"callback": 100, "engaged": 70, "new": 60, "attempted": 40, "nurture": 10}


@dataclass
class Front:
    """Chooses and ranks within one transaction."""

    ground: Ground
    _classes: dict[tuple[tuple[str, ...], tuple[str, str, str, str]], int] = field(
        default_factory=dict
    )

    @property
    def unit(self) -> Unit:
        """The transaction."""
        return self.ground.unit

    def settle(self, sheet: LeadSheet) -> Touch | None:
        """Put the right touch of a lead at its front: a started one, else a promise that is near,
        else the earliest.

        A lead that is open and has nothing left becomes a question to the supervisor, due in a
        business day."""
        self.unit.session.flush()
        return self._put(sheet, leads.open_touches(self.unit.session, sheet.id))

    def settle_known(self, sheet: LeadSheet) -> Touch | None:
        """The same where every change of its touches went through this sheet: nothing is read
        again, and what can wait is written with the entry."""
        return self._put(sheet, sheet.open_touches())

    def _put(self, sheet: LeadSheet, found: list[Touch]) -> Touch | None:
        started = min(
            (t for t in found if t.state == "started"),
            key=lambda t: t.kind == "inbound",
            default=None,
        )
        others = [touch for touch in found if touch.state != "started"]
        front = started or first_of(others, self.unit.now)
        for touch in others:
            if touch is not front and touch.state == "open":
                touch.state = "waiting"
        if front is None:
            self.unit.session.flush()
            self._ask_supervisor(sheet)
            return None
        if front.id is not None:
            # The front that was has to leave before another takes its place; a new touch is
            # written behind all that are changed.
            self.unit.session.flush()
        with self.unit.session.no_autoflush:
            if front.state == "waiting":
                self._keep_apart(sheet, front)
                front.state = "open"
            self.rank_facts(sheet, front)
        return front

    def _keep_apart(self, sheet: LeadSheet, touch: Touch) -> None:
        """A step that waited behind another comes no closer to it than its cadence's gap; an e-mail
        comes on another day."""
        if touch.promised or touch.kind != "step" or touch.enrolment_id is None:
            return
        enrolment = self.unit.session.get(Enrolment, touch.enrolment_id)
        last = sheet.last_touches().get(touch.channel)
        if enrolment is None or last is None:
            return
        cadence = self.ground.cadence_of(enrolment)
        gap = cadence.min_gap.get(Channel(touch.channel))
        step = (
            cadence.steps[touch.step_index] if 0 <= touch.step_index < len(cadence.steps) else None
        )
        if gap is None or step is None:
            return
        earliest = add_span(last, gap, sheet.zone, weekday)
        if touch.call:
            earliest = max(earliest, self._free_again(sheet, touch, earliest))
        if touch.channel == Channel.EMAIL:
            earliest = max(earliest, _next_day(last, touch.due, sheet.zone))
        if enrolment.previous_at == last or touch.due >= earliest:
            return
        calendar = self._calendar_of(sheet)
        touch.due, why = clamp_to_window(earliest, sheet.facts(), calendar, step)
        touch.due_bm = self.ground.business.minutes_at(touch.due)
        touch.moved_because = [*touch.moved_because, "kept apart from the last touch", *why]

    def _free_again(self, sheet: LeadSheet, touch: Touch, at: datetime) -> datetime:
        """When a call keeps the limit of attempts: those that other cadences made count too."""
        most = Site(sheet.facts(), self._calendar_of(sheet)).most_calls(touch.due)
        return free_again(sheet.called(self.unit.now), most) or at

    def _calendar_of(self, sheet: LeadSheet) -> Calendar:
        return self.ground.context.calendar(self.ground.book, self.ground.rep_of(sheet))

    def _ask_supervisor(self, sheet: LeadSheet) -> None:
        session = self.unit.session
        if sheet.lead.status != "open" or leads.open_matters(session, sheet.id):
            return
        if any(
            e.state == "paused" and e.resume_at for e in leads.live_enrolments(session, sheet.id)
        ):
            return
        self.ground.put_before("no_next_step", sheet.id)
        session.flush()

    def rank_facts(self, sheet: LeadSheet, touch: Touch) -> None:
        """What the queue ranks and holds by, kept with the touch at the front."""
        lead = sheet.lead
        if (
            touch.state != "started"
        ):  # whoever started it answers for it, whoever owns the lead by now
            touch.rep_id = self.worker(lead.owner_id, touch)
        touch.fit = lead.fit
        enrolment = (
            self.unit.session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
        )
        touch.stage_weight = self.stage_weight(touch, enrolment)
        touch.parts_tried = enrolment.parts_tried if enrolment else 0
        touch.calling_class_id, touch.held_until, touch.held_rule = (
            self.calling(sheet, promised=bool(touch.promised)) if touch.call else NOT_CALLED
        )

    def calling(
        self, sheet: LeadSheet, *, promised: bool = False, quiet: bool = False
    ) -> tuple[int | None, datetime | None, str]:
        """The calling class of a lead, and until when and by which rule it alone cannot be called;
        a ``quiet`` one's number is known not to have been dialed lately."""
        phone = next(iter(sheet.usable_phones()), None)
        number = phone.number if phone else ""
        facts = dial_facts(sheet, number, self.unit.now, promised=promised, quiet=quiet)
        place = (facts.country, facts.region, facts.number_country, facts.number_region)
        return self._class_of(facts.zones, place), *self.hold(facts)

    def worker(self, owner_id: int | None, touch: Touch) -> int | None:
        """Who does a touch: the lead's owner, or while he is away whoever covers for him."""
        owner = self.unit.session.get(Rep, owner_id) if owner_id else None
        if owner is None or owner.cover_id is None or touch.system:
            return owner_id
        cover = self.cover_of(owner, max(touch.due, self.unit.now))
        return owner_id if cover is None else cover.id

    def cover_of(self, owner: Rep, at: datetime) -> Rep | None:
        """Who is there for somebody who is away at a time: his cover, or while that one is away too
        whoever covers for the cover; ``None`` where nobody is."""
        asked, found = {owner.id}, owner
        while _is_away(found, at, self.unit.now):
            cover = self.unit.session.get(Rep, found.cover_id) if found.cover_id else None
            if cover is None or cover.id in asked:
                return None
            asked.add(cover.id)
            found = cover
        return None if found is owner else found

    def _class_of(self, zones: tuple[str, ...], place: tuple[str, str, str, str]) -> int:
        known = self._classes.get((zones, place))
        if known is None:
            known = self._classes[zones, place] = leads.class_of(self.unit, zones, place)
        return known

    def stage_weight(self, touch: Touch, enrolment: Enrolment | None) -> int:
        """How far a lead has come, as the queue weighs it."""
        return STAGE_WEIGHTS[self._stage_word(touch, enrolment)]

    def _stage_word(self, touch: Touch, enrolment: Enrolment | None) -> str:
        if touch.promised:
            return "callback"
        if enrolment is None:
            return "engaged" if touch.kind in {"reply", "next_action", "inbound"} else "attempted"
        if enrolment.contacts:
            return "engaged"
        if self.ground.cadence_of(enrolment).stage == "nurture":
            return "nurture"
        return "attempted" if enrolment.attempts else "new"

    def lasting(self, sheet: LeadSheet, number: str) -> str:
        """The rule that blocks every call to a number until somebody does something about it; else
        ``""``."""
        facts = dial_facts(sheet, number, self.unit.now, quiet=True)
        until, rule = self.hold(facts)
        return rule if until == FOREVER else ""

    def hold(self, facts: CallFacts) -> tuple[datetime | None, str]:
        """Until when, and by which rule, this lead alone cannot be called; place and time are the
        class's matter."""
        if not facts.number:
            return FOREVER, NO_NUMBER
        rule, until = standing_block(facts, self.ground.book.calling, self.unit.now)
        return (until or FOREVER if rule else None), rule


def _is_away(rep: Rep, at: datetime, now: datetime) -> bool:
    return rep.away_until is not None and (rep.away_from or now) <= at <= rep.away_until


def _next_day(last: datetime, due: datetime, zone: str) -> datetime:
    """The clock time of ``due`` on the local day after ``last``."""
    day, clock = last.astimezone(zone_info(zone)).date(), due.astimezone(zone_info(zone)).time()
    return local_to_utc(datetime.combine(day + timedelta(days=1), clock), zone)


def first_of(touches: Iterable[Touch], now: datetime) -> Touch | None:
    """The touch to put at the front, of those that are not started: a promise that is near, else
    the earliest, and of two the one that stands first.

    What the system sends well before the promised time holds nobody up and goes first; a task to
    mend data that has stood for a day lets everything by that is due."""
    planned = list(touches)
    due = any(touch.kind != FIX and touch.due <= now for touch in planned)

    def yields(touch: Touch) -> bool:
        return due and touch.kind == FIX and touch.due <= now - FIX_FIRST

    near = min(
        (t.due for t in planned if t.promised and t.due <= now + PROMISE_AHEAD), default=None
    )

    def waits(touch: Touch) -> bool:
        if near is None or touch.promised:
            return near is not None and touch.due > now + PROMISE_AHEAD
        return not (touch.system and now - SENDING < touch.due < near - SENDING)

    return min(planned, key=lambda touch: (waits(touch), yields(touch), touch.due), default=None)
