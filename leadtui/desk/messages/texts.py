"""Which text a lead gets, and what it may name of the lead, its rep and the floor, in the words a
message uses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from leadtui.cadence.model import Playbook, Template
from leadtui.cadence.personas import variants
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.core.lead_views import sheet_of
from leadtui.errors import NotFound, Refused
from leadtui.mail.rendering import left_over, render
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Rep, Touch

OPT_OUT = "If you would rather not get e-mails from me, reply with the word stop."
YES_CALL_ME = 'Would you like a call? Reply "yes, call me" and I will.'
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


def choose(
    book: Playbook,
    sheet: LeadSheet,
    touch: Touch | None,
    wanted: str,
    fitting: tuple[Template, ...],
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
    if not fitting:
        raise Refused(
            "no_template", "no e-mail of the playbook fits this lead now; write one for its cadence"
        )
    return fitting[0]


def refuse_unfinished(subject: str, body: str, book: Playbook) -> None:
    """Refuse a message that still names a field, or says nothing."""
    if lacking := left_over(f"{subject}\n{body}", book.floor.fields):
        said = ", ".join(name.replace("_", " ") for name in lacking)
        raise Refused(
            "missing_field",
            f"this message still lacks: {said}; fill it in (E) or take another text",
        )
    if not subject or not body.strip():
        raise Refused("empty", "a message needs a subject and a text")


def fill_for_speech(
    context: Context, session: Any, template: Template, lead_id: int, now: datetime
) -> str:
    """A script's or an objection's text with the lead's values; an unknown one is three dots to
    speak around."""
    sheet = sheet_of(session, lead_id)
    rep = session.get(Rep, context.identity.id)
    done = render(template, field_values(context, context.playbook(session), sheet, rep, now))
    body = done.body
    for name in done.missing:
        body = body.replace(f"‹{name}›", "…")
    return body


def field_values(
    context: Context, book: Playbook, sheet: LeadSheet, rep: Rep | None, now: datetime
) -> dict[str, str]:
    """Field -> value for every field of ``templates.LEAD_FIELDS`` and every constant of the
    playbook."""
    lead, floor = sheet.lead, book.floor
    response = sheet.responses[0] if sheet.responses else None
    offer = book.offers.get(response.offer) if response else None
    zone = ZoneInfo(lead.zones[0] if lead.zones else context.settings.zone)
    values = {"opt_out_line": OPT_OUT, "yes_call_me_line": YES_CALL_ME, **floor.fields}
    values |= {
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
        "trial_ends": _date(lead.dates.get("trial_ends"), zone, hour=False),
        "meeting_at": _date(
            next(filter(None, map(lead.dates.get, MEETING_DATES)), None), zone, hour=True
        ),
        "callback_at": _moment(_promised(sheet), zone),
        "last_touch_day": _day(_last_touch(sheet), zone, now),
    }
    return values | _rep_values(rep)


def _wording(found: tuple[Template, ...], lead_id: int) -> Template:
    """Of wordings that fit equally well a lead gets one by its id, so that it does not change
    between looks."""
    equal = [text for text in found if len(text.when.tests) == len(found[0].when.tests)]
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


def _date(iso: str | None, zone: ZoneInfo, *, hour: bool) -> str:
    at = datetime.fromisoformat(iso).astimezone(zone) if iso else None
    if at is None:
        return ""
    return _moment(at, zone) if hour else f"{at:%A, %B} {at.day}"


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    """``Tuesday, November 24 at 10:00 (MST)``: on the lead's own clock."""
    local = at.astimezone(zone) if at else None
    return f"{local:%A, %B} {local.day} at {local:%H:%M} ({local:%Z})" if local else ""


def _day(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """``Thursday`` within the last six days, ``November 12`` before."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    days = (now.astimezone(zone).date() - local.date()).days
    return {0: "today", 1: "yesterday"}.get(days) or (
        f"{local:%A}" if days < 7 else f"{local:%B} {local.day}"
    )
