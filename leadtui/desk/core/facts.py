"""What the engine is told of a lead: rows turned into the frozen facts that planning, the gate and
conditions read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from leadtui.cadence.model import CallFacts, Channel, DayPart, EnrolmentState, LeadFacts
from leadtui.cadence.scoring import Engagement
from leadtui.desk.core.context import Context
from leadtui.errors import NotFound
from leadtui.store import leads
from leadtui.store.engine.tables import (
    Company,
    EmailAddress,
    Enrolment,
    Lead,
    Phone,
    Response,
    Touch,
)
from leadtui.store.screening import Standing, standings
from leadtui.store.suppression import suppressed_addresses

PARTS = (DayPart.MORNING, DayPart.MIDDAY, DayPart.AFTERNOON, DayPart.LATE)
FOREVER = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


def part_bit(part: DayPart | None) -> int:
    """The bit of a day-part in ``parts_tried``; 0 for none."""
    return 1 << PARTS.index(part) if part in PARTS else 0


def parts_of(bits: int) -> frozenset[DayPart]:
    """The day-parts whose bits are set."""
    return frozenset(part for index, part in enumerate(PARTS) if bits & (1 << index))


@dataclass
class LeadSheet:
    """One lead with what belongs to it, each part read when it is first asked for."""

    session: Any
    lead: Lead
    home_zone: str
    """The floor's zone, for planning a lead whose own is unknown."""

    @property
    def id(self) -> int:
        """The lead's id."""
        return int(self.lead.id or 0)

    @property
    def zone(self) -> str:
        """The zone it is planned and told in: its first possible one, else the floor's."""
        return self.lead.zones[0] if self.lead.zones else self.home_zone

    @cached_property
    def company(self) -> Company | None:
        """Its company."""
        return leads.company_of(self.session, self.lead)

    @cached_property
    def phones(self) -> list[Phone]:
        """Its numbers, usable first."""
        return leads.phones(self.session, self.id)

    @cached_property
    def addresses(self) -> list[EmailAddress]:
        """Its e-mail addresses, usable first."""
        return leads.addresses(self.session, self.id)

    @cached_property
    def responses(self) -> list[Response]:
        """Its responses, newest first."""
        return leads.responses(self.session, self.id)

    @cached_property
    def _touches(self) -> list[Touch]:
        return leads.open_touches(self.session, self.id)

    def open_touches(self) -> list[Touch]:
        """Its touches that are not over: those read when they were first asked for, and those added
        since. Whoever makes touches in another way asks the store."""
        return [touch for touch in self._touches if touch.state in leads.OPEN_STATES]

    def add_touch(self, touch: Touch) -> None:
        """A touch that is new."""
        if "_touches" in self.__dict__:
            self._touches.append(touch)
        self.session.add(touch)

    def last_touches(self) -> Mapping[str, datetime]:
        """When it was last touched, by channel; what was done here and is not written yet, too."""
        found = leads.last_touches(self.session, self.id)
        known: list[Touch] = self.__dict__.get("_touches", [])
        for touch in known:
            if touch.state == "done" and touch.closed_at:
                found[touch.channel] = max(
                    touch.closed_at, found.get(touch.channel, touch.closed_at)
                )
        return found

    @cached_property
    def signs(self) -> Sequence[tuple[datetime, str]]:
        """What it did besides answering offers: when, and ``click``, ``reply`` …, oldest first."""
        return leads.signs(self.session, self.id)

    @cached_property
    def blocked(self) -> set[str]:
        """Those of its numbers that are on do-not-call."""
        return leads.blocked_numbers(self.session, [phone.number for phone in self.phones])

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """Number -> what national registers said of it."""
        return standings(self.session, [phone.number for phone in self.phones])

    def standing(self, number: str) -> Standing:
        """What national registers said of one of its numbers."""
        return self.standings.get(number, Standing())

    def usable_phones(self) -> list[Phone]:
        """Numbers that are neither wrong nor on do-not-call, nor in a national register without
        consent."""
        return [
            phone
            for phone in self.phones
            if phone.status == "ok"
            and phone.number not in self.blocked
            and (self.lead.calls_consent or not self.standing(phone.number).listed_in)
        ]

    def called(self, now: datetime) -> tuple[datetime, ...]:
        """When somebody called it or its usable numbers in the last 24 hours, oldest first."""
        numbers = [phone.number for phone in self.usable_phones()]
        if not numbers:
            return ()
        tried = leads.attempts_to(self.session, self.id, numbers, now - timedelta(hours=24))
        return _dials(tried)

    @cached_property
    def suppressed(self) -> Collection[str]:
        """Those of its address keys that belong to somebody who was erased."""
        return suppressed_addresses(self.session, [one.address_key for one in self.addresses])

    def usable_addresses(self) -> list[EmailAddress]:
        """Addresses that did not bounce, and are nobody's who was erased."""
        return [
            address
            for address in self.addresses
            if address.status == "ok" and address.address_key not in self.suppressed
        ]

    def began(self, enrolment: Enrolment) -> datetime:
        """From when the dates of an enrolment are counted: the inquiry that it answers, which may
        have come in long before anybody knew."""
        asked = (one.inquiry_at for one in self.responses if one.id == enrolment.response_id)
        return min(next(asked, enrolment.anchor), enrolment.anchor)

    def facts(self, *, cadence: str = "", enrolment: Enrolment | None = None) -> LeadFacts:
        """What planning needs to know."""
        lead = self.lead
        phones = self.usable_phones()
        return LeadFacts(
            zones=tuple(lead.zones) or (self.home_zone,),
            country=lead.country,
            region=lead.region,
            number_regions=tuple(
                {region for phone in phones[:1] if (region := number_place(phone.number))}
            ),
            has_phone=any(phone.status == "ok" for phone in self.phones),
            has_email=bool(self.usable_addresses()),
            calls_allowed=not lead.calls_opt_out and (not self.phones or bool(phones)),
            emails_allowed=not lead.emails_opt_out,
            dates={name: datetime.fromisoformat(value) for name, value in lead.dates.items()},
            facts=self.conditions(cadence=cadence, enrolment=enrolment),
        )

    def conditions(
        self, *, cadence: str = "", enrolment: Enrolment | None = None
    ) -> Mapping[str, Any]:
        """Field -> value for conditions; of texts the twins, which SQL compares too
        (``store/conditions_sql.py``)."""
        lead, company = self.lead, self.company
        response = self.responses[0] if self.responses else None
        known: dict[str, Any] = {
            "persona": lead.persona,
            "title": lead.title_key,
            "country": lead.country,
            "region": lead.region_key,
            "city": lead.city_key,
            "language": lead.language,
            "stage": lead.stage,
            "score": engagement_of(lead, plus=lead.fit),
            "fit": lead.fit,
            "engagement": engagement_of(lead),
            "cadence": cadence,
            "consent": lead.calls_consent,
            "responses": len(self.responses),
            "created_at": lead.created_at,
            "last_contact_at": lead.last_contact_at,
            "attempts": enrolment.attempts if enrolment else 0,
            "contacts": enrolment.contacts if enrolment else 0,
        }
        if company:
            known |= {
                "company": company.name_key,
                "industry": company.industry_key,
                "employees": company.employees,
                "revenue": company.revenue_minor // 100
                if company.revenue_minor is not None
                else None,
                "existing_customer": company.existing_customer,
            }
        if response:
            known |= {
                "offer": response.offer,
                "source": response.source_key,
                "event": response.event_key,
                "rating": response.rating,
                "inquiry_at": response.inquiry_at,
            }
        for key, given in lead.qualification.items():
            known[{"fit": "technical_fit"}.get(key, key)] = given.get("answer", "")
        return {key: value for key, value in known.items() if value is not None and value != ""}


