"""Whether an answer says what it must, before anything is carried out; and the time at which
something was done already, as people type it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from leadtui.cadence.model import Disposition, Playbook
from leadtui.desk.answers import qualifying
from leadtui.desk.answers.given import ANSWERS, Given
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, sheet_of
from leadtui.desk.core.words import said_at
from leadtui.desk.planning import mending
from leadtui.errors import Refused
from leadtui.store.engine.tables import Obligation, Touch

WANTED = {
    "note": "a memo",
    "at": "a time",
    "next": "what is to be done next",
    "reason": "a reason",
    "colleague": "the colleague's name",
    "gatekeeper": "the gatekeeper's name",
}
"""What an outcome may require, in words."""

_AGO = re.compile(r"(\d{1,4}|an?) ?(m|min|minute|h|hour|day)s? ago")
_SPANS = {"m": "minute", "min": "minute", "h": "hour"} | {
    one: one for one in ("minute", "hour", "day")
}
BEFORE = timedelta(days=1)
"""So long before an inquiry reached the floor somebody may have worked on it."""
WHY = 10
"""Characters of a note that says why a demo took place before its time."""


def disposition(context: Context, session: Any, code: str) -> Disposition:
    """The row of the playbook's table for an outcome's code."""
    known = context.playbook(session).dispositions
    if code not in known:
        raise Refused("outcome", f"unknown outcome {code!r}; known are {', '.join(known)}")
    return known[code]


def check(
    context: Context,
    session: Any,
    obligation: Obligation,
    touch: Touch,
    given: Given,
    *,
    unsent: bool,
) -> Disposition | None:
    """Refuse an answer that lacks something; the row of its outcome, where it has one. Whether an
    e-mail is ``unsent`` the caller has looked up."""
    if given.answer not in ANSWERS:
        raise Refused("answer", "answer yes, partly or no")
    book = context.playbook(session)
    if given.answer == "no":
        codes = [reason.code for reason in book.reasons_of("no")]
        if given.reason not in codes:
            raise Refused(
                "reason" if given.reason else "missing", f"a no needs a reason: {', '.join(codes)}"
            )
        return None
    if given.answer == "partly" and not (given.note.strip() or given.reason):
        raise Refused("missing", "partly needs a note: what is still to do?")
    if given.at is not None and given.at <= context.now():
        raise Refused("when", "the time given is not in the future")
    if not touch.call:
        _check_work(context, session, touch, given, unsent=unsent)
        _check_reason(book, given, None)
        return None
    code = given.outcome or obligation.outcome
    if not code:
        raise Refused("missing", f"a call needs its outcome: {', '.join(book.dispositions)}")
    row = disposition(context, session, code)
    lacking = qualifying.lacking(context, session, obligation, row, given)
    if lacking and given.answer == "yes":
        raise Refused(
            "missing",
            (
                f"{row.label.rstrip(' …')} needs "
                f"{', '.join(WANTED.get(one, one) for one in lacking)}"
            ),
        )
    _check_reason(book, given, row)
    if given.colleague_phone or given.colleague_email:
        lead = sheet_of(context, session, obligation.lead_id).lead
        _check_colleague(given, lead.country or context.settings.country)
    return row


def _check_work(
    context: Context, session: Any, touch: Touch, given: Given, *, unsent: bool
) -> None:
    """What an action that is no call must say besides."""
    if given.outcome:
        raise Refused(
            "outcome", f"{given.outcome} is the outcome of a call, and this is none; leave it out"
        )
    if given.answer != "yes":
        return
    if unsent and not (given.elsewhere or given.already):
        words = (
            "this e-mail was not sent through leadtui; if you sent it elsewhere, say "
            "so (--elsewhere)"
        )
        raise Refused("missing", words)
    sheet = sheet_of(context, session, touch.lead_id)
    if mending.is_undone(session, sheet, touch, given.note):
        raise Refused("missing", mending.what_to_do(sheet, touch))
    if touch.channel == "demo" and context.now() < touch.due and len(given.note.strip()) < WHY:
        at = _at(touch, context, session)
        raise Refused(
            "missing",
            f"this demo is at {at}; say in the note why it took place before ({WHY} characters)",
        )


def with_claim(context: Context, given: Given, sheet: LeadSheet) -> Given:
    """The answer with its claimed time as an instant, and the claim before the memo; it stands
    for no note that is asked for."""
    if not given.already:
        return given
    if given.already == "now":
        return replace(given, note=f"already done. {given.note}".strip())
    at = _claimed_at(given.already, context)
    first = min([sheet.lead.created_at, *(one.inquiry_at for one in sheet.responses)])
    if not first - BEFORE <= at <= context.now():
        raise Refused(
            "when",
            f"already done at {given.already}: that is "
            + ("still to come" if at > context.now() else "before this lead was here")
            + "; give the time at which it was done",
        )
    said = f"already done, at {at.astimezone(context.zone):%d %b %Y %H:%M}"
    return replace(given, already=at.isoformat(), note=f"{said}. {given.note}".strip())


def _check_reason(book: Playbook, given: Given, row: Disposition | None) -> None:
    """A reason is a code of the playbook, of the outcome's own where it has some: free words belong
    in the note."""
    own = book.reasons_of(row.code.lower()) if row is not None and given.answer == "yes" else ()
    known = [reason.code for reason in own or book.reasons]
    if given.reason and given.reason not in known:
        raise Refused(
            "reason", f"{given.reason!r} is no reason for this; known are {', '.join(known)}"
        )


def _check_colleague(given: Given, country: str) -> None:
    """A number or an address of theirs that cannot be read is refused, before they are a lead."""
    from leadtui.sheets.fields import read_emails
    from leadtui.sheets.phones import read_phones

    problems = read_phones(given.colleague_phone, country).problems
    for text, reason in (*problems, *read_emails(given.colleague_email)[1]):
        raise Refused("colleague", f"the colleague's {text!r}: {reason}; mend it, or leave it out")


def _at(touch: Touch, context: Context, session: Any) -> str:
    zone = sheet_of(context, session, touch.lead_id).zone
    return said_at(touch.due, zone, context.now())


def _claimed_at(text: str, context: Context) -> datetime:
    """The instant of a claimed time: ISO 8601 or an hour of today on the floor's clock, or how long
    ago."""
    if ago := _AGO.fullmatch(text.strip().casefold()):
        count = int(ago[1]) if ago[1].isdigit() else 1
        return context.now() - timedelta(**{f"{_SPANS[ago[2]]}s": count})
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            hour = time.fromisoformat(text.strip())
        except ValueError:
            raise Refused(
                "when",
                f"already done at {text[:40]!r}: that is no time; write it like 2026-11-23 10:40, "
                "10:40 for today, or 20 min ago",
            ) from None
        at = datetime.combine(context.now().astimezone(context.zone).date(), hour)
    return at if at.tzinfo else at.replace(tzinfo=context.zone)
