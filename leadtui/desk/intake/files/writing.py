"""What the people of a file come to in the database, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.intake.files.identity import Person, company_key
from leadtui.desk.intake.files.joining import (
    LEAD,
    RESPONSE,
    change_lead,
    change_response,
    grouped,
    is_newer,
    known_of,
    lead_values,
    newest_first,
    remember,
    response_values,
    same_response,
    wants_company,
)
from leadtui.sheets.cells import key
from leadtui.sheets.incoming import IncomingLead
from leadtui.store import importing as rows_of
from leadtui.store.engine.tables import (
    Company,
    EmailAddress,
    HistoryEvent,
    Lead,
    Matter,
    Phone,
    Response,
)
from leadtui.store.engine.unit_of_work import Unit
from leadtui.text import words

_COMPANY = words(
    "name name_key website industry industry_key employees revenue_minor country currency"
)
_FOLLOWED = ("country", "region", "city", "title", "company_id")
"""From what zones, persona and scores are worked out."""
_DESCRIBED = ("website", "industry", "employees")
_LEAD = LEAD.split()
_COMPARED = (*words("full_name title street city region postal_code country"), "company")
DECIDE_WITHIN = timedelta(days=1)
"""How long a question about near duplicates may wait."""


class Writing:
    """Gathers what must be written and writes it, table by table; ``made`` says which ids are
    new."""

    def __init__(
        self, unit: Unit, offer: str, currency: str, batch_id: int | None, firms: dict[str, int]
    ) -> None:
        """``firms`` are the companies that are known, company key -> id."""
        self.unit, self.offer, self.currency, self.batch_id, self.firms = (
            unit,
            offer,
            currency,
            batch_id,
            firms,
        )
        self.made: dict[str, list[int]] = {}
        self.responses: list[tuple[Person, Sequence[IncomingLead]]] = []
        """Those that ``finish`` will insert."""
        self._emails: list[tuple[Person, str]] = []
        self._phones: list[tuple[Person, Any]] = []
        self.moved: list[int] = []
        """Leads that no new response brings up to a new place or title."""
        self._touched: list[Person] = []
        self._said: dict[int, dict[str, Any]] = {}
        """Of companies that rows describe: id -> what they are in the end."""

    @property
    def now(self) -> datetime:
        """The instant of the import."""
        return self.unit.now

    def companies(self, wanted: Iterable[IncomingLead], *, fill: bool) -> None:
        """Make the companies that these rows name and nobody knows; with ``fill`` what the file
        says of known ones is filled in."""
        said: dict[str, list[IncomingLead]] = {}
        for row in wanted:
            if row.company:
                said.setdefault(company_key(row.company), []).append(row)
        if fill:
            self._fill(
                {self.firms[firm]: rows for firm, rows in said.items() if firm in self.firms}
            )
        bulk = rows_of.Bulk(Company, " ".join(_COMPANY), created_at=self.now)
        missing = [firm for firm in said if firm not in self.firms]
        for firm in missing:
            values = _company_values(said[firm], self.currency)
            bulk.add(tuple(values[name] for name in _COMPANY))
        self.firms.update(zip(missing, self._write(bulk), strict=True))
        if fill:
            for firm in missing:
                values = _company_values(said[firm], self.currency)
                self._said[self.firms[firm]] = {name: values[name] for name in _DESCRIBED}

    def _fill(self, said: dict[int, list[IncomingLead]]) -> None:
        for company_id, company in rows_of.companies_by_id(self.unit.session, list(said)).items():
            values = _company_values(said[company_id], self.currency)
            for name in _COMPANY[2:-1]:
                if values[name] and not getattr(company, name):
                    setattr(company, name, values[name])
            self._said[company_id] = {name: getattr(company, name) for name in _DESCRIBED}

    def change(self, person: Person, lead: Lead, responses: list[Response]) -> bool:
        """Bring a lead that is there up to what its rows say; whether anything changed."""
        changed, was = False, [getattr(lead, name) for name in _FOLLOWED]
        fresh: list[IncomingLead] = []
        heard: list[tuple[Response, IncomingLead]] = []
        for row in person.rows:
            changed = change_lead(lead, row, newer=is_newer(row, person)) or changed
            if wants_company(person, row):
                lead.company_id, changed = self.firms[company_key(row.company)], True
                person.company = row.company
            known = next((one for one in responses if same_response(self.offer, row, one)), None)
            if known is None:
                fresh.append(row)
            else:
                heard.append((known, row))
        person.known = known_of(lead, person.company)
        person.known |= self._said.get(lead.company_id or 0, {})
        for response, row in heard:
            changed = change_response(response, row, person.known) or changed
            # Also a row that says nothing new: whose it is may be less clear beside this file's
            # others.
            remember(response, row)
        self.responses += [(person, group) for group in grouped(self.offer, fresh)]
        if self._contacts(person, person.rows) or changed or fresh:
            lead.updated_at = self.now
            if not fresh:
                self._touched.append(person)
                if was != [getattr(lead, name) for name in _FOLLOWED]:
                    self.moved.append(int(lead.id or 0))
            return True
        person.idle = True
        return False

    def _contacts(self, person: Person, rows: Iterable[IncomingLead]) -> bool:
        """The addresses and numbers of these rows that the person does not have; whether there are
        any."""
        known_mail, known_numbers = set(person.had_emails), set(person.had_numbers)
        before = len(self._emails) + len(self._phones)
        for row in rows:
            for address in row.emails:
                if key(address) not in known_mail:
                    known_mail.add(key(address))
                    self._emails.append((person, address))
            for phone in row.phones:
                if phone.number not in known_numbers:
                    known_numbers.add(phone.number)
                    self._phones.append((person, phone))
        return len(self._emails) + len(self._phones) > before

    def make(self, people: Sequence[Person]) -> None:
        """Insert new leads; their ids stand in the people afterwards."""
        bulk = rows_of.Bulk(
            Lead, f"{LEAD} company_id", created_at=self.now, updated_at=self.now, zones=[]
        )
        for person in people:
            company = next((row.company for row in newest_first(person.rows) if row.company), "")
            firm = self.firms[company_key(company)] if company else None
            values = lead_values(person.rows)
            bulk.add((*values, firm))
            if len(person.rows) > 1:
                person.known = {**dict(zip(_LEAD, values, strict=False)), "company": company}
                person.known = {name: person.known[name] for name in _COMPARED}
            if firm in self._said:
                person.known |= self._said[firm]
        for person, lead_id in zip(people, self._write(bulk), strict=True):
            person.lead_id = lead_id
            self._contacts(person, person.rows)
            self.responses += [(person, group) for group in grouped(self.offer, person.rows)]

    def finish(self, cost_minor: int | None) -> list[tuple[int, int]]:
        """Insert addresses, numbers, responses and history; the new ``(lead id, response id)``."""
        mails = rows_of.Bulk(EmailAddress, "lead_id address address_key", created_at=self.now)
        for person, address in self._emails:
            mails.add((person.lead_id, address, key(address)))
        self._write(mails)
        phones = rows_of.Bulk(Phone, "lead_id number extension kind raw valid", created_at=self.now)
        for person, phone in self._phones:
            phones.add(
                (person.lead_id, phone.number, phone.extension, phone.kind, phone.raw, phone.valid)
            )
        self._write(phones)
        same = {
            "offer": self.offer,
            "batch_id": self.batch_id,
            "recorded_at": self.now,
            "currency": self.currency,
        }
        responses = rows_of.Bulk(Response, f"{RESPONSE} lead_id cost_minor", **same)
        shares = _shares(cost_minor, len(self.responses))
        for (person, group), share in zip(self.responses, shares, strict=True):
            responses.add((*response_values(group, self.now, person.known), person.lead_id, share))
        ids = self._write(responses)
        arrivals = [
            (int(person.lead_id or 0), made)
            for (person, _), made in zip(self.responses, ids, strict=True)
        ]
        history = rows_of.Bulk(
            HistoryEvent,
            "lead_id kind",
            code=self.offer,
            at=self.now,
            rep_id=self.unit.actor.person,
        )
        for lead_id, _ in arrivals:
            history.add((lead_id, "response"))
        for person in self._touched:
            history.add((person.lead_id, "lead.imported"))
        self._write(history)
        return arrivals

    def ask(self, people: Sequence[Person], event: str) -> None:
        """Put near duplicates to a supervisor, with all they say, side by side with those they are
        near to."""
        due = self.now + DECIDE_WITHIN
        bulk = rows_of.Bulk(Matter, "lead_id data", kind=rows_of.NEAR, due=due, created_at=self.now)
        for person in people:
            leads = _candidates(person)
            data = {
                "batch": self.batch_id,
                "offer": self.offer,
                "event": event,
                "why": person.why,
                "leads": leads,
                "lines": [row.line for row in person.rows],
                "digests": [row.digest for row in person.rows],
                "rows": [plain_row(row) for row in person.rows],
            }
            bulk.add((leads[0] if leads else None, data))
        self._write(bulk)

    def _write(self, bulk: rows_of.Bulk) -> list[int]:
        ids = bulk.write(self.unit)
        if ids:
            self.made.setdefault(bulk.table.name, []).extend((ids[0], ids[-1]))
        return ids


def plain_row(row: IncomingLead) -> dict[str, Any]:
    """A row as JSON can hold it."""
    values = asdict(row)
    values["inquiry_at"] = row.inquiry_at.isoformat() if row.inquiry_at else None
    return values


def _company_values(rows: Sequence[IncomingLead], currency: str) -> dict[str, Any]:
    """The columns of a company: of each field the first row that says something."""
    said = next(
        (row for row in rows if row.industry or row.website or row.employees or row.revenue_minor),
        None,
    )
    first = rows[0]
    values: dict[str, Any] = {
        "name": first.company,
        "name_key": key(first.company),
        "country": first.country,
    }
    blank = {
        "website": "",
        "industry": "",
        "industry_key": "",
        "employees": None,
        "revenue_minor": None,
    }
    if said is None:
        return {**values, **blank, "currency": currency}
    for name in ("website", "industry", "employees", "revenue_minor"):
        values[name] = next((text for row in rows if (text := getattr(row, name))), blank[name])
    priced = next((row.currency for row in rows if row.revenue_minor), currency)
    return {**values, "industry_key": key(values["industry"]), "currency": priced}


def _shares(cost: int | None, parts: int) -> list[int | None]:
    """A cost in whole minor units over its responses; the sum is the cost."""
    if cost is None or not parts:
        return [None] * parts
    return [cost // parts + (place < cost % parts) for place in range(parts)]


def _candidates(person: Person) -> list[int]:
    """The leads a person may be; where it is near to one that waits itself, those that one may
    be."""
    found: list[int] = []
    seen: set[int] = set()
    waiting = [person]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if one is not person and one.lead_id is not None:
            found.append(one.lead_id)
        else:
            waiting.extend(one.near)
    return sorted(set(found))
