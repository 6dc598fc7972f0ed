"""The question and its answer: "Did you complete this action?" is asked, answered, and carried out
here.

Whoever asks (a screen, a command), the rules are the same: only the rep's own open obligation can
be answered, an outcome must say what it requires, and the answer, its consequences and the log
entry are one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from leadtui.cadence.calendar import part_index
from leadtui.cadence.gate.calling import gate
from leadtui.cadence.model import Disposition, Playbook
from leadtui.cadence.personas import script_for
from leadtui.desk.answers import qualifying, taking_back
from leadtui.desk.answers.consequences import Consequences
from leadtui.desk.answers.foreseeing import foresee, suggested_at
from leadtui.desk.answers.given import ANSWERS, Given
from leadtui.desk.answers.marking import marks_of
from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.core.facts import LeadSheet, call_facts, sheet_of
from leadtui.desk.core.lead_views import later_of
from leadtui.desk.core.views import Confirmed, NextThing, Preview
from leadtui.desk.core.words import channel_word, said_at
from leadtui.desk.planning import mending
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import call_block, floor, leads
from leadtui.store.engine.tables import Attempt, Enrolment, Obligation, Response, Touch
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

WANTED = {
    "note": "a memo",
    "at": "a time",
    "next": "what is to be done next",
    "reason": "a reason",
    "colleague": "the colleague's name",
    "gatekeeper": "the gatekeeper's name",
}
"""What an outcome may require, in words."""

UNDONE = "Nothing was mended, so it"
"""A task to mend data that is answered with nothing, before it says what it needs."""

_AGO = re.compile(r"(\d{1,4}|an?) ?(m|min|minute|h|hour|day)s? ago")
_SPANS = {"m": "minute", "min": "minute", "h": "hour"} | {
    one: one for one in ("minute", "hour", "day")
}
BEFORE = timedelta(days=1)
"""So long before an inquiry reached the floor somebody may have worked on it."""
WHY = 10
"""Characters of a note that says why a demo took place before its time."""
BY_HAND, NOT_BY_HAND = "sent elsewhere, says the rep", "not sent, says the rep"
"""What becomes of a draft, in the outbox's words."""
NOT_HANDED_OVER = ("failed", "cancelled")
"""States of a message that nobody has got."""


