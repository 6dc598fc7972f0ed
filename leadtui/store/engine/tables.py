"""Every table of a floor, as SQLModel classes; what is decided once about ids, time, money and text
stands here.

Ids are never given twice (``sqlite_autoincrement``): old log entries name them. Time is
``UtcDateTime``. Money is integer minor units beside an ISO currency. A text that a condition may
compare has a twin ``*_key``, NFKC-casefolded in Python, and only the twin is compared. These
classes do not validate: validate input before it comes here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, text
from sqlmodel import Field, SQLModel

from leadtui.store.engine.types import BigId, Json, UtcDateTime


def _id() -> Any:
    return Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))


def _ref(target: str, *, nullable: bool = False, index: bool = False) -> Any:
    return Field(
        default=None, sa_column=Column(BigId, ForeignKey(target), nullable=nullable, index=index)
    )


def _time(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=nullable))


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(Json, nullable=False))


def _args(*constraints: Any) -> tuple[Any, ...]:
    return (*constraints, {"sqlite_autoincrement": True})


class Row(SQLModel):
    """What every table's class stands on.

    SQLModel builds a row through pydantic, which validates nothing here, and sets every value
    twice: five times what SQLAlchemy itself needs."""

    if not TYPE_CHECKING:  # what a row may be made of is known from its class

        def __init__(self, **said: Any) -> None:
            self.__dict__.update(
                (name, said[name] if name in said else default())
                for name, default in _defaults(type(self))
                if name in said or default is not None
            )

        __setattr__ = object.__setattr__


@cache
def _defaults(model: type[Row]) -> tuple[tuple[str, Callable[[], Any] | None], ...]:
    """Each field of a table with what makes its value where none is given; ``None`` where one must
    be given."""

    def maker(field: Any) -> Callable[[], Any] | None:
        if field.is_required():
            return None
        return field.default_factory or (lambda: field.default)

    return tuple((name, maker(field)) for name, field in model.model_fields.items())


class Meta(Row, table=True):
    """One row a fact about the floor: ``floor_name``, ``zone``, ``country``, ``playbook`` (the
    running hash) …"""

    __table_args__ = _args()
    key: str = Field(primary_key=True)
    value: str


class Migration(Row, table=True):
    """A migration that was applied."""

    __table_args__ = _args()
    number: int = Field(primary_key=True)
    name: str
    at: datetime = _time()


def _behind(name: str, column: str) -> Index:
    """An index of the rows that refer to a row of another table: whoever takes that one away asks
    for them, and would look through the whole table otherwise."""
    some = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=some, postgresql_where=some)


class Rep(Row, table=True):
    """A person who works on the floor, known by the login of the operating system or of
    PostgreSQL."""

    __table_args__ = _args(
        CheckConstraint("role IN ('rep', 'supervisor', 'marketer')", name="rep_role")
    )
    id: int | None = _id()
    name: str
    name_key: str
    login: str = Field(unique=True)
    email: str = ""
    phone: str = ""
    role: str = "rep"
    team: str = "inside"
    active: bool = True
    away_from: datetime | None = _time(nullable=True)
    away_until: datetime | None = _time(nullable=True)
    cover_id: int | None = _ref("rep.id", nullable=True)
    weight: int = 1
    capacity: int = 60
    settings: dict[str, Any] = _json()
    created_at: datetime = _time()


class Company(Row, table=True):
    """The organisation a lead works for."""

    __table_args__ = _args()
    id: int | None = _id()
    name: str
    name_key: str = Field(index=True)
    website: str = ""
    industry: str = ""
    industry_key: str = ""
    employees: int | None = None
    revenue_minor: int | None = Field(default=None, sa_type=BigId)
    currency: str = "USD"
    country: str = ""
    existing_customer: bool = False
    created_at: datetime = _time()


class CallingClass(Row, table=True):
    """Leads that the calling rules treat alike: same possible zones, same address, same number
    region.

    The queue asks the gate once a class and a refresh, not once a lead."""

    __table_args__ = _args()
    id: int | None = _id()
    key: str = Field(unique=True)
    zones: list[str] = _json()
    country: str = ""
    region: str = ""
    number_country: str = ""
    number_region: str = ""


class Lead(Row, table=True):
    """A person at a company."""

    __table_args__ = _args(
        _behind("lead_merged", "merged_into"),
        CheckConstraint("status IN ('open', 'closed', 'merged', 'erased')", name="lead_status"),
        Index("lead_name", "name_key"),
        Index("lead_owner", "owner_id", "status"),
        Index(
            "lead_alive",
            "last_sign_of_life",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )
    id: int | None = _id()
    first_name: str = ""
    last_name: str = ""
    full_name: str
    name_key: str
    last_name_key: str = ""
    title: str = ""
    title_key: str = ""
    persona: str = "other"
    company_id: int | None = _ref("company.id", nullable=True, index=True)
    owner_id: int | None = _ref("rep.id", nullable=True)
    street: str = ""
    city: str = ""
    city_key: str = ""
    region: str = ""
    region_key: str = ""
    postal_code: str = ""
    country: str = ""
    language: str = ""
    zones: list[str] = _json()
    confirmed_zone: str = ""
    zone_acknowledged: bool = False
    calling_class_id: int | None = _ref("callingclass.id", nullable=True)
    status: str = "open"
    closed_reason: str = ""
    pipeline: str = "marketing"
    stage: str = "inquiry"
    fit: int = 0
    engagement: int = 0
    """Points of engagement that do not fade (a project, a budget); what they did stands in
    ``warm_at``."""
    warm_at: datetime | None = _time(nullable=True)
    """When what they did will be worth one point, halving every ``half_life`` days: the points of
    any moment follow."""
    half_life: int = 30
    qualification: dict[str, Any] = _json()
    """Question key -> {"answer", "source", "at", "by"}."""
    calls_opt_out: bool = False
    emails_opt_out: bool = False
    calls_consent: bool = False
    screened_at: datetime | None = _time(nullable=True)
    """What an older program kept of a screening: of the lead, and so it clears no number."""
    lease_rep_id: int | None = _ref("rep.id", nullable=True)
    lease_token: int = 0
    """The fencing token: goes up each time the lease changes hands."""
    lease_until: datetime | None = _time(nullable=True)
    last_sign_of_life: datetime | None = _time(nullable=True)
    last_contact_at: datetime | None = _time(nullable=True)
    external_id: str = Field(default="", index=True)
    source: str = ""
    merged_into: int | None = _ref("lead.id", nullable=True)
    dates: dict[str, Any] = _json()
    """Named dates (``trial_ends``, ``event_ends``) as ISO 8601 UTC."""
    extra: dict[str, Any] = _json()
    created_at: datetime = _time()
    updated_at: datetime = _time()


class Phone(Row, table=True):
    """A number of a lead, E.164, with its extension apart."""

    __table_args__ = _args(Index("phone_number", "number"))
    id: int | None = _id()
    lead_id: int = _ref("lead.id", index=True)
    number: str
    extension: str = ""
    kind: str = "work"
    raw: str = ""
    valid: bool = True
    status: str = "ok"
    """``ok`` or ``wrong``."""
    created_at: datetime = _time()


class EmailAddress(Row, table=True):
    """An e-mail address of a lead."""

    __table_args__ = _args(Index("email_address_key", "address_key"))
    id: int | None = _id()
    lead_id: int = _ref("lead.id", index=True)
    address: str
    address_key: str
    status: str = "ok"
    """``ok`` or ``bounced``."""
    created_at: datetime = _time()


class ImportBatch(Row, table=True):
    """One imported file."""

    __table_args__ = _args()
    id: int | None = _id()
    file_name: str
    sha256: str = Field(index=True)
    offer: str
    source: str = ""
    event: str = ""
    cost_minor: int | None = Field(default=None, sa_type=BigId)
    currency: str = "USD"
    counts: dict[str, Any] = _json()
    rejects: list[dict[str, Any]] = _json()
    at: datetime = _time()
    by_id: int | None = _ref("rep.id", nullable=True)
    undone_at: datetime | None = _time(nullable=True)


class Response(Row, table=True):
    """One inquiry by a lead."""

    __table_args__ = _args(
        Index("response_identity", "lead_id", "offer", "event", "external_id"),
        Index(
            "response_attempted",
            "first_attempt_at",
            "sla_due",
            "lead_id",
            sqlite_where=text("first_attempt_at IS NOT NULL"),
            postgresql_where=text("first_attempt_at IS NOT NULL"),
        ),
        Index(
            "response_waiting",
            "sla_due",
            "lead_id",
            sqlite_where=text("first_attempt_at IS NULL"),
            postgresql_where=text("first_attempt_at IS NULL"),
        ),
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id", index=True)
    offer: str
    source: str = ""
    source_key: str = ""
    event: str = ""
    event_key: str = ""
    rating: str = ""
    inquiry_at: datetime = _time()
    recorded_at: datetime = _time()
    scanned_by: str = ""
    notes: str = ""
    qualifiers: dict[str, Any] = _json()
    extra: dict[str, Any] = _json()
    external_id: str = ""
    batch_id: int | None = _ref("importbatch.id", nullable=True, index=True)
    cost_minor: int | None = Field(default=None, sa_type=BigId)
    currency: str = "USD"
    sla_minutes: int | None = None
    sla_due: datetime | None = _time(nullable=True)
    assigned_at: datetime | None = _time(nullable=True)
    first_attempt_at: datetime | None = _time(nullable=True)


class Enrolment(Row, table=True):
    """One lead in one cadence; at most one active enrolment per lead and goal."""

    __table_args__ = _args(
        _behind("enrolment_response", "response_id"),
        Index("enrolment_lead", "lead_id"),
        CheckConstraint("state IN ('active', 'paused', 'ended')", name="enrolment_state"),
        Index(
            "enrolment_goal",
            "lead_id",
            "goal",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id")
    cadence: str
    goal: str
    playbook_hash: str
    response_id: int | None = _ref("response.id", nullable=True)
    anchor: datetime = _time()
    state: str = "active"
    next_step: int = 0
    passed: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Ids of steps after the next one that it is past, since a change of the playbook moved them
    there; with spaces between."""
    previous_at: datetime | None = _time(nullable=True)
    attempts: int = 0
    contacts: int = 0
    retries: int = 0
    exhausted: bool = False
    counts: dict[str, Any] = _json()
    """Disposition code -> how often."""
    parts_tried: int = 0
    """Bit n set: day-part n (morning, midday, afternoon, late) was tried."""
    ordered_by: str = ""
    """The disposition whose promised callback or next action comes before the cadence goes on."""
    calls_not_before: datetime | None = _time(nullable=True)
    other_part: bool = False
    resume_at: datetime | None = _time(nullable=True)
    paused_at: datetime | None = _time(nullable=True)
    pause_reason: str = ""
    ended_at: datetime | None = _time(nullable=True)
    end_reason: str = ""
    created_at: datetime = _time()


