"""Correcting what is known of a lead; zones, persona, scores and the place in the queue follow at
once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from leadtui.cadence.model import Channel
from leadtui.desk.core import ours
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.intake.adding import Unreadable
from leadtui.desk.intake.admitting import follow
from leadtui.desk.planning.planning import Planning
from leadtui.desk.planning.scoring import rescore_company
from leadtui.desk.planning.setting_aside import callable_now
from leadtui.errors import Refused, WrongUse
from leadtui.sheets.cells import key, one_line
from leadtui.sheets.fields import MOST_PEOPLE, read_count, read_emails, read_money, read_name
from leadtui.sheets.mailboxes import SAID, kind_of
from leadtui.sheets.phones import read_phones
from leadtui.sheets.places import country_code, postal_code, region_code
from leadtui.store import leads, lifecycle
from leadtui.store.engine.tables import Company
from leadtui.store.engine.vocabulary import Code, Event

COLLEAGUE = "colleague"
"""Why a change is an exception: the lead is a colleague's."""
PROGRAM = "program"
"""What a change is that the floor's own program made: enrichment."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The fields that changed; ``owner`` is a colleague whose lead it is, of which who changed it
    has nothing to do."""

    changed: tuple[str, ...]
    owner: str = ""
    notes: tuple[str, ...] = ()
    """What is odd of what was typed in, and kept."""


def edit(
    context: Context, lead_id: int, said: Mapping[str, str], *, by_program: bool = False
) -> Edited:
    """Change fields of a lead, whosever it is: who hears of a new number keeps it, and the log says
    that it was a colleague's. ``phone``, ``mobile`` and ``email`` are added to what is there. What
    the floor's own program filled in is logged as such, and is nobody's change of a colleague's
    lead.

    Raises ``WrongUse`` for a field nobody knows and a value that cannot be read; nothing was
    changed then."""
    if not said:
        raise WrongUse(
            f"say what to change: {', '.join('--' + name.replace('_', '-') for name in FIELDS)}"
        )
    with context.write() as unit:
        planning = Planning(context, unit)
        sheet = planning.sheet(lead_id)
        if sheet.lead.status in {"merged", "erased"}:
            raise Refused(
                "not_open", f"lead {lead_id} was {sheet.lead.status}; there is nothing to change"
            )
        where = (sheet.lead.country, sheet.lead.region, list(sheet.lead.zones))
        due = callable_now(planning, sheet)
        reached = {Channel.CALL: sheet.usable_phones(), Channel.EMAIL: sheet.usable_addresses()}
        changed = []
        # The country first: numbers, regions and postal codes are read by it.
        for name in sorted(said, key=lambda field: field != "country"):
            if name not in FIELDS:
                raise WrongUse(f"--{name} is no field of a lead; known are {', '.join(FIELDS)}")
            if FIELDS[name](planning, sheet, one_line(said[name])):
                changed.append(name)
        if changed:
            _follow(planning, sheet, [channel for channel, by in reached.items() if not by])
            note = ", ".join(changed)
            leads.add_event(unit, lead_id, "enriched" if by_program else "edited", note=note)
        codes: dict[Code, object] = {Code.FIELDS: changed}
        fresh = {name: said[name] for name in changed}
        country = sheet.lead.country
        if own := ours.whose(context, unit.session, planning.book, fresh, country):
            codes[Code.OWN] = own
        owner = _colleague(planning, sheet) if changed and not by_program else ""
        if owner or by_program:
            codes[Code.WHY] = COLLEAGUE if owner else PROGRAM
        if where != (sheet.lead.country, sheet.lead.region, list(sheet.lead.zones)):
            codes |= {Code.PLACE: 1, Code.SET_ASIDE: len(due - callable_now(planning, sheet))}
        unit.log(
            Event.LEAD_EDITED,
            subjects={"lead": lead_id},
            codes=codes,
            private=_words(said, changed),
        )
        return Edited(tuple(changed), owner, _notes(fresh))


def _colleague(planning: Planning, sheet: LeadSheet) -> str:
    """Whose lead a rep changes, where it is neither the rep's nor anything of it theirs to do."""
    me, owner = planning.context.identity, planning.rep_of(sheet)
    if me.role != "rep" or owner is None or owner.id == me.id:
        return ""
    found = leads.open_touches(planning.unit.session, sheet.id)
    return "" if any(touch.rep_id == me.id for touch in found) else owner.name


def _notes(fresh: Mapping[str, str]) -> tuple[str, ...]:
    kinds = ((one, kind_of(one)) for one in read_emails(fresh.get("email", ""))[0])
    return tuple(
        f"{address} is {SAID[kind]}; it was kept, marked" for address, kind in kinds if kind
    )


def _words(said: Mapping[str, str], changed: list[str]) -> str:
    return "; ".join(f"{name}: {said[name]}" for name in changed)


def _follow(planning: Planning, sheet: LeadSheet, unreached: Sequence[Channel]) -> None:
    """Everything that is worked out from what a lead is; what was passed over since nobody could
    reach them comes again by a channel that was found."""
    unit, lead = planning.unit, sheet.lead
    lead.updated_at = unit.now
    unit.session.flush()
    for part in ("phones", "addresses", "company", "blocked"):
        sheet.__dict__.pop(part, None)
    if sheet.company is not None:
        rescore_company(planning.context, unit, sheet.company, planning.book)
    for channel in unreached if lead.status == "open" else ():
        if sheet.usable_phones() if channel is Channel.CALL else sheet.usable_addresses():
            planning.welcome(sheet, channel)
    follow(planning, sheet)