class Confirming(Door):
    """The use cases of the question."""

    last = UseCase(taking_back.last)
    given = UseCase(taking_back.given)
    take_back = UseCase(taking_back.take_back)

    def shown(self, obligation_id: int) -> None:
        """The question stands armed on a screen: from here the seconds to the answer count."""
        with self.context.write() as unit:
            obligation = self._open(unit.session, obligation_id)
            if obligation.shown_at is None:
                obligation.shown_at = unit.now
                unit.log(
                    Event.QUESTION_SHOWN,
                    subjects={"obligation": obligation_id, "lead": obligation.lead_id},
                )

    def keep(self, obligation_id: int, outcome: str = "", **draft: str) -> None:
        """Keep what was typed and chosen so far, so that a kill loses none of it."""
        with self.context.write() as unit:
            obligation = self._open(unit.session, obligation_id)
            if outcome:
                self._disposition(unit.session, outcome)
            obligation.draft = {**obligation.draft, **draft}
            obligation.outcome = outcome or obligation.outcome
            leases.renew(self.context, unit, obligation)
            unit.log(
                Event.QUESTION_DRAFTED,
                subjects={"obligation": obligation_id, "lead": obligation.lead_id},
                codes={Code.OUTCOME: obligation.outcome},
            )

    def preview(self, obligation_id: int, outcome: str, given: Given | None = None) -> Preview:
        """What an outcome would lead to, without doing anything."""
        now = self.context.now()
        given = given or Given("yes", outcome=outcome)
        with self.context.store.read() as session:
            obligation = self._open(session, obligation_id)
            if obligation.action != "call":
                words = foresee(self.context, session, obligation, None, given, now)
                touch = session.get_one(Touch, obligation.touch_id)
                sheet = sheet_of(self.context, session, obligation.lead_id)
                undone = mending.is_undone(session, sheet, touch, given.note)
                label, needs = (UNDONE, ["note"]) if undone else ("done", [])
                unsent = _unsent(session, touch)
                return Preview(outcome, label, tuple(needs), words, sure=unsent, unsent=unsent)
            row = self._disposition(session, outcome)
            words = foresee(self.context, session, obligation, row, given, now)
            sheet = sheet_of(self.context, session, obligation.lead_id)
            lacking = qualifying.lacking(self.context, session, obligation, row, given)
            weighed = qualifying.weighed(self.context, session, row, sheet.lead)
        words, suggested = (
            f"{words} ({weighed})" if weighed else words,
            suggested_at(row, sheet, now),
        )
        if suggested and given.at is None:
            # Whoever says "not now" says until when: it is asked, and the playbook has an answer.
            lacking = ("at", *lacking)
        return Preview(row.code, row.label, lacking, words, row.sure, suggested)

    def answer(self, obligation_id: int, given: Given) -> Confirmed:
        """Answer for an obligation. Raises ``Refused`` with code ``missing`` where the answer lacks
        something."""
        with self.context.write() as unit:
            return self.carry(unit, obligation_id, given)

    def again(self, entry: int, why: str, given: Given) -> Confirmed:
        """Take an answer back and give another, in one transaction: both or neither."""
        with self.context.write() as unit:
            obligation = taking_back.reopen(self.context, unit, entry, why)
            return self.carry(unit, int(obligation.id or 0), given)

    def carry(self, unit: Unit, obligation_id: int, given: Given) -> Confirmed:
        """Answer inside the caller's transaction."""
        call_block.read_together(unit.session, obligation_id)
        obligation = self._open(unit.session, obligation_id)
        touch = unit.session.get(Touch, obligation.touch_id)
        if touch is None:
            raise LookupError(f"touch {obligation.touch_id}")
        planning = Planning(self.context, unit)
        unsent = given.answer == "yes" and _unsent(unit.session, touch)
        row = self._check(unit.session, obligation, touch, given, unsent=unsent)
        _settle_draft(unit, touch, given)
        given = self._with_claim(given, planning.sheet(obligation.lead_id))
        sheet, late = planning.sheet(obligation.lead_id), leases.is_late(unit.session, obligation)
        attempt = (
            self._attempt(unit, planning, obligation, touch, row, given) if touch.call else None
        )
        # What stood on the panel: chosen before the answer changes what is known of the lead.
        script = _script_hash(unit, planning.book, sheet, touch)
        consequences = Consequences(planning, sheet, touch, row, given)
        offer = consequences.keep_late(obligation) if late else consequences.carry_out()
        self._close(unit, obligation, given, row)
        front = planning.settle_known(sheet)
        with unit.session.no_autoflush:  # what is left goes in with the entry
            marks = marks_of(planning, sheet, obligation, touch, row, given)
            marks |= {Code.LATE: int(late)} | ({Code.UNSENT: 1} if unsent else {})
            entry = self._log(unit, obligation, touch, attempt, given, front, script, marks)
            obligation.log_seq = entry
            self._event(unit, obligation, touch, given, row)
            following = _next(front, sheet, unit.now)
        return Confirmed(entry, row.code if row else given.answer, following, offer)

    # -- checks ------------------------------------------------------------------------------------

    def _open(self, session: Any, obligation_id: int) -> Obligation:
        obligation = session.get(Obligation, obligation_id)
        if (
            obligation is None
            or obligation.answered_at is not None
            or obligation.rep_id != self.context.identity.id
        ):
            raise Refused("no_question", "there is no open question of yours by that number")
        found: Obligation = obligation
        return found

    def _disposition(self, session: Any, code: str) -> Disposition:
        known = self.context.playbook(session).dispositions
        if code not in known:
            raise Refused("outcome", f"unknown outcome {code!r}; known are {', '.join(known)}")
        return known[code]

    def _check(
        self, session: Any, obligation: Obligation, touch: Touch, given: Given, *, unsent: bool
    ) -> Disposition | None:
        if given.answer not in ANSWERS:
            raise Refused("answer", "answer yes, partly or no")
        book = self.context.playbook(session)
        if given.answer == "no":
            codes = [reason.code for reason in book.reasons_of("no")]
            if given.reason not in codes:
                raise Refused(
                    "reason" if given.reason else "missing",
                    f"a no needs a reason: {', '.join(codes)}",
                )
            return None
        if given.answer == "partly" and not (given.note.strip() or given.reason):
            raise Refused("missing", "partly needs a note: what is still to do?")
        if given.at is not None and given.at <= self.context.now():
            raise Refused("when", "the time given is not in the future")
        if not touch.call:
            self._check_work(session, touch, given, unsent=unsent)
            _check_reason(book, given, None)
            return None
        code = given.outcome or obligation.outcome
        if not code:
            raise Refused("missing", f"a call needs its outcome: {', '.join(book.dispositions)}")
        row = self._disposition(session, code)
        lacking = qualifying.lacking(self.context, session, obligation, row, given)
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
            lead = sheet_of(self.context, session, obligation.lead_id).lead
            _check_colleague(given, lead.country or self.context.settings.country)
        return row

    def _check_work(self, session: Any, touch: Touch, given: Given, *, unsent: bool) -> None:
        """What an action that is no call must say besides."""
        if given.outcome:
            raise Refused(
                "outcome",
                f"{given.outcome} is the outcome of a call, and this is none; leave it out",
            )
        if given.answer != "yes":
            return
        if unsent and not (given.elsewhere or given.already):
            words = (
                "this e-mail was not sent through leadtui; if you sent it elsewhere, say "
                "so (--elsewhere)"
            )
            raise Refused("missing", words)
        sheet = sheet_of(self.context, session, touch.lead_id)
        if mending.is_undone(session, sheet, touch, given.note):
            raise Refused("missing", mending.what_to_do(sheet, touch))
        if (
            touch.channel == "demo"
            and self.context.now() < touch.due
            and len(given.note.strip()) < WHY
        ):
            at = _at(touch, self.context, session)
            raise Refused(
                "missing",
                f"this demo is at {at}; say in the note why it took place before "
                f"({WHY} characters)",
            )

    def _with_claim(self, given: Given, sheet: LeadSheet) -> Given:
        """The answer with its claimed time as an instant, and the claim before the memo; it stands
        for no note that is asked for."""
        if not given.already:
            return given
        if given.already == "now":
            return replace(given, note=f"already done. {given.note}".strip())
        at = _claimed_at(given.already, self.context)
        first = min([sheet.lead.created_at, *(one.inquiry_at for one in sheet.responses)])
        if not first - BEFORE <= at <= self.context.now():
            raise Refused(
                "when",
                f"already done at {given.already}: that is "
                + ("still to come" if at > self.context.now() else "before this lead was here")
                + "; give the time at which it was done",
            )
        said = f"already done, at {at.astimezone(self.context.zone):%d %b %Y %H:%M}"
        return replace(given, already=at.isoformat(), note=f"{said}. {given.note}".strip())

    # -- what is kept ------------------------------------------------------------------------------

    def _attempt(
        self,
        unit: Unit,
        planning: Planning,
        obligation: Obligation,
        touch: Touch,
        row: Disposition | None,
        given: Given,
    ) -> Attempt | None:
        """The call on record: the dial, or an outcome without one, with the gate's verdict of this
        moment."""
        attempt = call_block.attempt_of(unit.session, int(obligation.id or 0))
        if attempt is None:
            if row is None or not row.attempt:
                return None
            attempt = self._undialed(unit, planning, obligation, touch)
        attempt.answered_at = unit.now
        if row is not None:
            attempt.disposition, attempt.contact = row.code, int(row.contact)
            if row.contact:
                lead = leads.lead(unit.session, obligation.lead_id)
                lead.last_contact_at = lead.last_sign_of_life = unit.now
            if not row.attempt:
                attempt.dialed_at, attempt.verdict = None, "not dialed"
        if attempt.id is None:
            unit.session.add(attempt)
            unit.session.flush()
        return attempt

    def _undialed(
        self, unit: Unit, planning: Planning, obligation: Obligation, touch: Touch
    ) -> Attempt:
        sheet = planning.sheet(obligation.lead_id)
        phone = next(iter(sheet.usable_phones()), None)
        number = phone.number if phone else ""
        found = gate(
            call_facts(sheet, number, unit.now, promised=bool(touch.promised)),
            planning.book.calling,
            unit.now,
        )
        local = found.local_times[0][1] if found.local_times else unit.now
        response = unit.session.get(Response, touch.response_id) if touch.response_id else None
        if response is not None and response.first_attempt_at is None:
            response.first_attempt_at = unit.now
        return Attempt(
            lead_id=obligation.lead_id,
            touch_id=obligation.touch_id,
            obligation_id=int(obligation.id or 0),
            enrolment_id=touch.enrolment_id,
            rep_id=obligation.rep_id,
            number=number,
            at=unit.now,
            part=part_index(local),
            verdict=found.verdict.value,
            rule=found.rule,
            inbound=obligation.inbound,
        )

    def _close(
        self, unit: Unit, obligation: Obligation, given: Given, row: Disposition | None
    ) -> None:
        obligation.answered_at, obligation.answer = unit.now, given.answer
        obligation.reason, obligation.outcome = given.reason, row.code if row else ""
        if obligation.shown_at is not None:
            obligation.seconds = round((unit.now - obligation.shown_at).total_seconds() * 1000)
        obligation.draft = {}
        leases.release(unit, obligation)

    def _log(
        self,
        unit: Unit,
        obligation: Obligation,
        touch: Touch,
        attempt: Attempt | None,
        given: Given,
        front: Touch | None,
        script: str,
        marks: Mapping[Code, object],
    ) -> int:
        dialed = attempt.dialed_at if attempt else None
        enrolment = unit.session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
        mail = call_block.email_of(unit.session, int(touch.id or 0))
        digests = {"script": script, "text": mail.text_hash if mail else ""}
        return unit.log(
            Event.ACTION_CONFIRMED,
            subjects={
                "lead": obligation.lead_id,
                "touch": touch.id,
                "obligation": obligation.id,
                "attempt": attempt.id if attempt else None,
                "email": mail.id if mail else None,
            },
            after={
                "touch": touch.state,
                "next": front,
                "next_due": front.due.isoformat() if front else None,
                "enrolment": enrolment.state if enrolment else "",
                "email": mail.state if mail else "",
            },
            codes={
                Code.ANSWER: given.answer,
                Code.OPTIONS: list(ANSWERS),
                Code.OUTCOME: obligation.outcome,
                Code.REASON: given.reason,
                Code.CHANNEL: touch.channel,
                Code.CADENCE: touch.cadence,
                Code.STEP: touch.step_id,
                Code.STARTED: obligation.started_at.isoformat(),
                Code.SHOWN: obligation.shown_at.isoformat() if obligation.shown_at else "",
                Code.SECONDS_MS: obligation.seconds,
                Code.VERDICT: attempt.verdict if attempt else "",
                Code.RULE: attempt.rule if attempt else "",
                Code.OVERRIDE: attempt.override_code if attempt else "",
                Code.CONTACT: attempt.contact if attempt else None,
                Code.DIALED_MS: round((unit.now - dialed).total_seconds() * 1000)
                if dialed
                else None,
                Code.BRANCHES: list(given.branches),
                Code.OBJECTIONS: list(given.objections),
                Code.STARTED_IN: obligation.front_end,
                Code.ALREADY: given.already,
                Code.DUE: touch.due.isoformat(),
                **marks,
            },
            hashes={key: value for key, value in digests.items() if value},
            private=given.note,
        )

    def _event(
        self,
        unit: Unit,
        obligation: Obligation,
        touch: Touch,
        given: Given,
        row: Disposition | None,
    ) -> None:
        code = (
            row.code
            if row
            else ("" if given.answer == "yes" else f"{given.answer} {given.reason}".strip())
        )
        kind = "inbound" if obligation.inbound else touch.channel
        text = given.note.strip() or ("" if touch.call else touch.title)
        leads.add_event(unit, obligation.lead_id, kind, code=code, note=text, touch_id=touch.id)