def sheet_of(context: Context, session: Any, lead_id: int) -> LeadSheet:
    """A lead's sheet, or ``NotFound``."""
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise NotFound(f"there is no lead {lead_id}; find one with 'leadtui lead find TEXT'")
    return LeadSheet(session, lead, context.settings.zone)


def engagement_of(lead: Lead, *, plus: int = 0) -> Engagement:
    """What a lead's interest is worth, at any moment; ``plus`` the fit it is the whole score."""
    return Engagement(lead.engagement, lead.warm_at, max(1, lead.half_life), plus)


def number_place(number: str) -> str:
    """``CC-RR`` of a number where its area is known, else empty."""
    from leadtui.cadence.gate.calling import number_region

    country, region = number_region(number)
    return f"{country}-{region}" if country and region else ""


def enrolment_state(
    enrolment: Enrolment, last: Mapping[str, datetime], calls: tuple[datetime, ...] = ()
) -> EnrolmentState:
    """Where an enrolment stands, for the engine; ``calls`` are those of the last 24 hours."""
    return EnrolmentState(
        cadence=enrolment.cadence,
        start=enrolment.anchor,
        next_step=enrolment.next_step,
        previous_at=enrolment.previous_at,
        last_touch={Channel(channel): at for channel, at in last.items()},
        calls=calls,
        parts_tried=parts_of(enrolment.parts_tried),
        attempts=enrolment.attempts,
        contacts=enrolment.contacts,
        counts=dict(enrolment.counts),
        retries=enrolment.retries,
        exhausted=enrolment.exhausted,
        ordered_by=enrolment.ordered_by,
        calls_not_before=enrolment.calls_not_before,
        other_part=enrolment.other_part,
        passed=frozenset(enrolment.passed.split()),
    )


