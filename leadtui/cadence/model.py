"""What a playbook is once it is read: frozen values that the engine interprets and nothing else.

The files that these come from, and every default, are in ``data/playbook``; ``loading.py`` builds
them and names file, line and nearest key where a file is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

EMPTY: Mapping[str, Any] = MappingProxyType({})


class Channel(StrEnum):
    """How a step reaches the lead."""

    CALL = "call"
    EMAIL = "email"
    LETTER = "letter"
    DEMO = "demo"
    TASK = "task"
    SOCIAL = "social"


class By(StrEnum):
    """Who performs a step."""

    REP = "rep"
    SYSTEM = "system"


class DayPart(StrEnum):
    """A part of the lead's local day; ``other`` in a playbook means one that was not tried yet."""

    MORNING = "morning"  # 08-10
    MIDDAY = "midday"  # 10-12
    AFTERNOON = "afternoon"  # 12-15
    LATE = "late"  # 15-18
    OTHER = "other"


class OnClosedDay(StrEnum):
    """Where a rep's step goes that lands on a weekend, a holiday or time off."""

    NEXT = "next"
    PREVIOUS = "previous"
    KEEP = "keep"


class Unit(StrEnum):
    """Minutes and hours are elapsed time; days and longer are wall-clock in the lead's zone."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Span:
    """A signed length of time such as ``5 days``; ``amount`` counts ``unit``."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class When:
    """When a step falls due: an anchor (``start``, ``previous`` or a named date of the lead) plus a
    span."""

    anchor: str = "start"
    offset: Span = Span(0, Unit.MINUTES)


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition: all ``tests`` must hold (see ``conditions.py``); no tests match
    everything."""

    tests: tuple[Any, ...] = ()
    source: str = ""
    """The condition as it was written, for people."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a cadence asks for at one point."""

    id: str
    channel: Channel
    by: By
    at: When
    title: str
    on_closed_day: OnClosedDay = OnClosedDay.NEXT
    day_part: DayPart | None = None
    at_time: time | None = None
    """A local clock time that replaces the anchor's (for steps counted in days)."""
    email: str = ""
    script: str = ""
    letter: str = ""
    when: Condition = Condition()
    """The step is skipped (and logged) where this does not hold at execution time."""
    until_contact: bool = False
    """Skipped once a contact was made in this enrolment."""
    required_before: str = ""
    """A stage or action that may not happen before this step is done (``discount`` in
    negotiation)."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Exit:
    """What a lead enters when a cadence is over: cadences in order; empty means only the close
    below."""

    cadences: tuple[str, ...] = ()
    close: str = ""
    """A close reason instead of cadences."""


MIN_GAP: Mapping[Channel, Span] = MappingProxyType(
    {Channel.CALL: Span(2, Unit.HOURS), Channel.EMAIL: Span(20, Unit.HOURS)}
)
"""How long a cadence leaves between two touches of a channel unless it says otherwise."""

SCREENING: Mapping[str, int] = MappingProxyType({"GB": 28})
REGISTERS: Mapping[str, tuple[str, ...]] = MappingProxyType({"GB": ("TPS", "CTPS")})


@dataclass(frozen=True, slots=True)
class Cadence:
    """An ordered series of steps with a goal."""

    name: str
    title: str
    goal: str
    steps: tuple[Step, ...]
    on_finish: Exit
    on_exhausted: Exit
    description: str = ""
    max_attempts: int = 6
    min_gap: Mapping[Channel, Span] = field(default_factory=lambda: MIN_GAP)
    dates: Mapping[str, When] = field(default_factory=lambda: EMPTY)
    """Named dates that this cadence gives the lead (``trial_ends = "start + 14 days"``)."""
    strength: int = 0
    """A stronger response ends the enrolments of weaker cadences; higher is stronger."""
    stage: str = "new"
    """The rank word of its touches before any attempt: ``new`` or ``nurture``."""
    days: tuple[int, ...] = ()
    """The weekdays (0 = Monday) on which its steps are done; none for Monday to Friday."""
    days_off: tuple[date, ...] = ()
    """Days on which none of its steps is done."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class TreeRule:
    """One rule of the activity tree; the first whose condition holds names the cadence."""

    when: Condition
    cadence: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of person, known by patterns of job titles (``*`` is a wildcard, case does not
    count)."""

    name: str
    label: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a response accepted. ``at_once`` offers go to a rep whatever their score."""

    key: str
    label: str
    at_once: bool
    strength: int = 0


