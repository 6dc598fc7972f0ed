"""The call block's queue: its order, its lines, what is held and why a touch stands where it
does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.gate.calling import class_state
from leadtui.cadence.gate.timetable import ClassPlace, Timetable, work_out
from leadtui.cadence.model import CallingPolicy
from leadtui.cadence.ranking import NO_PART, TIERS, RankFacts, priority
from leadtui.clock import hour
from leadtui.desk.calls.lines import header_view, queue_row
from leadtui.desk.core.context import Context
from leadtui.desk.core.views import Counts, Header, HeldRow, Page, QueueRow, RankPart, RankView
from leadtui.desk.core.words import channel_word, city_of
from leadtui.desk.planning.front import STAGE_WEIGHTS
from leadtui.errors import NotFound
from leadtui.store import call_block, floor, hopper, leads, queue
from leadtui.store.engine.bare import Look
from leadtui.store.engine.tables import CallingClass, Touch
from leadtui.store.engine.types import from_micros

DAYS = 2
"""How far ahead a timetable is worked out."""
STAGE_OF = {weight: word for word, weight in STAGE_WEIGHTS.items()}


class Queueing:
    """Reads of the queue for the rep who is logged in (or, for a supervisor, another)."""

    def __init__(self, context: Context, rep_id: int | None = None) -> None:
        self.context = context
        self.rep_id = rep_id or context.identity.id
        self._lock = threading.Lock()
        self._known: tuple[str, Timetable] | None = None
        self._places: tuple[Timetable, int, queue.Places] | None = None
        self._later: tuple[tuple[int, int, datetime], tuple[int, ...]] | None = None

    # -- the moment --------------------------------------------------------------------------------

    def moment(self, look: Look, now: datetime) -> queue.Moment:
        """What is fixed for one refresh."""
        table = self.timetable(look, now)
        return queue.Moment(
            rep_id=self.rep_id,
            now=now,
            now_bm=table.minutes_at(now),
            end_of_day=self.context.end_of_day(now),
            places=self._places_at(table, now),
        )

    def timetable(self, look: Look, now: datetime) -> Timetable:
        """Business time and calling windows, worked out anew for another playbook, another day or a
        new class."""
        version, last = queue.ground(look)
        with self._lock:
            if self._known and self._known[0] == version:
                table = self._known[1]
                if table.last_class == last and table.covers(now):
                    return table
            with self.context.store.read() as session:
                table = self.work_out(session, now, DAYS)
            self._known = (version, table)
            return table

    def know(self, version: str, table: Timetable) -> None:
        """Use a timetable that was worked out before, for this playbook version."""
        with self._lock:
            self._known = self._known or (version, table)

    def work_out(self, session: Any, now: datetime, days: int) -> Timetable:
        """The timetable of all calling classes for so many days."""
        book = self.context.playbook(session)
        places = (
            ClassPlace(
                int(row.id or 0),
                tuple(row.zones),
                row.country,
                row.region,
                row.number_country,
                row.number_region,
            )
            for row in queue.calling_classes(session)
        )
        start = now.replace(second=0, microsecond=0) - timedelta(hours=1)
        return work_out(book.calling, self.context.business_clock(book), places, start, days)

    def _places_at(self, table: Timetable, now: datetime) -> queue.Places:
        """Where may be called now; it changes by the minute."""
        minute = int(now.timestamp()) // 60
        with self._lock:
            if self._places is None or self._places[0] is not table or self._places[1] != minute:
                self._places = (table, minute, queue.Places(*table.places_at(now)))
            return self._places[2]

    # -- order and lines ---------------------------------------------------------------------------

    def first_page(self, limit: int = 60) -> Page:
        """The first touches of the order, at once."""
        with self.context.store.glance() as look:
            ids = self._first(look, self.moment(look, self.context.now()), limit)
        return Page(ids, len(ids) >= limit)

    @staticmethod
    def _first(look: Look, moment: queue.Moment, limit: int) -> tuple[int, ...]:
        due = queue.due(look, moment, limit)
        rest = queue.later(look, moment, limit - len(due)) if len(due) < limit else []
        return (*due, *(touch_id for touch_id, _ in rest))

    def order(self, chunk: int = 20_000) -> Page:
        """Every touch id in order: what is due by the end of the day ranked, the rest by due and
        id."""
        now = self.context.now()
        with self.context.store.read() as session:
            moment = self.moment(session, now)
            due = queue.due(session, moment, 1 << 40)
            tail = self._tail(session, moment, chunk)
        return Page((*due, *tail), more=False)

    def _tail(self, session: Any, moment: queue.Moment, chunk: int) -> tuple[int, ...]:
        """The ids behind today, read again where somebody has written since: they do not move by
        themselves."""
        state = (floor.count_log(session), queue.counts(session, moment)[2], moment.end_of_day)
        known = self._later
        if known is not None and known[0] == state:
            return known[1]
        ids: list[int] = []
        after = None
        while page := queue.later(session, moment, chunk, after):
            ids.extend(touch_id for touch_id, _ in page)
            after = (page[-1][1], page[-1][0])
        found = tuple(ids)
        self._later = (state, found)
        return found

    def rows(self, ids: Sequence[int]) -> tuple[QueueRow, ...]:
        """The lines of these touches, in their order; touches that are gone are left out."""
        with self.context.store.glance() as look:
            return self._lines(look, self.moment(look, self.context.now()), ids)

    def top(self, limit: int = 60) -> tuple[QueueRow, ...]:
        """The first lines of the order, in one look."""
        with self.context.store.glance() as look:
            moment = self.moment(look, self.context.now())
            return self._lines(look, moment, self._first(look, moment, limit))

    @staticmethod
    def _lines(look: Look, moment: queue.Moment, ids: Sequence[int]) -> tuple[QueueRow, ...]:
        found = queue.rows(look, moment, ids)
        now, now_bm, today = moment.now, moment.now_bm, moment.end_of_day
        lines = [found[touch_id] for touch_id in ids if touch_id in found]
        return tuple([queue_row(row, row[-1], now, now_bm, today) for row in lines])

    def counts(self) -> Counts:
        """How many touches are due, held and later, and how many leads are nobody's."""
        now = self.context.now()
        with self.context.store.read() as session:
            found = queue.counts(session, self.moment(session, now))
            return Counts(*found, hopper=hopper.count(session, Counts.MOST))

    def header(self) -> Header:
        """The line above everything."""
        now, context = self.context.now(), self.context
        since = context.start_of_day(now)
        with context.store.read() as session:
            calls, contacts = call_block.calls_today(session, self.rep_id, since)
            within, every = call_block.first_touch_sla(session, self.rep_id, since, now)
            target = context.playbook(session).floor.calls_a_day
        return header_view(context, now, (calls, contacts), (within, every), target)

    def held(self) -> tuple[HeldRow, ...]:
        """What is due and cannot be done now: by which rule, and from when it can."""
        now = self.context.now()
        with self.context.store.read() as session:
            moment = self.moment(session, now)
            ids = queue.held(session, moment)
            found = queue.rows(session, moment, ids)
            policy = self.context.playbook(session).calling
            classes = {int(row.id or 0): row for row in queue.calling_classes(session)}
            return tuple(
                _held(found[touch_id], classes, policy, now)
                for touch_id in ids
                if touch_id in found
            )

    def search(self, words: str) -> tuple[QueueRow, ...]:
        """Open touches of leads that match by name, company, e-mail or digits of a number."""
        if not words.strip():
            return ()
        with self.context.store.read() as session:
            ids = [
                int(touch.id or 0)
                for lead in leads.find(session, words)
                for touch in leads.open_touches(session, int(lead.id or 0))
                if touch.state in {"open", "started"} and touch.rep_id == self.rep_id
            ]
        return self.rows(ids)

    def rank(self, session: Any, touch_id: int, now: datetime) -> int | None:
        """The place of a touch among what is due (1 = first); ``None`` where it is not due or
        held."""
        return queue.rank_of(queue.due(session, self.moment(session, now), 5_000), touch_id)

    def explain(self, touch_id: int) -> RankView:
        """Why a touch stands where it does: the same arithmetic, term by term."""
        now = self.context.now()
        with self.context.store.read() as session:
            touch = session.get(Touch, touch_id)
            if touch is None:
                raise NotFound(f"there is no touch {touch_id}")
            moment = self.moment(session, now)
            found = priority(rank_facts(touch, moment), now)
            place = queue.rank_of(queue.due(session, moment, 100_000), touch_id)
        return RankView(
            touch_id=touch_id,
            rank=place or 0,
            tier=found.tier,
            tier_words=TIERS[found.tier],
            priority=found.p,
            parts=tuple(RankPart(name, value, words) for name, value, words in found.parts),
        )


