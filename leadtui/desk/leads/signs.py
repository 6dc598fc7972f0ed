"""Signs of life: what a lead does by itself, and what comes of it: a reply, a click, a bounce, an
opt-out, a meeting.

A reply pauses every cadence and is the rep's to answer; the cadences go on when it is answered, or
after five business days. What a lead does raises its engagement; a nurtured lead that reaches the
score of the playbook is brought out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from leadtui.cadence.calendar import add_span, local_to_utc
from leadtui.cadence.model import Channel, Disposition, Effect
from leadtui.cadence.personas import choose_cadence
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, engagement_of
from leadtui.desk.intake.responding import respond_in
from leadtui.desk.planning.dated_rules import fire
from leadtui.desk.planning.dates import plan_dates
from leadtui.desk.planning.entering import ask, enter
from leadtui.desk.planning.ground import weekday
from leadtui.desk.planning.mending import FIND_ADDRESS
from leadtui.desk.planning.planning import AWAY, OUT_OF_OFFICE, Planning
from leadtui.desk.planning.scoring import rescore
from leadtui.desk.planning.setting_aside import due_now, set_aside
from leadtui.errors import Refused, WrongUse
from leadtui.store import leads, lifecycle, suppression
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold

ANSWER = "They wrote back: answer, and say what comes next"
WARM = "Their interest has grown: call while it is warm"
ANSWER_WITHIN = 5 * 480
"""Business minutes after which the cadences go on, whether or not a reply was answered."""
BACK_AT = time(9)
"""The local time at which an enrolment goes on after an absence that was announced."""
LONGEST = {"meeting": timedelta(days=183), "out-of-office": timedelta(days=92)}
"""How far ahead a sign may reach: one of years would be a way to drop a lead."""
ALIVE = ("reply", "click", "open", "visit", "download", "webinar")
"""Signs that a person has seen something of ours."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sign came to."""

    lead_id: int
    kind: str
    score: int
    engagement: int
    paused: int = 0
    """How many enrolments wait."""
    entered: str = ""
    """The cadence that was entered."""
    asked: str = ""
    """The touch that was asked for."""

    @property
    def words(self) -> str:
        """``Noted, 42 points; 2 cadences wait; asked of the rep: …``."""
        said = [
            f"Noted, {self.score} points",
            f"{self.paused} cadence{'s wait' if self.paused != 1 else ' waits'}"
            if self.paused
            else "",
            f"enters {self.entered}" if self.entered else "",
            f"asked of the rep: {self.asked}" if self.asked else "",
        ]
        return "; ".join(filter(None, said))


def take(
    context: Context,
    lead_id: int,
    kind: str,
    *,
    until: datetime | date | None = None,
    address: str = "",
) -> Taken:
    """Take note of a sign of life; ``until`` is the last day of an absence, or the time of a
    meeting.

    Raises ``WrongUse`` for a kind nobody knows, what a kind still needs, and a time that is past or
    too far ahead; ``Refused`` for a lead that is no more."""
    if kind not in KINDS:
        raise WrongUse(f"--kind {kind!r} is unknown; choose one of {', '.join(KINDS)}")
    with context.write() as unit:
        return take_in(context, unit, lead_id, kind, until=until, address=address)


def take_in(
    context: Context,
    unit: Unit,
    lead_id: int,
    kind: str,
    *,
    until: datetime | date | None = None,
    address: str = "",
    note: str = "",
    source: Mapping[Code, Any] | None = None,
) -> Taken:
    """The same inside the caller's transaction; ``source`` says what of the web it came by."""
    planning = Planning(context, unit)
    sheet = planning.sheet(lead_id)
    if sheet.lead.status in {"merged", "erased"}:
        raise Refused(
            "not_open", f"lead {lead_id} was {sheet.lead.status}; there is nobody any more"
        )
    due = due_now(planning, [lead_id])
    sign = _Sign(planning, sheet, kind, until, address, note)
    sign.take()
    if sheet.lead.status == "open":
        planning.settle(sheet)
    worth = engagement_of(sheet.lead)(unit.now)
    after = {
        "emails_opt_out": sheet.lead.emails_opt_out,
        "status": sheet.lead.status,
        "paused": sign.paused,
    }
    codes = {
        Code.KIND: kind,
        Code.ENTERED: sign.entered,
        Code.UNTIL: until.isoformat() if until else "",
        Code.SET_ASIDE: set_aside(planning, [lead_id], due),
        **(source or {}),
    }
    unit.log(Event.LEAD_SIGN, subjects={"lead": lead_id}, after=after, codes=codes)
    return Taken(
        lead_id, kind, sheet.lead.fit + worth, worth, sign.paused, sign.entered, sign.asked
    )