@dataclass(frozen=True, slots=True)
class SlaRule:
    """The first-touch agreement for some responses, in business minutes from the inquiry."""

    when: Condition
    minutes: int
    from_planned: bool = False
    """Count from the planned time of the first rep step instead of from the inquiry."""


@dataclass(frozen=True, slots=True)
class Disposition:
    """One outcome of a call as data; no outcome is handled in code by name.

    ``ends`` is ``""``, ``pause``, ``cadence`` or ``calls``. ``then`` lists what follows, each one
    of ``step`` (the next step), ``retry``, ``callback``, ``next_action``, ``meeting``,
    ``opportunity``, ``nurture``, ``close``, ``recycle``, ``data_fix``, ``refer``, ``email``."""

    key: str
    code: str
    label: str
    contact: bool
    attempt: bool = True
    ends: str = ""
    then: tuple[str, ...] = ("step",)
    delay: Span | None = None
    """How long after this outcome the next call is due at the earliest."""
    retries: int = 0
    """How often ``delay`` is granted as a retry of the same step before the next step follows."""
    avoid_part: bool = False
    """The next call should be in a day-part that was not tried."""
    max_per_cadence: int = 0
    """After this many in one enrolment the outcome is no longer offered as work (0: no maximum)."""
    escalate_after: int = 0
    escalate_to: str = ""
    """The ``escalate_after``-th time in one enrolment counts as this disposition code."""
    requires: tuple[str, ...] = ()
    """Of ``note``, ``at``, ``next``, ``reason``, ``colleague``, ``gatekeeper``."""
    blocks: str = ""
    """``number`` marks the number wrong; ``person`` blocks every number of the person, for
    everybody."""
    sure: bool = False
    """Asks "sure?" on its own."""
    enters: tuple[str, ...] = ()
    """Cadences that begin now."""
    enters_at: tuple[str, ...] = ()
    """Cadences that begin at the date that was named, or ``default_date`` from now."""
    closing_reasons: tuple[str, ...] = ()
    """With one of these reason codes the lead is closed, and what ``then`` and ``enters`` say does
    not happen."""
    default_date: Span | None = None
    """The date used when none was named (NOT_NOW: 90 days)."""
    data_fix: str = ""
    """The title of the data-fix task."""
    email: str = ""
    """The e-mail template offered now."""
    close_reason: str = ""

    @property
    def burns(self) -> bool:
        """Whether it takes a lead or a number away from the calls, and brings nobody else."""
        return bool(self.blocks or self.data_fix or self.close_reason) and "refer" not in self.then


@dataclass(frozen=True, slots=True)
class Template:
    """An e-mail, letter or script: front matter and text, with ``$field`` placeholders."""

    id: str
    kind: str
    """``email``, ``letter``, ``script`` or ``objection``."""
    title: str
    body: str
    subject: str = ""
    when: Condition = Condition()
    wording: str = ""
    """The name of the wording where two are compared; empty for the only one."""
    variant_of: str = ""
    language: str = ""
    """The code of its language (``de``); empty for the playbook's own."""
    cadences: tuple[str, ...] = ()
    note: str = ""
    """What whoever writes it should know; nobody is sent it."""
    file: str = ""
    hash: str = ""
    """SHA-256 of the file's text, hex."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of one of the two pipelines."""

    key: str
    label: str
    pipeline: str