# -- one function for each field: whether it changed -----------------------------------------------


def _plain(name: str) -> Callable[[Planning, LeadSheet, str], bool]:
    def change(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
        return _set(sheet.lead, name, text)

    return change


def _set(row: object, name: str, value: object) -> bool:
    if getattr(row, name) == value:
        return False
    setattr(row, name, value)
    return True


def _name(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
    found, lead = read_name(text, "", ""), sheet.lead
    if not found.full:
        raise WrongUse("--name: a lead needs a name")
    lead.first_name, lead.last_name = found.first, found.last
    lead.name_key, lead.last_name_key = key(found.full), key(found.last)
    return _set(lead, "full_name", found.full)


def _country(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
    code = country_code(text) if text else ""
    if text and not code:
        raise WrongUse(
            f"--country {text!r} is no country we know; write its name or its two letters"
        )
    return _set(sheet.lead, "country", code)


def _region(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
    return _set(sheet.lead, "region", region_code(text, sheet.lead.country) if text else "")


def _postal_code(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
    return _set(sheet.lead, "postal_code", postal_code(text, sheet.lead.country) if text else "")


def _language(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
    if text and not (text.isascii() and text.replace("-", "").isalpha() and len(text) <= 10):
        raise WrongUse(f"--language {text!r} is no language code; write it like en or de")
    return _set(sheet.lead, "language", text.lower())


def _phone(kind: str) -> Callable[[Planning, LeadSheet, str], bool]:
    def change(planning: Planning, sheet: LeadSheet, text: str) -> bool:
        read = read_phones(text, sheet.lead.country or planning.context.settings.country, kind)
        if read.problems or not read.numbers:
            reason = next(iter(read.problems), ("", "no number"))[1]
            raise Unreadable("phone" if kind == "work" else kind, text, reason)
        known = {phone.number: phone for phone in sheet.phones}
        fresh = [
            one
            for one in read.numbers
            if one.number not in known or known[one.number].status != "ok"
        ]
        for one in fresh:
            if one.number in known:  # a number that was marked wrong is right after all
                known[one.number].status = "ok"
                continue
            leads.add_number(
                planning.unit,
                sheet.id,
                one.number,
                extension=one.extension,
                kind=kind,
                raw=one.raw,
                valid=one.valid,
            )
        return bool(fresh)

    return change


def _email(planning: Planning, sheet: LeadSheet, text: str) -> bool:
    found, bad = read_emails(text)
    if bad or not found:
        raise Unreadable("email", text, "no e-mail address")
    known = {address.address_key: address for address in sheet.addresses}
    fresh = [one for one in found if key(one) not in known or known[key(one)].status != "ok"]
    for one in fresh:
        if key(one) in known:
            known[key(one)].status = "ok"
            continue
        leads.add_address(planning.unit, sheet.id, one)
    return bool(fresh)


def _company(planning: Planning, sheet: LeadSheet, text: str) -> bool:
    before = sheet.company
    if before is not None and key(before.name) == key(text):
        return _set(before, "name", text)
    unit = planning.unit
    found = lifecycle.company_named(unit.session, key(text)) if text else None
    if found is None and text:
        found = Company(name=text, name_key=key(text), created_at=unit.now)
        unit.session.add(found)
        unit.session.flush()
    sheet.__dict__["company"] = found
    return _set(sheet.lead, "company_id", found.id if found else None)


def _of_company(
    name: str, read: Callable[[str], object]
) -> Callable[[Planning, LeadSheet, str], bool]:
    def change(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
        if sheet.company is None:
            raise WrongUse(f"--{name}: this lead has no company; give it one with --company")
        value = read(text) if text else None
        if text and value is None:
            raise WrongUse(
                f"--{name} {text[:40]!r} is no number of people; write one from 0 to "
                f"{MOST_PEOPLE:,}, like 250"
            )
        return _set(sheet.company, name, value if value is not None or name == "employees" else "")

    return change


def _revenue(_planning: Planning, sheet: LeadSheet, text: str) -> bool:
    if sheet.company is None:
        raise WrongUse("--revenue: this lead has no company; give it one with --company")
    found = read_money(text, sheet.company.currency) if text else None
    if text and found is None:
        raise WrongUse(f"--revenue {text!r} cannot be read; write it like 12M or 12,000,000 USD")
    if found is not None:
        sheet.company.currency = found[1]
    return _set(sheet.company, "revenue_minor", found[0] if found else None)


FIELDS: dict[str, Callable[[Planning, LeadSheet, str], bool]] = {
    "name": _name,
    "title": _plain("title"),
    "company": _company,
    "street": _plain("street"),
    "city": _plain("city"),
    "region": _region,
    "postal_code": _postal_code,
    "country": _country,
    "language": _language,
    "phone": _phone("work"),
    "mobile": _phone("mobile"),
    "email": _email,
    "industry": _of_company("industry", str),
    "employees": _of_company("employees", read_count),
    "revenue": _revenue,
    "website": _of_company("website", str),
}
"""Every field that can be changed by hand."""