def store_state(enrolment: Enrolment, state: EnrolmentState) -> None:
    """Write the engine's state back to its row."""
    enrolment.next_step = state.next_step
    enrolment.previous_at = state.previous_at
    enrolment.attempts = state.attempts
    enrolment.contacts = state.contacts
    enrolment.counts = dict(state.counts)
    enrolment.retries = state.retries
    enrolment.exhausted = state.exhausted
    enrolment.ordered_by = state.ordered_by
    enrolment.calls_not_before = state.calls_not_before
    enrolment.other_part = state.other_part
    enrolment.parts_tried = sum(part_bit(part) for part in state.parts_tried)


def dial_facts(
    sheet: LeadSheet, number: str, now: datetime, *, promised: bool = False, quiet: bool = False
) -> CallFacts:
    """What decides beside the wishes of the lead whether one of its numbers may be called; a
    ``quiet`` one is known not to have been dialed lately."""
    from leadtui.cadence.gate.calling import number_region, possible_zones

    lead = sheet.lead
    tried: list[leads.Dial] = []
    if number and not quiet:
        tried = leads.attempts_to(sheet.session, sheet.id, [number], now - timedelta(hours=24))
    country, region = number_region(number) if number else ("", "")
    return CallFacts(
        number=number,
        zones=possible_zones(number, lead.country, lead.region, lead.confirmed_zone, lead.city),
        country=lead.country,
        region=lead.region,
        number_country=country,
        number_region=region,
        consent=lead.calls_consent,
        screened=sheet.standing(number).screened,
        attempts_24h=_dials(one for one in tried if one.number == number),
        person_attempts_24h=_dials(one for one in tried if one.lead_id == sheet.id),
        promised=promised,
        checked_zone=lead.confirmed_zone,
    )


def _dials(tried: Iterable[leads.Dial]) -> tuple[datetime, ...]:
    return tuple(dial.at for dial in tried)


def call_facts(
    sheet: LeadSheet,
    number: str,
    now: datetime,
    *,
    enrolment: Enrolment | None = None,
    promised: bool = False,
) -> CallFacts:
    """What the gate is told about one number of a lead."""
    phone = next((phone for phone in sheet.phones if phone.number == number), None)
    return replace(
        dial_facts(sheet, number, now, promised=promised),
        do_not_call=number in leads.blocked_numbers(sheet.session, [number]),
        wrong_number=phone is not None and phone.status == "wrong",
        opted_out=sheet.lead.calls_opt_out,
        listed_in=tuple(sheet.standing(number).listed_in),
        last_attempt=leads.last_attempt_at(sheet.session, sheet.id),
        attempts=enrolment.attempts if enrolment else 0,
        zone_acknowledged=sheet.lead.zone_acknowledged,
    )