@dataclass(frozen=True, slots=True)
class Question:
    """A qualification question; ``answers`` maps keys to labels, ``passes`` lists the answers that
    qualify."""

    key: str
    label: str
    short: str
    answers: Mapping[str, str]
    passes: tuple[str, ...]
    warns: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    """The answers with which a lead cannot become an opportunity."""
    names: tuple[str, ...] = ()
    """The answers that are whole only with a name: which competitor."""
    mapped_from: tuple[str, ...] = ()
    """Headers of badge or form qualifiers that answer it (source "form", confirmed by the rep)."""
    words: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    """Answer key -> what forms say for it, patterns parted by ``|`` (``yes|ja|oui``); ``*`` is a
    wildcard."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a web form may ask leave for: by which ``channel`` (``call`` or ``email``), in which
    words, and the fields that say yes."""

    key: str
    channel: str
    wording: str
    mapped_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code: ``kind`` is ``no``, ``partly``, ``defer``, ``out_of_turn``, ``override``,
    ``reject``, ``not_interested``, ``unqualified``, ``not_dialed`` or ``done``; ``key`` is its
    one-key choice."""

    kind: str
    code: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Open hours of one weekday, local: ``start`` <= t < ``end``; a closed day has none."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class LegalHours:
    """When a region may be called by law: weekday (0 = Monday) -> windows, and what else its law
    asks for."""

    week: Mapping[int, tuple[Hours, ...]]
    holidays: bool = True
    """Whether calls are allowed on the region's public holidays."""
    national_holidays: bool = True
    """Whether they are allowed on those of the whole country."""
    rule: str = ""
    """The name of the rule, for people (``US-AL hours``)."""
    statute: str = ""
    checked: date | None = None
    """When somebody last held the row against its statute."""
    since: date | None = None
    """The first day on which it is in force; before it the wider region's row counts."""
    business: bool = True
    """Whether it binds calls between businesses too."""
    consent: bool = False
    """Whether a call needs a recorded consent."""
    number_cap: int = 0
    """The most attempts to one number in 24 hours; 0 where the floor's own limit is enough."""
    person_cap: int = 0
    """The most attempts to one person in 24 hours, whatever the number; 0 for no such cap."""
    work: Mapping[int, tuple[Hours, ...]] = field(default_factory=dict)
    """When people there work, where that is not the floor's own week."""
    row: int = 0
    """Its place among the rows of its file."""

    @property
    def law(self) -> str:
        """The statute and when the row was held against it, as far as both are known."""
        checked = f"checked {self.checked}" if self.checked else ""
        return ", ".join(filter(None, (self.statute, checked)))


@dataclass(frozen=True, slots=True)
class CallingPolicy:
    """The gate's figures (``calling.toml`` and ``data/calling``)."""

    legal: Mapping[str, LegalHours]
    """By ``CC-RR``, then ``CC``, then ``*``."""
    warn_hours: Mapping[str, LegalHours]
    preferred: Mapping[int, tuple[Hours, ...]]
    max_attempts_24h: int = 3
    min_minutes_between: int = 120
    calls: str = "both"
    """Whom the floor calls: ``businesses``, ``consumers`` or ``both``."""
    needs_consent: tuple[str, ...] = ("DE",)
    """Countries where the floor asks for a consent beside those whose row does."""
    needs_screening: Mapping[str, int] = field(default_factory=lambda: SCREENING)
    """Country -> days for which a screening against its registers is valid."""
    registers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: REGISTERS)
    """Country -> the registers that a number is screened against, each of them."""
    override_codes: tuple[str, ...] = ()
    override_min_chars: int = 10

    def unscreened(
        self, country: str, screened: Mapping[str, datetime], now: datetime
    ) -> tuple[str, ...]:
        """The registers of a country that a number was not held against lately enough; ``screened``
        is register -> as of when."""
        days = self.needs_screening.get(country)
        if days is None:
            return ()
        oldest = now - timedelta(days=days)
        return tuple(
            name
            for name in self.registers_of(country)
            if (at := screened.get(name)) is None or at < oldest
        )

    def registers_of(self, country: str) -> tuple[str, ...]:
        """The registers that numbers of a country are held against."""
        return self.registers.get(country, ("REGISTER",))


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """Points for a condition; ``part`` is ``fit`` or ``engagement``."""

    name: str
    part: str
    when: Condition
    points: int


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Who gets the leads that match: a named rep, or a team by round_robin, weight or
    least_load."""

    when: Condition
    to: str
    method: str = "rep"
    line: int = 0


@dataclass(frozen=True, slots=True)
class EventRule:
    """What happens by itself at a date of the lead (``at``) or when it does something
    (``signs``)."""

    name: str
    at: When | None = None
    """Counted from a named date of the lead (``budget_month - 1 month``)."""
    signs: tuple[str, ...] = ()
    """Of ``scoring.SIGNS``."""
    when: Condition = Condition()
    """Asked at that moment; where it does not hold, nothing happens."""
    cadence: str = ""
    """The cadence that is entered …"""
    channel: Channel | None = None
    """… or the channel of the one touch that is asked for, with its ``title``."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """What is sent to somebody who asked for something: a text with files by e-mail, or printed
    pieces by post."""

    key: str
    label: str
    version: str
    when: Condition
    interest: tuple[str, ...] = ()
    """Patterns of which one has to stand in an answer of the form or badge; none for everybody."""
    email: str = ""
    """The e-mail that it goes with; empty where it goes by post alone."""
    attach: tuple[str, ...] = ()
    """Files of the folder ``attachments``."""
    pieces: tuple[str, ...] = ()
    """What is packed; none where it goes by e-mail alone."""
    letter: str = ""
    """The letter on top of the pieces; empty for a bare list of them."""
    hard_copy_from: int = 0
    """From this score on it goes by post."""
    within: Span = Span(1, Unit.BUSINESS_DAYS)
    again_after: Span = Span(6, Unit.MONTHS)
    """Nobody gets the same kit twice within that time."""


MUST_HAVE = ("phone", "email", "title", "company", "country")
"""What every floor wants to know of a lead that does not say otherwise."""


@dataclass(frozen=True, slots=True)
class FloorRules:
    """The floor-wide figures of ``playbook.toml``."""

    name: str
    vendor: str
    product: str
    fields: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    """Constant template fields (``$vendor``, ``$product``, links)."""
    languages: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    """Country -> the language in which its leads are written to, where a text has it."""
    business_hours: Mapping[int, tuple[Hours, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    business_holidays_worked: tuple[str, ...] = ()
    """Names or ISO dates of public holidays on which the floor works."""
    goals: tuple[str, ...] = ()
    """Every goal that a cadence may have; none for any."""
    popups: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    must_have: tuple[str, ...] = MUST_HAVE
    """What is to be known of every lead."""
    mql_score: int = 60
    half_life_days: int = 30
    silent_days: int = 365
    max_deferrals: int = 2
    calls_a_day: int = 60
    out_of_turn_after: int = 3
    spread_minutes: int = 15
    take_over_minutes: int = 120
    """For so long after the last thing done to it nobody can take a started action's lead over."""
    take_over_by: tuple[str, ...] = ("supervisor",)
    """The roles that may take a lead over then; a rep only for himself."""