def _script_hash(unit: Unit, book: Playbook, sheet: LeadSheet, touch: Touch) -> str:
    """The script that stood on the panel: the step's, in the variant that fits the lead."""
    if not (touch.call and touch.template):
        return ""
    session = unit.session
    enrolment = session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
    facts = sheet.conditions(cadence=touch.cadence, enrolment=enrolment)
    template = script_for(book, touch.template, touch.cadence, facts, unit.now)
    return floor.keep_text(unit, template.body) if template else ""


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


def _unsent(session: Any, touch: Touch | None) -> bool:
    """Whether this is an e-mail of which no message was handed over here: not sent, not queued, not
    even drafted."""
    if touch is None or touch.channel != "email":
        return False
    mail = call_block.email_of(session, int(touch.id or 0))
    return mail is None or mail.state in NOT_HANDED_OVER


def _settle_draft(unit: Unit, touch: Touch, given: Given) -> None:
    """A draft was sent by hand or it was not: the answer says so, and the outbox knows it."""
    mail = (
        call_block.email_of(unit.session, int(touch.id or 0)) if touch.channel == "email" else None
    )
    if mail is None or mail.state != "drafted" or given.answer == "partly":
        return
    if given.answer == "yes":
        mail.state, mail.sent_at, mail.error = "sent", unit.now, BY_HAND
    else:
        mail.state, mail.error = "cancelled", NOT_BY_HAND
    unit.session.flush()


def _at(touch: Touch, context: Context, session: Any) -> str:
    zone = sheet_of(context, session, touch.lead_id).zone
    return said_at(touch.due, zone, context.now())


def _next(front: Touch | None, sheet: LeadSheet, now: datetime) -> NextThing | None:
    if front is None:
        return later_of(sheet.session, sheet.id, sheet.zone, now)
    return NextThing(channel_word(front.channel), front.due, said_at(front.due, sheet.zone, now))


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