def rank_facts(touch: Touch, moment: queue.Moment) -> RankFacts:
    """What the formula reads, of one touch at one moment."""
    at = touch.calling_class_id if touch.call else None
    places, width = moment.places, queue.CLOSES_WIDTH
    closes = int(places.closes[at * width : at * width + width]) if at is not None else 9999
    by_agreement = touch.first and touch.sla_due_bm is not None
    return RankFacts(
        promised=bool(touch.promised),
        first=bool(touch.first),
        sla_minutes=touch.sla_minutes or 0,
        inquiry_at=touch.inquiry_at,
        due=touch.due,
        # A first touch is late when its service level is over, not when it was planned.
        due_bm=(touch.sla_due_bm or 0) if by_agreement else touch.due_bm,
        sla_due_bm=touch.sla_due_bm or 0,
        now_bm=moment.now_bm,
        end_of_day=moment.end_of_day,
        fit=touch.fit,
        closes_minutes=closes if closes < 9999 else -1,
        stage=STAGE_OF[touch.stage_weight],
        parts_tried=touch.parts_tried,
        part=int(places.parts[at]) if at is not None else NO_PART,
    )


def _held(
    row: Any, classes: dict[int, CallingClass], policy: CallingPolicy, now: datetime
) -> HeldRow:
    touch_id, lead_id, name, _, company, channel, *_ = row
    held_until, held_rule, class_id = row[14:17]
    rule, message, allowed, local = held_rule, held_rule, None, ""
    found = None
    if class_id is not None and (place := classes.get(class_id)):
        found = class_state(
            tuple(place.zones),
            place.country,
            place.region,
            place.number_country,
            place.number_region,
            policy,
            now,
        )
        zone = place.zones[0] if place.zones else ""
        local = f"{hour(now.astimezone(_zone(zone)))} {city_of(zone)}" if zone else "zone unknown"
    if held_until is not None and from_micros(held_until) > now:
        until = from_micros(held_until)
        allowed = until if until.year < 9999 else None
    elif found is not None:
        rule, message, allowed = found.rule, found.rule, found.next_allowed
    return HeldRow(
        touch_id=touch_id,
        lead_id=lead_id,
        name=name,
        company=company,
        action=channel_word(channel),
        due=from_micros(row[8]),
        rule=rule,
        message=message,
        next_allowed=allowed,
        local=local,
    )


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
