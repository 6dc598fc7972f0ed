"""Which text a lead gets, and what it may name of the lead, its rep and the floor, in the words a
message uses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from leadtui.cadence.model import Playbook, Template
from leadtui.cadence.personas import matching_templates, variants
from leadtui.cadence.site import Site
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.messages.days import (
    date_text,
    inquiry_day,
    moment_text,
    tongue_of,
    touch_day,
    workdays,
)
from leadtui.desk.playbook.sample_firm import DO, spoken
from leadtui.errors import NotFound, Refused
from leadtui.mail.rendering import left_over, render
from leadtui.settings import FILE, SAMPLE_ADDRESS
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Rep, Touch

OPT_OUT = "If you would rather not get e-mails from me, reply with the word stop."
YES_CALL_ME = 'Would you like a call? Reply "yes, call me" and I will.'
LINES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "": {"opt_out_line": OPT_OUT, "yes_call_me_line": YES_CALL_ME},
        "de": {
            "opt_out_line": "Wenn Sie keine E-Mails von mir wünschen, antworten Sie bitte mit dem "
            "Wort Stopp.",
            "yes_call_me_line": "Möchten Sie angerufen werden? Antworten Sie mit „Ja, rufen Sie "
            "mich an“, und ich melde mich.",
        },
    }
)
"""The lines that every message may have, by the language of its text."""
MISSED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "": (
            "I called you and did not reach you.",
            "I have called you a few times and did not reach you.",
        ),
        "de": (
            "Ich habe Sie angerufen und leider nicht erreicht.",
            "Ich habe Sie einige Male angerufen und leider nicht erreicht.",
        ),
    }
)
"""What is said of one call that nobody took, and of several, by the language of the text."""
EMPTY_VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"de": {"company": "Ihrem Unternehmen", "event": "der Messe", "city": "Ihrer Stadt"}}
)
"""What stands for an empty field in another language than the playbook's own."""
MEETING_DATES = ("meeting_at", "demo_at", "demo", "meeting")


def ground(
    context: Context, sheet: LeadSheet, touch: Touch | None
) -> tuple[Playbook, Mapping[str, Any], str]:
    """The playbook version, the facts and the cadence by which a text is chosen."""
    enrolment = (
        sheet.session.get(Enrolment, touch.enrolment_id) if touch and touch.enrolment_id else None
    )
    if enrolment is None:
        enrolment = next(iter(leads.live_enrolments(sheet.session, sheet.id)), None)
    book = context.playbook(sheet.session, enrolment.playbook_hash if enrolment else "")
    cadence = touch.cadence if touch and touch.cadence else enrolment.cadence if enrolment else ""
    return book, sheet.conditions(cadence=cadence, enrolment=enrolment), cadence


def fitting(
    book: Playbook, sheet: LeadSheet, cadence: str, facts: Mapping[str, Any], now: datetime
) -> tuple[Template, ...]:
    """The texts that fit a lead now, best first. What an outcome offers speaks of that call: it
    fits after such a call alone, and while one runs it comes last."""
    found = matching_templates(book, "email", cadence, facts, now)
    offers: dict[str, set[str]] = {}
    for row in book.dispositions.values():
        offers.setdefault(row.email, set()).add(row.code)
    call = leads.last_call(sheet.session, sheet.id)
    said = call.disposition if call is not None else "never called"
    of_calls = {one.id: offers.get(one.variant_of or one.id) for one in found}
    fit = [one for one in found if of_calls[one.id] is None or said in (of_calls[one.id] or ())]
    return (*fit, *(one for one in found if one not in fit and not said))


def choose(
    book: Playbook,
    sheet: LeadSheet,
    touch: Touch | None,
    wanted: str,
    proposed: tuple[Template, ...],
    now: datetime,
) -> Template:
    """The template asked for; else the step's, in the variant that fits; else the best that
    fits."""
    if wanted:
        if f"email/{wanted}" not in book.templates:
            raise NotFound(
                f"the playbook has no e-mail {wanted!r}; 'leadtui playbook show' lists what it has"
            )
        return book.templates[f"email/{wanted}"]
    if touch is not None and touch.channel == "email" and touch.template:
        facts = sheet.conditions(cadence=touch.cadence)
        if found := variants(book, "email", touch.template, facts, now):
            return _wording(found, sheet.id)
    if not proposed:
        raise Refused(
            "no_template", "no e-mail of the playbook fits this lead now; write one for its cadence"
        )
    return proposed[0]


def refuse_unfinished(context: Context, subject: str, body: str, book: Playbook) -> None:
    """Refuse a message that still names a field, says nothing, or speaks for the sample firm."""
    if lacking := left_over(f"{subject}\n{body}", book.floor.fields):
        said = ", ".join(name.replace("_", " ") for name in lacking)
        raise Refused(
            "missing_field",
            f"this message still lacks: {said}; fill it in (E) or take another text",
        )
    if not subject or not body.strip():
        raise Refused("empty", "a message needs a subject and a text")
    if foreign := not_ours(context, f"{subject}\n{body}"):
        raise Refused("sample_firm", f"nothing was sent: {foreign}")


def not_ours(context: Context, text: str) -> str:
    """Why a text must not leave this floor although it is finished: it speaks for the sample firm.
    Empty where it may, as on every demo floor."""
    said = "" if context.is_demo else spoken(text)
    if not said:
        return ""
    if said == SAMPLE_ADDRESS:
        do = f"write your own postal_address into {context.settings.folder / FILE}"
    else:
        do = DO
    return f"this text still speaks for the sample firm ({said}); {do}"


