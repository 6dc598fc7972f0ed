"""Many new leads planned at once: what the playbook says of a lead is asked once for all that are
of a kind.

A kind is everything that an answer depends on: for the score and the cadence the facts that some
condition of the playbook asks about, for the first touch the cadence, the place and what the lead
can be reached by. Whatever is a lead's own (who has it, when it came in) is worked out for each.
The answers themselves are those of the slower way, which plans one lead: asked of the first of a
kind, and kept for the others until the transaction ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, cast

from leadtui.cadence.conditions import FIELDS, fields_of
from leadtui.cadence.gate.calling import number_region, possible_zones, zones_of_number
from leadtui.cadence.gate.windows import Place
from leadtui.cadence.model import By, Condition, EnrolmentState, Finished, Playbook
from leadtui.cadence.personas import choose_cadence, persona_of, sla_minutes
from leadtui.cadence.qualification import from_form
from leadtui.cadence.schedule import Calendar, plan_next
from leadtui.cadence.scoring import HIGHEST, LEVELS, is_fading
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.dates import STALE, rules_due
from leadtui.desk.planning.front import first_of
from leadtui.desk.planning.mending import fixes_of
from leadtui.desk.planning.planning import AWAY, Planning
from leadtui.desk.planning.scoring import rescore
from leadtui.store.engine.tables import Touch
from leadtui.store.engine.twins import twin
from leadtui.store.engine.types import dump_json

_LEAD: Mapping[str, str] = {
    "persona": "persona",
    "title": "title_key",
    "country": "country",
    "region": "region_key",
    "city": "city_key",
    "language": "language",
    "stage": "stage",
    "consent": "calls_consent",
    "created_at": "created_at",
    "last_contact_at": "last_contact_at",
}
_COMPANY: Mapping[str, str] = {
    "company": "name_key",
    "industry": "industry_key",
    "employees": "employees",
    "revenue": "revenue_minor",
    "existing_customer": "existing_customer",
}
_RESPONSE: Mapping[str, str] = {
    "offer": "offer",
    "source": "source_key",
    "event": "event_key",
    "rating": "rating",
}
"""What a condition asks about -> the column that tells it."""
_scored = attrgetter("fit", "engagement", "warm_at", "half_life")
_POINTS = frozenset(("score", "engagement"))
_MICROSECOND = timedelta(microseconds=1)
_NOTHING = object()
_BARE = {"promised": 0, "system": 0, "kind": "step"}
"""What a touch is that does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What decides about a call besides the lead's wishes: class, hold, and where it may be."""

    calling: tuple[int | None, datetime | None, str]
    place: Place


@dataclass(frozen=True, slots=True)
class First:
    """The first touches of a kind of leads, as rows without what is each lead's own."""

    index: int
    """The step of the cadence."""
    step: dict[str, Any]
    level: bool
    """Whether the step carries the response's service level."""
    fixes: tuple[dict[str, Any], ...]
    """Tasks to mend the lead's data, which stand before it."""
    front: int
    """Which of these stands in front, the step after the fixes."""
    weight: int
    """How the queue weighs the stage of the one in front."""
    skipped: tuple[tuple[str, str], ...]
    dates: dict[str, str]
    """The named dates of the lead, as they are from now on."""
    rules: tuple[dict[str, Any], ...]
    """Dated rules that follow from these, as rows."""


class Asked:
    """What the conditions of a playbook ask about, as far as they decide over a first touch."""

    def __init__(self, book: Playbook) -> None:
        fading = _fields(rule.when for rule in book.scoring if is_fading(rule))
        lasting = _fields(rule.when for rule in book.scoring if not is_fading(rule))
        rules = lasting | _fields(rule.when for rule in book.tree)
        rules |= _fields(rule.when for rule in book.sla)
        self._steps = {
            name: _fields(step.when for step in one.steps) for name, one in book.cadences.items()
        }
        asked = frozenset().union(fading, rules, *self._steps.values())
        # What a lead did is judged as of the moment at which it did it: against that moment its own
        # date is always the same, but no other date is, and no points are.
        dates = {name for name in fading if FIELDS.get(name) == "date"} - {"inquiry_at"}
        moved = any(FIELDS.get(name) == "date" or name in _POINTS for name in lasting)
        self.scored_by_dates = bool(dates) or moved
        exact = dates or "inquiry_at" in rules or _POINTS & fading
        own = [_RESPONSE[name] for name in _RESPONSE.keys() & asked]
        self._lead = _getter(_LEAD[name] for name in _LEAD.keys() & asked)
        self._response = _getter([*own, "inquiry_at"] if exact else own)
        self._company = _getter(_COMPANY[name] for name in _COMPANY.keys() & asked)

    def of(self, sheet: LeadSheet) -> Hashable:
        """The facts of a lead that some condition asks about."""
        qualified = sheet.lead.qualification
        company = sheet.company
        return (
            self._lead(sheet.lead),
            self._response(sheet.responses[0]),
            None if company is None else self._company(company),
            tuple((key, given.get("answer")) for key, given in sorted(qualified.items())),
        )

    def by_steps(self, cadence: str, sheet: LeadSheet) -> Hashable:
        """The same, where a step of a cadence asks anything."""
        steps = self._steps[cadence]
        if not steps:
            return None
        at = sheet.responses[0].inquiry_at if "inquiry_at" in steps else None
        return self.of(sheet), sheet.lead.fit, at