@dataclass
class _Sign:
    planning: Planning
    sheet: LeadSheet
    kind: str
    until: datetime | date | None
    address: str
    note: str = ""
    paused: int = 0
    entered: str = ""
    asked: str = ""
    before: int = field(init=False)

    def __post_init__(self) -> None:
        self.before = engagement_of(self.sheet.lead, plus=self.sheet.lead.fit)(self.unit.now)

    @property
    def unit(self) -> Unit:
        return self.planning.unit

    def take(self) -> None:
        code = self.kind if self.kind in ALIVE else ""
        leads.add_event(
            self.unit, self.sheet.id, "sign" if code else self.kind, code=code, note=self.note
        )
        self.unit.session.flush()
        KINDS[self.kind](self)
        if not code:
            return
        self.sheet.lead.last_sign_of_life = self.unit.now
        self.sheet.__dict__.pop("signs", None)
        rescore(self.sheet, self.planning.book, self.unit.now)
        self._warmed()
        if self.sheet.lead.status == "open":
            for rule in self.planning.book.events:
                if code in rule.signs and fire(self.planning, self.sheet, rule, code):
                    self.entered, self.asked = (
                        rule.cadence or self.entered,
                        rule.title or self.asked,
                    )

    # -- what each kind does -----------------------------------------------------------------------

    def just_noted(self) -> None:
        """An open, a click, a visit, a download, a webinar attended: only the score knows."""

    def reply(self) -> None:
        """Every cadence waits, and the rep has something to answer."""
        self._reopen()
        until = self.planning.business.add(self.unit.now, ANSWER_WITHIN)
        self._pause("reply", until)
        if ask(self.planning, self.sheet, Channel.TASK, ANSWER, kind="reply"):
            self.asked = ANSWER

    def out_of_office(self) -> None:
        """Nobody has read it. With a date the cadences wait until the day after."""
        if self.until is None:
            return
        last = self.until.date() if isinstance(self.until, datetime) else self.until
        if last > (self.unit.now + LONGEST[self.kind]).date():
            raise WrongUse(_too_far(f"an absence until {last}", self.kind))
        back = datetime.combine(last + timedelta(days=1), BACK_AT)
        at = local_to_utc(back, self.sheet.zone)
        if at <= self.unit.now:
            raise WrongUse(f"--until: {last} is past; an absence that is over needs no note")
        self.sheet.lead.dates = {**self.sheet.lead.dates, AWAY: at.isoformat()}
        self._pause(OUT_OF_OFFICE, at)

    def bounce(self) -> None:
        """That address only; with the last one gone e-mail steps are passed over, and somebody
        finds another."""
        wanted = fold(self.address) or fold(
            lifecycle.last_address(self.unit.session, self.sheet.id)
        )
        usable = self.sheet.usable_addresses()
        found = next((one for one in self.sheet.addresses if one.address_key == wanted), None)
        if self.address and found is None:
            raise WrongUse(f"--address {self.address!r}: lead {self.sheet.id} has no such address")
        found = found or next(iter(usable), None)
        if found is None:
            name = self.sheet.lead.full_name
            raise Refused("no_address", f"{name} has no e-mail address left that could bounce")
        found.status = "bounced"
        self.sheet.__dict__.pop("addresses", None)
        if not self.sheet.usable_addresses() and self.sheet.lead.status == "open":
            self.planning.data_fix(self.sheet, FIND_ADDRESS)
            self._stop_emails("no address is left")

    def opt_out(self) -> None:
        """No e-mail in any cadence, by anybody."""
        self.sheet.lead.emails_opt_out = True
        self._stop_emails("opted out of e-mail")

    def opt_in(self) -> None:
        """E-mail is welcome again; what was passed over stays so, what is to come is planned."""
        self.sheet.lead.emails_opt_out = False
        words = [suppression.address_word(one.address_key) for one in self.sheet.addresses]
        words += [
            suppression.number_word(one.number, self.sheet.lead.last_name_key)
            for one in self.sheet.phones
        ]
        suppression.lift(self.planning.unit, words, suppression.EMAILS)
        self.sheet.__dict__.pop("suppressed", None)
        self.planning.welcome(self.sheet, Channel.EMAIL)

    def yes_call_me(self) -> None:
        """A contact request, with its own response."""
        offers = self.planning.book.offers
        strongest = max(
            (offer for offer in offers.values() if offer.at_once),
            key=lambda o: (o.key == "contact-us", o.strength),
        )
        respond_in(
            self.planning.context, self.unit, self.sheet.id, strongest.key, source="yes, call me"
        )
        live = leads.live_enrolments(self.unit.session, self.sheet.id)
        self.entered = live[-1].cadence if live else ""
        self.sheet.__dict__.pop("responses", None)

    def meeting(self) -> None:
        """They booked a time themselves: what runs ends, the meeting is promised, and what follows
        a meeting begins."""
        at = self.until
        if not isinstance(at, datetime):
            raise WrongUse("--until: a meeting needs its time, like 2026-12-01T15:00:00Z")
        if at <= self.unit.now:
            raise WrongUse(
                f"--until: {at.isoformat()} is past; a meeting that was booked lies ahead"
            )
        if at > self.unit.now + LONGEST[self.kind]:
            raise WrongUse(_too_far(f"a meeting at {at.isoformat()}", self.kind))
        row = next(
            (row for row in self.planning.book.dispositions.values() if "meeting" in row.then), None
        )
        self._reopen()
        for enrolment in leads.live_enrolments(self.unit.session, self.sheet.id):
            self.planning.end(enrolment, "meeting")
        self.sheet.lead.dates = {**self.sheet.lead.dates, "demo_at": at.isoformat()}
        self.sheet.lead.last_sign_of_life = self.unit.now
        order = Effect("plan_touch", at, Channel.DEMO, promised=True, title="Demo or meeting")
        self.planning.order(self.sheet, order, None, None, "meeting")
        self.asked = order.title
        for name in row.enters_at if row else ():
            self._after_meeting(row, name, at)
        plan_dates(self.planning, self.sheet)

    # -- shared ------------------------------------------------------------------------------------

    def _after_meeting(self, row: Disposition | None, name: str, at: datetime) -> None:
        begins = add_span(at, row.delay, self.sheet.zone, weekday) if row and row.delay else at
        if self.planning.enrol(self.sheet, name, begins):
            self.entered = name

    def _pause(self, reason: str, until: datetime) -> None:
        for enrolment in leads.live_enrolments(self.unit.session, self.sheet.id):
            longer = enrolment.pause_reason == reason == OUT_OF_OFFICE
            if enrolment.state == "active" or longer:
                self.planning.pause(enrolment, reason, until)
                self.paused += 1

    def _stop_emails(self, why: str) -> None:
        """Pass over the planned e-mails; what the cadences hold besides goes on."""
        stopped = set()
        for touch in leads.open_touches(self.unit.session, self.sheet.id):
            if touch.channel == "email" and touch.state in {"waiting", "open"}:
                self.planning.close(touch, "cancelled", why)
                stopped.add(touch.enrolment_id)
        self.unit.session.flush()
        for enrolment in leads.live_enrolments(self.unit.session, self.sheet.id):
            if enrolment.id in stopped and enrolment.state == "active":
                self.planning.go_on(self.sheet, enrolment)

    def _reopen(self) -> None:
        lead = self.sheet.lead
        if lead.status == "closed":
            lead.status, lead.closed_reason, lead.updated_at = "open", "", self.unit.now
            leads.add_event(self.unit, self.sheet.id, "lead.reopened", code=self.kind)

    def _warmed(self) -> None:
        """A nurtured lead that has reached the score: out of nurture, as the tree says, or a call
        where it was before."""
        lead, book = self.sheet.lead, self.planning.book
        score = engagement_of(lead, plus=lead.fit)(self.unit.now)
        if not self.before < book.floor.mql_score <= score or lead.pipeline != "marketing":
            return
        live = leads.live_enrolments(self.unit.session, self.sheet.id)
        if any(self.planning.cadence_of(row).stage != "nurture" for row in live):
            return
        self._reopen()
        lead.stage = "mql"
        leads.add_event(self.unit, self.sheet.id, "warm", note=f"{score} points")
        response = next(iter(self.sheet.responses), None)
        offer = book.offers.get(response.offer) if response else None
        name = choose_cadence(book, self.sheet.conditions(), self.unit.now)
        waited = offer is None or not offer.at_once
        if (
            waited
            and book.cadences[name].stage != "nurture"
            and enter(self.planning, self.sheet, name, "warm")
        ):
            self.entered = name
        elif ask(self.planning, self.sheet, Channel.CALL, WARM):
            self.asked = WARM


def _too_far(what: str, kind: str) -> str:
    return (
        f"--until: {what} is too far ahead; {LONGEST[kind].days} days are the most, then look again"
    )


KINDS: dict[str, Callable[[_Sign], None]] = {
    "reply": _Sign.reply,
    "out-of-office": _Sign.out_of_office,
    "bounce": _Sign.bounce,
    "opt-out": _Sign.opt_out,
    "opt-in": _Sign.opt_in,
    "click": _Sign.just_noted,
    "open": _Sign.just_noted,
    "visit": _Sign.just_noted,
    "download": _Sign.just_noted,
    "webinar": _Sign.just_noted,
    "yes-call-me": _Sign.yes_call_me,
    "meeting": _Sign.meeting,
}
"""Every kind of sign and what it does."""