@dataclass(frozen=True, slots=True)
class Playbook:
    """The agreed process, whole. ``hash`` is the SHA-256 over its files, sorted by name."""

    hash: str
    files: Mapping[str, str]
    floor: FloorRules
    cadences: Mapping[str, Cadence]
    tree: tuple[TreeRule, ...]
    personas: tuple[Persona, ...]
    offers: Mapping[str, Offer]
    sla: tuple[SlaRule, ...]
    dispositions: Mapping[str, Disposition]
    """By code, in the order of the file."""
    templates: Mapping[str, Template]
    """By ``kind/id`` (``email/trial-day-5``); variants of one template have ids of their own."""
    stages: tuple[Stage, ...]
    questions: tuple[Question, ...]
    reasons: tuple[Reason, ...]
    calling: CallingPolicy
    scoring: tuple[ScoreRule, ...]
    routing: tuple[RoutingRule, ...]
    events: tuple[EventRule, ...] = ()
    consents: tuple[Consent, ...] = ()
    kits: Mapping[str, Kit] = field(default_factory=lambda: EMPTY)
    """By key, in the order of the file."""

    def reasons_of(self, kind: str) -> tuple[Reason, ...]:
        """The reason codes of one kind, in playbook order."""
        return tuple(reason for reason in self.reasons if reason.kind == kind)


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What the engine knows of a lead: reachability, place, dates, and the facts that conditions
    read."""

    zones: tuple[str, ...]
    """Possible IANA zones; the first is used for planning."""
    country: str = ""
    region: str = ""
    number_regions: tuple[str, ...] = ()
    """``CC-RR`` of the number where known, beside the address's."""
    has_phone: bool = True
    has_email: bool = True
    calls_allowed: bool = True
    calls_held: str = ""
    """What holds every call, no waiting lifts and somebody was asked about (``DE consent``)."""
    emails_allowed: bool = True
    dates: Mapping[str, datetime] = field(default_factory=lambda: EMPTY)
    """Named dates (``trial_ends``, ``demo_at``, ``event_ends``), aware UTC."""
    facts: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    """Field -> value for conditions; see ``conditions.FIELDS``."""