class Points:
    """What a lead's interest is worth, as a function of time that remembers when it was asked.

    Interest falls from minute to minute, and each lead's began at another one. What an answer
    depends on is what it was worth at the few moments that a condition asked about."""

    def __init__(self, worth: Callable[[datetime], int]) -> None:
        self._worth = worth
        self.asked: list[tuple[datetime, int]] = []

    def __call__(self, at: datetime) -> int:
        """The points without the fit."""
        points = self._worth(at)
        self.asked.append((at, points))
        return points


class _Fork:
    """An answer that depends on the points of a moment."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.ways: dict[int, Any] = {}


Lasting = dict[str, dict[Hashable, Any]]
"""Playbook -> the answers of it that no moment changes."""


class Kinds:
    """The answers of one transaction."""

    def __init__(self, planning: Planning, lasting: Lasting) -> None:
        """``lasting`` keeps what does not depend on the moment from one transaction to the next."""
        self.planning, self.book, self.now = planning, planning.book, planning.unit.now
        self.asked = Asked(self.book)
        self._known: dict[Hashable, Any] = {}
        self._lasting = lasting.setdefault(planning.unit.playbook_hash, {})
        self._levels: dict[int, list[int]] = {}

    def _kept(self, key: Hashable, ask: Callable[[], Any], *, lasting: bool = False) -> Any:
        known = self._lasting if lasting else self._known
        found = known.get(key, _NOTHING)
        if found is _NOTHING:
            found = known[key] = ask()
        return found

    def persona(self, title: str) -> str:
        """Who somebody of this title is."""
        return cast(
            "str",
            self._kept(
                ("persona", title), lambda: persona_of(title, self.book.personas), lasting=True
            ),
        )

    def answers(self, qualifiers: Mapping[str, Any]) -> Mapping[str, tuple[str, str]]:
        """The questions that a badge or a form has answered."""
        if not qualifiers:
            return {}
        return cast(
            "Mapping[str, tuple[str, str]]",
            self._kept(
                ("answers", dump_json(qualifiers)),
                lambda: from_form(self.book.questions, qualifiers),
                lasting=True,
            ),
        )

    def place(self, sheet: LeadSheet) -> None:
        """The lead's possible zones, from its address and number."""
        lead, phones = sheet.lead, sheet.phones
        lead.region_key = twin(lead.region)
        lead.zones = list(self._zones(lead, phones[0].number if phones else ""))

    def _zones(self, lead: Any, number: str) -> tuple[str, ...]:
        where = (lead.country, lead.region, lead.confirmed_zone, lead.city)
        return cast(
            "tuple[str, ...]",
            self._kept(
                ("zones", zones_of_number(number) if number else (), where),
                lambda: possible_zones(number, *where),
                lasting=True,
            ),
        )

    def rescore(self, sheet: LeadSheet, response: Any) -> None:
        """Write down what a lead's points follow from: the one response it has."""
        lead = sheet.lead
        key = ("score", self.asked.of(sheet), _scored(lead))
        kept = self._known if self.asked.scored_by_dates else self._lasting
        known = kept.get(key)
        if known is None:
            rescore(sheet, self.book, self.now)
            later = lead.warm_at - response.inquiry_at if lead.warm_at is not None else None
            kept[key] = (lead.fit, lead.engagement, lead.half_life, later)
            return
        lead.fit, lead.engagement, lead.half_life, later = known
        lead.warm_at = None if later is None else response.inquiry_at + later

    def points(self, lead: Any, at: datetime) -> int:
        """What a lead's interest is worth at a moment, without its fit."""
        fading = 0
        if lead.warm_at is not None:
            levels = self._levels.get(lead.half_life)
            if levels is None:
                levels = [level * lead.half_life for level in LEVELS]
                self._levels[lead.half_life] = levels
            fading = bisect_right(levels, (lead.warm_at - at) // _MICROSECOND)
        return max(0, min(HIGHEST, int(lead.engagement) + fading))

    def cadence(self, sheet: LeadSheet) -> str:
        """The cadence that the tree chooses."""
        key = ("tree", self.asked.of(sheet), sheet.lead.fit)
        return cast(
            "str",
            self._by_points(key, sheet, lambda facts: choose_cadence(self.book, facts, self.now)),
        )

    def level(self, sheet: LeadSheet, name: str) -> tuple[int, bool]:
        """The agreed minutes of a response, and whether they count from the planned time."""
        key = ("level", name, self.asked.of(sheet), sheet.lead.fit)
        return cast(
            "tuple[int, bool]",
            self._by_points(
                key, sheet, lambda facts: sla_minutes(self.book, facts, self.now), name
            ),
        )

    def _by_points(
        self,
        key: Hashable,
        sheet: LeadSheet,
        ask: Callable[[dict[str, Any]], Any],
        cadence: str = "",
    ) -> Any:
        """An answer that depends on ``key``, and on the points of those moments that it asks
        about."""
        lead, found = sheet.lead, self._known.get(key, _NOTHING)
        while isinstance(found, _Fork):
            found = found.ways.get(self.points(lead, found.at), _NOTHING)
        if found is not _NOTHING:
            return found
        points = Points(lambda at: self.points(lead, at))
        facts = {
            **sheet.conditions(cadence=cadence),
            "engagement": points,
            "score": lambda at: points(at) + lead.fit,
        }
        answer = ask(facts)
        ways, last = self._known, key
        for at, worth in points.asked:
            fork = ways.setdefault(last, _Fork(at))
            ways, last = fork.ways, worth
        ways[last] = answer
        return answer

    def reached(self, sheet: LeadSheet, *, quiet: bool) -> Reached:
        """What decides about a call besides the lead's wishes."""
        lead = sheet.lead
        phone = next(iter(sheet.usable_phones()), None)
        number = phone.number if phone else ""
        # A number that was screened, or dialed of late, is a kind of its own.
        plain = quiet and number not in sheet.standings
        key = (
            "reached",
            self._zones(lead, number),
            lead.country,
            lead.region,
            lead.confirmed_zone,
            lead.calls_consent,
            number_region(number) if number else "",
            "" if plain else number,
        )
        return cast("Reached", self._kept(key, lambda: self._reached(sheet, quiet=quiet)))

    def _reached(self, sheet: LeadSheet, *, quiet: bool) -> Reached:
        calling = self.planning.front.calling(sheet, quiet=quiet)
        return Reached(calling, self.planning.place_of(sheet))

    def first(self, sheet: LeadSheet, name: str, calendar: Calendar) -> First | None:
        """The first touches of a lead that enters a cadence now; ``None`` where no step of it is
        left, or the lead had said that it is away, which the slower way tells."""
        lead, cadence = sheet.lead, self.book.cadences[name]
        if AWAY in lead.dates:
            return None
        phones, usable = sheet.phones, sheet.usable_phones()
        key = (
            "first",
            name,
            calendar.time_off,
            tuple(lead.zones),
            lead.country,
            lead.region,
            number_region(usable[0].number) if usable else "",
            bool(phones),
            any(phone.status == "ok" for phone in phones),
            bool(usable),
            bool(sheet.usable_addresses()),
            lead.calls_opt_out,
            lead.emails_opt_out,
            tuple(sorted(lead.dates.items())) if lead.dates else (),
            sheet.responses[0].inquiry_at if cadence.dates else None,
            self.asked.by_steps(name, sheet),
        )
        return cast(
            "First | None",
            self._by_points(
                key, sheet, lambda facts: self._first(sheet, name, calendar, facts), name
            ),
        )

    def _first(
        self, sheet: LeadSheet, name: str, calendar: Calendar, told: dict[str, Any]
    ) -> First | None:
        planning, cadence = self.planning, self.book.cadences[name]
        since = min(self.now, sheet.responses[0].inquiry_at)
        before, dates = sheet.lead.dates, planning.dates_named(sheet, cadence, since)
        sheet.lead.dates = dates
        facts = replace(sheet.facts(cadence=name), facts=told)
        found = plan_next(cadence, EnrolmentState(name, self.now), facts, calendar, self.now)
        sheet.lead.dates = before
        if isinstance(found, Finished):
            return None
        due, why = planning.due_of(sheet, found, calendar.of(cadence))
        step = planning.row_of(found, due, why)
        fixes = tuple(
            planning.fix_row(title)
            for title in fixes_of(found.skipped, (), has_numbers=bool(sheet.phones))
        )
        rows = [planned(row, place) for place, row in enumerate((*fixes, step))]
        front = cast("Touch", first_of(rows, self.now))
        entered: Any = SimpleNamespace(
            cadence=name, playbook_hash=planning.unit.playbook_hash, contacts=0, attempts=0
        )
        return First(
            index=found.index,
            step=step,
            level=found.step.by is By.REP,
            fixes=fixes,
            front=int(front.id or 0),
            weight=planning.front.stage_weight(front, entered if front is rows[-1] else None),
            skipped=found.skipped,
            dates=dates,
            rules=tuple(
                {"rule": rule, "anchor": anchor, "at": at, "due": due}
                for rule, anchor, at, due in rules_due(self.book, dates, sheet.zone)
                if planning.is_followed(cadence) and due >= self.now - STALE
            ),
        )


def planned(row: Mapping[str, Any], place: int = 0) -> Touch:
    """A touch that is not written yet, as far as its place among others depends on it."""
    return cast("Touch", SimpleNamespace(**{**_BARE, **row, "id": place}))


def _fields(conditions: Iterable[Condition]) -> frozenset[str]:
    return frozenset(field for one in conditions for field in fields_of(one))


def _getter(names: Iterable[str]) -> Callable[[Any], Hashable]:
    """These attributes of whatever it is asked of."""
    wanted = sorted(names)
    return attrgetter(*wanted) if wanted else _nothing_of


def _nothing_of(_row: Any) -> Hashable:
    return None