AT_FRONT = "state IN ('open', 'started') AND kind <> 'inbound'"
PROMISED = "state = 'waiting' AND promised = 1"


class Touch(Row, table=True):
    """One planned or performed step for one lead, owned by one rep.

    Of a lead's touches that are not over one stands at the front (``open`` or ``started``, by a
    unique index); the others are ``waiting``. A call that the lead makes stands beside it: a
    ringing phone waits for nobody. What the queue ranks by is kept here, so that its order comes
    from one covering index."""

    __table_args__ = _args(
        _behind("touch_response", "response_id"),
        CheckConstraint(
            "state IN ('waiting', 'open', 'started', 'done', 'skipped', 'cancelled')",
            name="touch_state",
        ),
        Index(
            "touch_front",
            "lead_id",
            unique=True,
            sqlite_where=text(AT_FRONT),
            postgresql_where=text(AT_FRONT),
        ),
        Index(
            "touch_queue",
            "rep_id",
            "due",
            "id",
            "lead_id",
            "call",
            "promised",
            "first",
            "due_bm",
            "sla_minutes",
            "sla_due_bm",
            "inquiry_at",
            "fit",
            "stage_weight",
            "parts_tried",
            "calling_class_id",
            "held_until",
            sqlite_where=text("state = 'open' AND system = 0"),
            postgresql_where=text("state = 'open' AND system = 0"),
        ),
        Index(
            "touch_system",
            "due",
            sqlite_where=text("state = 'open' AND system = 1"),
            postgresql_where=text("state = 'open' AND system = 1"),
        ),
        Index("touch_lead", "lead_id", "state"),
        Index("touch_promise", "due", sqlite_where=text(PROMISED), postgresql_where=text(PROMISED)),
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id")
    enrolment_id: int | None = _ref("enrolment.id", nullable=True, index=True)
    response_id: int | None = _ref("response.id", nullable=True)
    rep_id: int | None = _ref("rep.id", nullable=True)
    cadence: str = ""
    step_id: str = ""
    step_index: int = -1
    channel: str
    call: int = 0
    """1 for a call: the gate binds only those."""
    system: int = 0
    """1 for a step the system performs."""
    title: str
    template: str = ""
    """The script's, e-mail's or letter's id."""
    state: str = "waiting"
    due: datetime = _time()
    due_bm: int = 0
    """``due`` in business minutes since the floor's epoch."""
    promised: int = 0
    first: int = 0
    """1 for the first rep touch of a response."""
    sla_minutes: int | None = None
    sla_due_bm: int | None = None
    inquiry_at: datetime | None = _time(nullable=True)
    fit: int = 0
    stage_weight: int = 60
    """In hundredths: callback 100, engaged 70, new 60, attempted 40, nurture 10."""
    parts_tried: int = 0
    calling_class_id: int | None = _ref("callingclass.id", nullable=True)
    held_until: datetime | None = _time(nullable=True)
    """Blocked for this lead alone until then (three attempts in 24 h; do-not-call: far future)."""
    held_rule: str = ""
    moved_because: list[str] = _json()
    deferrals: int = 0
    callback_moves: int = 0
    kind: str = "step"
    """``step``, ``callback``, ``next_action``, ``data_fix``, ``reply``, ``inbound``, ``unplanned``,
    ``retry``."""
    created_at: datetime = _time()
    started_at: datetime | None = _time(nullable=True)
    closed_at: datetime | None = _time(nullable=True)
    close_reason: str = ""
    due_before: datetime | None = _time(nullable=True)
    """When it was due before an absence of its owner put it off."""


class Obligation(Row, table=True):
    """A touch that was started and is not answered for; at most one open a rep, and one inbound
    beside it."""

    __table_args__ = _args(
        Index(
            "obligation_open",
            "rep_id",
            "inbound",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        )
    )
    id: int | None = _id()
    rep_id: int = _ref("rep.id")
    lead_id: int = _ref("lead.id", index=True)
    touch_id: int = _ref("touch.id", index=True)
    inbound: int = 0
    action: str
    front_end: str
    offered_rank: int | None = None
    """At which place of the queue it stood when it was started (1 = first)."""
    out_of_turn: str = ""
    lease_token: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """The lead's fencing token when this was started: a later one means that the lead was taken
    over."""
    started_at: datetime = _time()
    outcome: str = ""
    """The disposition chosen on the panel, before the answer."""
    shown_at: datetime | None = _time(nullable=True)
    answered_at: datetime | None = _time(nullable=True)
    answer: str = ""
    """``yes``, ``partly`` or ``no``."""
    reason: str = ""
    seconds: int | None = None
    """From shown to answered, milliseconds."""
    draft: dict[str, Any] = _json()
    """What was typed so far (memo, branches of the script, objections met), kept for a restart."""
    log_seq: int | None = Field(default=None, sa_type=BigId)
    """The entry that answered it; while it is open, the one whose answer was taken back."""


class Attempt(Row, table=True):
    """One dial, or one outcome without a dial on record (``dialed_at`` empty)."""

    __table_args__ = _args(
        _behind("attempt_enrolment", "enrolment_id"),
        Index("attempt_number_at", "number", "dialed_at"),
        Index("attempt_rep_at", "rep_id", "at", "verdict", "contact"),
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id", index=True)
    touch_id: int = _ref("touch.id", index=True)
    obligation_id: int = _ref("obligation.id", index=True)
    enrolment_id: int | None = _ref("enrolment.id", nullable=True)
    rep_id: int = _ref("rep.id")
    number: str = ""
    at: datetime = _time()
    dialed_at: datetime | None = _time(nullable=True)
    part: int = 9
    verdict: str = ""
    rule: str = ""
    override_code: str = ""
    disposition: str = ""
    contact: int = 0
    inbound: int = 0
    answered_at: datetime | None = _time(nullable=True)


class Email(Row, table=True):
    """An outgoing message and where it stands in the outbox."""

    __table_args__ = _args(
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'drafted', 'failed', 'unknown', 'cancelled')",
            name="email_state",
        ),
        Index("email_state_due", "state", "next_try_at"),
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id", index=True)
    touch_id: int | None = _ref("touch.id", nullable=True, index=True)
    rep_id: int | None = _ref("rep.id", nullable=True)
    template: str = ""
    wording: str = ""
    to_address: str
    subject_hash: str = ""
    text_hash: str
    message_id: str = Field(unique=True)
    transport: str
    state: str = "queued"
    path: str = ""
    error: str = ""
    tries: int = 0
    next_try_at: datetime | None = _time(nullable=True)
    created_at: datetime = _time()
    sending_at: datetime | None = _time(nullable=True)
    sent_at: datetime | None = _time(nullable=True)


UNSENT = "state = 'waiting'"


class Fulfilment(Row, table=True):
    """A kit of the playbook for one lead: planned with a response, and sent once."""

    __table_args__ = _args(
        _behind("fulfilment_response", "response_id"),
        CheckConstraint("way IN ('email', 'post')", name="fulfilment_way"),
        CheckConstraint("state IN ('waiting', 'sent', 'dropped')", name="fulfilment_state"),
        Index(
            "fulfilment_waiting", "due", sqlite_where=text(UNSENT), postgresql_where=text(UNSENT)
        ),
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id", index=True)
    response_id: int | None = _ref("response.id", nullable=True)
    kit: str
    version: str
    """Which print or edition it is."""
    playbook_hash: str
    way: str
    state: str = "waiting"
    due: datetime = _time()
    planned_at: datetime = _time()
    email_id: int | None = _ref("email.id", nullable=True, index=True)
    """The message that carries it."""
    tried_at: datetime | None = _time(nullable=True)
    why: str = ""
    """Why it has not left, why it goes another way than meant, or why it was dropped."""
    closed_at: datetime | None = _time(nullable=True)
    closed_by: int | None = _ref("rep.id", nullable=True)
    """Who packed or dropped it; nobody where the system sent it."""


class TextBody(Row, table=True):
    """A text (script, message, playbook file) kept once by the SHA-256 of its UTF-8."""

    __tablename__ = "text"
    __table_args__ = _args()
    hash: str = Field(primary_key=True)
    body: str = Field(sa_type=Text)


class PlaybookVersion(Row, table=True):
    """A playbook as it was activated: path -> text hash."""

    __tablename__ = "playbook"
    __table_args__ = _args()
    hash: str = Field(primary_key=True)
    files: dict[str, str] = _json()
    activated_at: datetime = _time()
    by_id: int | None = _ref("rep.id", nullable=True)


class HistoryEvent(Row, table=True):
    """One line of a lead's history; personal text stands in ``note``, so that it can be erased."""

    __tablename__ = "event"
    __table_args__ = _args(
        _behind("event_touch", "touch_id"), Index("event_lead_at", "lead_id", "at")
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id")
    at: datetime = _time()
    kind: str
    rep_id: int | None = _ref("rep.id", nullable=True)
    touch_id: int | None = _ref("touch.id", nullable=True)
    code: str = ""
    note: str = ""


class DoNotCall(Row, table=True):
    """A number nobody may call; rows are ended, never deleted. An erased person's number is a keyed
    hash (``store/suppression.py``)."""

    __table_args__ = _args(
        _behind("do_not_call_lead", "lead_id"), Index("do_not_call_number", "number")
    )
    id: int | None = _id()
    number: str
    lead_id: int | None = _ref("lead.id", nullable=True)
    reason: str = ""
    requested_at: datetime = _time()
    added_at: datetime = _time()
    added_by: int | None = _ref("rep.id", nullable=True)
    removed_at: datetime | None = _time(nullable=True)
    removed_by: int | None = _ref("rep.id", nullable=True)


class Suppression(Row, table=True):
    """An address, or a number with a last name, of somebody who was erased: a keyed hash, by which
    who comes in again comes in blocked."""

    __table_args__ = _args(Index("suppression_digest", "digest"))
    id: int | None = _id()
    digest: str
    channel: str
    """``calls`` or ``emails``."""
    source: str
    """``do_not_call``, ``opted_out`` or ``erased``: what they had asked for before."""
    since: datetime = _time()
    lifted_at: datetime | None = _time(nullable=True)
    lifted_by: int | None = _ref("rep.id", nullable=True)


class Screening(Row, table=True):
    """What a national register said of one number, as of a date; the newest one counts."""

    __table_args__ = _args(Index("screening_number", "number"))
    id: int | None = _id()
    number: str
    register_name: str
    listed: bool
    as_of: datetime = _time()
    sha256: str
    """Of the file that said so."""
    brought_at: datetime = _time()
    brought_by: int | None = _ref("rep.id", nullable=True)


class WebSource(Row, table=True):
    """A form or page that may post, known by the hash of its token; rows are ended, never
    deleted."""

    __tablename__ = "websource"
    __table_args__ = _args()
    id: int | None = _id()
    name: str = Field(unique=True)
    token_hash: str = Field(unique=True)
    """SHA-256 of the token, which is random and shown once."""
    offers: list[str] = _json()
    """What may be accepted through it; the first where a post names none."""
    sites: list[str] = _json()
    """Origins (``https://www.example.com``) whose pages may post, and may be led back to."""
    made_at: datetime = _time()
    made_by: int | None = _ref("rep.id", nullable=True)
    revoked_at: datetime | None = _time(nullable=True)
    revoked_by: int | None = _ref("rep.id", nullable=True)


class WebPost(Row, table=True):
    """What was accepted from the web, so that it is not accepted twice, and visits can be counted;
    it names nobody."""

    __tablename__ = "webpost"
    __table_args__ = _args(
        Index("webpost_once", "source_id", "key", unique=True), Index("webpost_visitor", "visitor")
    )
    id: int | None = _id()
    source_id: int = _ref("websource.id")
    key: str
    """A hash of the id that the post carried."""
    at: datetime = _time()
    kind: str
    """``form``, or what was done: ``visit``, ``download`` …"""
    offer: str = ""
    page: str = ""
    """Without what stands behind a ``?`` or ``#``."""
    seconds: int | None = None
    visitor: str = ""
    """A hash of the page's own mark of a visitor with the day, so that no two days meet."""


class Matter(Row, table=True):
    """Something a supervisor must decide, with a deadline: a third deferral, a near duplicate, an
    e-mail unknown."""

    __tablename__ = "question"
    __table_args__ = _args(
        _behind("question_touch", "touch_id"),
        _behind("question_lead", "lead_id"),
        Index("question_open", "answered_at", "due"),
    )
    id: int | None = _id()
    kind: str
    lead_id: int | None = _ref("lead.id", nullable=True)
    touch_id: int | None = _ref("touch.id", nullable=True)
    rep_id: int | None = _ref("rep.id", nullable=True)
    due: datetime = _time()
    data: dict[str, Any] = _json()
    created_at: datetime = _time()
    answered_at: datetime | None = _time(nullable=True)
    answered_by: int | None = _ref("rep.id", nullable=True)
    answer: str = ""


class DatedRule(Row, table=True):
    """A rule of ``events.toml`` that comes due for a lead by one of its named dates; once a rule
    and date."""

    __table_args__ = _args(
        CheckConstraint("state IN ('planned', 'done', 'passed')", name="dated_rule_state"),
        Index("dated_rule_once", "lead_id", "rule", "at", unique=True),
        Index(
            "dated_rule_due",
            "due",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
    )
    id: int | None = _id()
    lead_id: int = _ref("lead.id")
    rule: str
    anchor: str
    at: datetime = _time()
    """The lead's date when this was planned."""
    due: datetime = _time()
    state: str = "planned"


class Notice(Row, table=True):
    """A process change that every rep must acknowledge before the next call block."""

    __table_args__ = _args()
    id: int | None = _id()
    title: str
    body: str
    diff: str = ""
    playbook_hash: str = ""
    published_at: datetime = _time()
    published_by: int | None = _ref("rep.id", nullable=True)


class Acknowledgement(Row, table=True):
    """Who has read which notice."""

    __table_args__ = _args(Index("acknowledged", "notice_id", "rep_id", unique=True))
    id: int | None = _id()
    notice_id: int = _ref("notice.id")
    rep_id: int = _ref("rep.id")
    at: datetime = _time()


class Training(Row, table=True):
    """One training session and who was there."""

    __table_args__ = _args()
    id: int | None = _id()
    at: datetime = _time()
    topic: str
    attended: list[int] = _json()
    recorded_by: int | None = _ref("rep.id", nullable=True)


class CallRecord(Row, table=True):
    """One line of a phone system's records."""

    __table_args__ = _args(Index("call_record_number", "number", "at"))
    id: int | None = _id()
    external_id: str = Field(unique=True)
    number: str
    extension: str = ""
    rep_id: int | None = _ref("rep.id", nullable=True)
    at: datetime = _time()
    seconds: int = 0
    direction: str = "out"
    attempt_id: int | None = _ref("attempt.id", nullable=True)


class Sample(Row, table=True):
    """A confirmation drawn at random for the supervisor to sign."""

    __table_args__ = _args(Index("sample_entry", "log_seq", unique=True))
    id: int | None = _id()
    rep_id: int = _ref("rep.id")
    week: str
    """ISO week, ``2026-W48``."""
    log_seq: int = Field(sa_type=BigId)
    drawn_at: datetime = _time()
    signed_at: datetime | None = _time(nullable=True)
    signed_by: int | None = _ref("rep.id", nullable=True)
    finding: str = ""


class BeforeImage(Row, table=True):
    """What the rows of one writing use case were before it, for undo: table, id, old values (none:
    it was new)."""

    __table_args__ = _args()
    seq: int = Field(primary_key=True, sa_type=BigId)
    images: list[Any] = Field(default_factory=list, sa_column=Column(Json, nullable=False))


class LogMeta(Row, table=True):
    """The identity of this log: 16 random bytes."""

    __tablename__ = "log_meta"
    log_id: bytes = Field(primary_key=True)


class LogEntry(Row, table=True):
    """One entry of the hash-chained compliance log (``log.py`` says how it is hashed)."""

    __tablename__ = "log"
    __table_args__ = (
        CheckConstraint("seq > 0", name="log_seq"),
        CheckConstraint("length(hash) = 32", name="log_hash"),
    )
    seq: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    at: datetime = _time()
    recorded_by: str
    body: str = Field(sa_type=Text)
    private_hash: bytes
    hash: bytes


class LogPrivate(Row, table=True):
    """The personal text of an entry, apart from the chained body so that a person can be erased."""

    __tablename__ = "log_private"
    seq: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    salt: bytes
    text: str = Field(sa_type=Text)