@dataclass(frozen=True, slots=True)
class EnrolmentState:
    """Where an enrolment stands; all the engine needs to plan its next touch."""

    cadence: str
    start: datetime
    next_step: int = 0
    """Index of the step to plan next."""
    previous_at: datetime | None = None
    """When the last step of this enrolment was performed (or planned, in a simulation)."""
    last_touch: Mapping[Channel, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """The lead's last touch by channel, in every cadence."""
    calls: tuple[datetime, ...] = ()
    """The calls to the lead of the last 24 hours, by anybody, oldest first."""
    parts_tried: frozenset[DayPart] = frozenset()
    attempts: int = 0
    contacts: int = 0
    counts: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    """Disposition code -> how often in this enrolment."""
    retries: int = 0
    """Retries granted for the current step."""
    exhausted: bool = False
    """Calls are over; the remaining e-mails still run."""
    ordered_by: str = ""
    """Disposition code whose touch (a promised callback, a next action) is done before the cadence
    goes on."""
    calls_not_before: datetime | None = None
    """An outcome put the next call off until then; e-mails still run."""
    other_part: bool = False
    """An outcome asked for another day-part at the next call."""
    passed: frozenset[str] = frozenset()
    """Steps after ``next_step`` that it is past: a change of the playbook moved them there."""


@dataclass(frozen=True, slots=True)
class TimeOff:
    """Closed days of a rep, inclusive, as local dates of the floor."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Planned:
    """The next touch of an enrolment."""

    step: Step
    index: int
    due: datetime
    """Aware UTC."""
    zone: str
    moved_because: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    """Steps passed over on the way: (step id, reason)."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The enrolment has no further touch; ``exit`` says what follows, ``reason`` is finished or
    exhausted."""

    exit: Exit
    reason: str
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rep gave with an outcome."""

    code: str
    note: str = ""
    at: datetime | None = None
    """Callback, next action, meeting or not-before date, aware UTC."""
    next_action: str = ""
    reason: str = ""
    colleague: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence of an outcome, for the desk to carry out in its transaction.

    ``kind`` is one of ``plan_step`` (plan the enrolment's next step, not before ``due`` when
    given), ``plan_touch`` (a touch of ``channel`` at ``due``; ``promised`` puts it at the top),
    ``pause``, ``end`` (the enrolment, with ``reason``), ``end_calls``, ``block_number``,
    ``block_person``, ``enrol`` (``cadence`` from ``due``), ``data_fix`` (``title``),
    ``opportunity``, ``meeting``, ``close`` (``reason``), ``recycle`` (``reason``), ``refer``,
    ``offer_email`` (``email``), ``supervisor`` (a question)."""

    kind: str
    due: datetime | None = None
    channel: Channel | None = None
    promised: bool = False
    reason: str = ""
    cadence: str = ""
    title: str = ""
    email: str = ""
    planned: Planned | None = field(default=None, compare=False, repr=False)
    """The whole plan of a ``plan_step``, so that nobody makes it again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer came to: the disposition that counted, the enrolment after it, and the
    consequences."""

    disposition: Disposition
    state: EnrolmentState | None
    effects: tuple[Effect, ...]


class Verdict(StrEnum):
    """The gate's answer."""

    CLEAR = "clear"
    WARN = "warn"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the gate looks at for one number."""

    number: str
    """E.164, or empty when there is none."""
    zones: tuple[str, ...]
    """All possible zones (see ``calling.possible_zones``); empty means unknown."""
    country: str
    region: str = ""
    number_country: str = ""
    number_region: str = ""
    do_not_call: bool = False
    wrong_number: bool = False
    opted_out: bool = False
    consent: bool = False
    screened: Mapping[str, datetime] = field(default_factory=dict)
    """Register -> as of when this number was last held against it."""
    listed_in: tuple[str, ...] = ()
    """The registers in which this number was found then."""
    attempts_24h: tuple[datetime, ...] = ()
    """Attempts to this number, oldest first."""
    person_attempts_24h: tuple[datetime, ...] = ()
    """Attempts to this person by any number, oldest first."""
    last_attempt: datetime | None = None
    attempts: int = 0
    """Attempts to the lead in this enrolment, for the "second attempt excepted" rule."""
    promised: bool = False
    zone_acknowledged: bool = False
    checked_zone: str = ""
    """The zone a rep confirmed with the lead; it stands alone when set."""


@dataclass(frozen=True, slots=True)
class Gate:
    """May this number be called now, by which rule, and if not, when next."""

    verdict: Verdict
    rule: str
    message: str
    overridable: bool
    local_times: tuple[tuple[str, datetime], ...]
    """(zone, local time) for each possible zone."""
    next_allowed: datetime | None
    """The next minute (aware UTC) at which it is not blocked; ``None`` when never or already
    allowed."""
    warnings: tuple[str, ...] = ()
    law: str = ""
    """The statute of the rule and when it was checked, where it has one."""