class Speech:
    """What a rep says to one lead at one moment: scripts and objections with the lead's values."""

    def __init__(self, context: Context, sheet: LeadSheet, now: datetime) -> None:
        self.context = context
        self.sheet = sheet
        self.now = now
        self._values: dict[str, dict[str, str]] = {}
        """By language, since a panel has some fifty texts."""

    def fill(self, template: Template) -> str:
        """A text to be spoken; an unknown value is three dots to speak around."""
        done = render(template, self._values_in(template.language))
        body = done.body
        for name in done.missing:
            body = body.replace(f"‹{name}›", "…")
        return body

    def _values_in(self, language: str) -> dict[str, str]:
        if language not in self._values:
            context, session = self.context, self.sheet.session
            rep, book = session.get(Rep, context.identity.id), context.playbook(session)
            self._values[language] = field_values(
                context, book, self.sheet, rep, self.now, language
            )
        return self._values[language]


def field_values(
    context: Context,
    book: Playbook,
    sheet: LeadSheet,
    rep: Rep | None,
    now: datetime,
    language: str = "",
) -> dict[str, str]:
    """Field -> value for every field of ``templates.LEAD_FIELDS`` and every constant of the
    playbook, dates in the language of the text."""
    lead, floor = sheet.lead, book.floor
    response = sheet.responses[0] if sheet.responses else None
    offer = book.offers.get(response.offer) if response else None
    values = {**LINES.get(language, LINES[""]), **floor.fields}
    values["missed_line"] = _missed_line(sheet, language)
    values |= {
        "greeting": _greeting(sheet, language),
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "full_name": lead.full_name,
        "title": lead.title,
        "company": sheet.company.name if sheet.company else "",
        "industry": sheet.company.industry if sheet.company else "",
        "city": lead.city,
        "country": lead.country,
        "vendor": floor.vendor,
        "product": floor.product,
        "offer": offer.label.lower() if offer else "",
        "event": response.event if response else "",
        "postal_address": context.settings.postal_address,
    }
    spoken = {name: values[name] or said for name, said in EMPTY_VALUES.get(language, {}).items()}
    values |= spoken | _dates(context, book, sheet, rep, now, language)
    return values | _rep_values(rep)


def _dates(
    context: Context,
    book: Playbook,
    sheet: LeadSheet,
    rep: Rep | None,
    now: datetime,
    language: str,
) -> dict[str, str]:
    """The days a text may name, as they are at this moment."""
    tongue, zone, dates = tongue_of(language), ZoneInfo(sheet.zone), sheet.lead.dates
    site = Site(sheet.facts(), context.calendar(book, rep))
    soon, later = workdays(tongue, zone, now, lambda day: not site.closed(day))
    inquiry = sheet.responses[0].inquiry_at if sheet.responses else None
    meeting = next(filter(None, map(dates.get, MEETING_DATES)), None)
    return {
        "trial_ends": date_text(tongue, dates.get("trial_ends"), zone),
        "meeting_at": moment_text(
            tongue, datetime.fromisoformat(meeting) if meeting else None, zone
        ),
        "callback_at": moment_text(tongue, _promised(sheet), zone),
        "last_touch_day": touch_day(tongue, _last_touch(sheet), zone, now),
        "inquiry_day": inquiry_day(tongue, inquiry, zone, now),
        "next_workday": soon,
        "second_workday": later,
    }


def _greeting(sheet: LeadSheet, language: str) -> str:
    if language == "de":
        return f"Guten Tag {sheet.lead.full_name}".strip()
    return f"Hello {sheet.lead.first_name or 'there'}"


def _missed_line(sheet: LeadSheet, language: str) -> str:
    """What a text says of calls since the lead's last response; empty where none was missed, so
    that nobody who could not be called reads of a call."""
    if not sheet.responses:
        return ""
    missed = leads.missed_calls(sheet.session, sheet.id, sheet.responses[0].inquiry_at)
    once, often = MISSED.get(language, MISSED[""])
    return "" if not missed else once if missed == 1 else often


def _wording(found: tuple[Template, ...], lead_id: int) -> Template:
    """Of wordings that fit equally well a lead gets one by its id, so that it does not change
    between looks."""
    best = found[0]
    equal = [
        text
        for text in found
        if (text.language, len(text.when.tests)) == (best.language, len(best.when.tests))
    ]
    if len(equal) == 1 or not all(text.wording for text in equal):
        return found[0]
    digest = hashlib.sha256(f"{lead_id}:{equal[0].variant_of or equal[0].id}".encode()).digest()
    return sorted(equal, key=lambda text: text.wording)[digest[0] % len(equal)]


def _rep_values(rep: Rep | None) -> dict[str, str]:
    if rep is None:
        return dict.fromkeys(("rep_name", "rep_first_name", "rep_email", "rep_phone"), "")
    return {
        "rep_name": rep.name,
        "rep_first_name": rep.name.split(" ")[0],
        "rep_email": rep.email,
        "rep_phone": rep.phone,
    }


def _promised(sheet: LeadSheet) -> datetime | None:
    return next(
        (touch.due for touch in leads.open_touches(sheet.session, sheet.id) if touch.promised), None
    )


def _last_touch(sheet: LeadSheet) -> datetime | None:
    return max(leads.last_touches(sheet.session, sheet.id).values(), default=None)
