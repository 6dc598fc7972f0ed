"""What the engine is told of a lead: rows turned into the frozen facts that planning, the gate and
conditions read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from leadtui.cadence.model import CallFacts, Channel, DayPart, EnrolmentState, LeadFacts
from leadtui.cadence.scoring import Engagement
from leadtui.store import leads
from leadtui.store.engine.tables import Company, EmailAddress, Enrolment, Lead, Phone, Response

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
    home_zone: str = ""
    """The floor's zone, for planning a lead whose own is unknown."""

    @property
    def id(self) -> int:
        """The lead's id."""
        return int(self.lead.id or 0)

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
    def signs(self) -> Sequence[tuple[datetime, str]]:
        """What it did besides answering offers: when, and ``click``, ``reply`` …, oldest first."""
        return leads.signs(self.session, self.id)

    @cached_property
    def blocked(self) -> set[str]:
        """Those of its numbers that are on do-not-call."""
        return leads.blocked_numbers(self.session, [phone.number for phone in self.phones])

    def usable_phones(self) -> list[Phone]:
        """Numbers that are neither wrong nor on do-not-call."""
        return [
            phone
            for phone in self.phones
            if phone.status == "ok" and phone.number not in self.blocked
        ]

    def usable_addresses(self) -> list[EmailAddress]:
        """Addresses that did not bounce."""
        return [address for address in self.addresses if address.status == "ok"]

    def facts(self, *, cadence: str = "", enrolment: Enrolment | None = None) -> LeadFacts:
        """What planning needs to know."""
        lead = self.lead
        phones = self.usable_phones()
        return LeadFacts(
            zones=tuple(lead.zones) or tuple(filter(None, (self.home_zone,))),
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


def engagement_of(lead: Lead, *, plus: int = 0) -> Engagement:
    """What a lead's interest is worth, at any moment; ``plus`` the fit it is the whole score."""
    return Engagement(lead.engagement, lead.warm_at, max(1, lead.half_life), plus)


def number_place(number: str) -> str:
    """``CC-RR`` of a number where its area is known, else empty."""
    from leadtui.cadence.gate.calling import number_region

    country, region = number_region(number)
    return f"{country}-{region}" if country and region else ""


def enrolment_state(enrolment: Enrolment, last: Mapping[str, datetime]) -> EnrolmentState:
    """Where an enrolment stands, for the engine."""
    return EnrolmentState(
        cadence=enrolment.cadence,
        start=enrolment.anchor,
        next_step=enrolment.next_step,
        previous_at=enrolment.previous_at,
        last_touch={Channel(channel): at for channel, at in last.items()},
        parts_tried=parts_of(enrolment.parts_tried),
        attempts=enrolment.attempts,
        contacts=enrolment.contacts,
        counts=dict(enrolment.counts),
        retries=enrolment.retries,
        exhausted=enrolment.exhausted,
        ordered_by=enrolment.ordered_by,
        calls_not_before=enrolment.calls_not_before,
        other_part=enrolment.other_part,
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


def call_facts(
    sheet: LeadSheet,
    number: str,
    now: datetime,
    *,
    enrolment: Enrolment | None = None,
    promised: bool = False,
) -> CallFacts:
    """What the gate is told about one number of a lead."""
    from leadtui.cadence.gate.calling import number_region, possible_zones

    lead = sheet.lead
    phone = next((phone for phone in sheet.phones if phone.number == number), None)
    tried = leads.attempts_to(sheet.session, [number], now - timedelta(hours=24)) if number else []
    country, region = number_region(number) if number else ("", "")
    return CallFacts(
        number=number,
        zones=possible_zones(number, lead.country, lead.region, lead.confirmed_zone),
        country=lead.country,
        region=lead.region,
        number_country=country,
        number_region=region,
        do_not_call=number in leads.blocked_numbers(sheet.session, [number]),
        wrong_number=phone is not None and phone.status == "wrong",
        opted_out=lead.calls_opt_out,
        consent=lead.calls_consent,
        screened_at=lead.screened_at,
        attempts_24h=tuple(attempt.dialed_at for attempt in tried if attempt.dialed_at),
        last_attempt=leads.last_attempt_at(sheet.session, sheet.id),
        attempts=enrolment.attempts if enrolment else 0,
        promised=promised,
        zone_acknowledged=lead.zone_acknowledged,
        checked_zone=lead.confirmed_zone,
    )
