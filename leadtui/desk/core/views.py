"""What screens and commands are shown: frozen read models, never rows.

Times are aware UTC; a ``local`` beside one carries the lead's offset. Strings are as they came in:
whoever shows them passes them through ``leadtui.text.clean`` (commands) or ``leadtui.widgets.safe``
(screens)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from leadtui.sheets.mailboxes import WORDS, kind_of

if TYPE_CHECKING:
    from leadtui.cadence.qualification import Standing


@dataclass(frozen=True, slots=True)
class RepView:
    """A person of the floor."""

    id: int
    name: str
    login: str
    role: str
    team: str
    email: str
    away_until: datetime | None = None
    active: bool = True
    extension: str = ""
    """What the phone system's records call their telephone."""
    copies: str = ""
    """Copies of confirmations to this supervisor: ``off``, ``each`` or ``daily``; empty for the
    floor's."""
    capacity: int = 60
    """How many first touches of a day they are given; beyond that they take no leads."""


@dataclass(frozen=True, slots=True)
class Header:
    """The line above everything: who, when, how far the day is."""

    rep: str
    floor: str
    now: datetime
    zone: str
    calls: int
    calls_target: int
    contacts: int
    sla: float | None
    """Share of first touches within their SLA today, 0..1; ``None`` without any."""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many touches of a rep are due today, held, later, how many e-mails need a look, and how
    many leads are nobody's: ``MOST`` stands for that many or more, since it is asked all day."""

    MOST: ClassVar[int] = 1_000

    due: int
    held: int
    later: int
    mail: int = 0
    hopper: int = 0


class QueueRow(NamedTuple):
    """One line of the queue; a tuple, since a page makes sixty of them."""

    touch_id: int
    lead_id: int
    name: str
    title: str
    company: str
    action: str
    """call, e-mail, letter, demo, task, social."""
    step: str
    why: str
    """callback, new, overdue, today, later, reply, data fix …"""
    tier: int
    due: datetime
    promised: bool
    first: bool
    sla_left: timedelta | None
    """Business time left of the first-touch SLA; negative when over."""
    sla_used: float | None
    """Share of the SLA used, 0..1 and above."""
    late: timedelta | None = None
    """Business time since it was due; ``None`` before."""
    priority: float | None = None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A touch that cannot be done now, by which rule and until when."""

    touch_id: int
    lead_id: int
    name: str
    company: str
    action: str
    due: datetime
    rule: str
    message: str
    next_allowed: datetime | None
    local: str


@dataclass(frozen=True, slots=True)
class RankPart:
    """One term of the rank: ``35·u = 24.5`` and what it says in words."""

    term: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class RankView:
    """Why a touch stands where it does."""

    touch_id: int
    rank: int
    tier: int
    tier_words: str
    priority: float
    parts: tuple[RankPart, ...]


@dataclass(frozen=True, slots=True)
class GateView:
    """May this number be called now?"""

    verdict: str
    """clear, warn or blocked."""
    rule: str
    message: str
    overridable: bool
    warnings: tuple[str, ...]
    local_times: tuple[tuple[str, datetime], ...]
    next_allowed: datetime | None
    law: str = ""
    """The rule's statute, and when it was checked."""


@dataclass(frozen=True, slots=True)
class PhoneView:
    """A number of a lead as it is shown and dialed."""

    id: int
    number: str
    shown: str
    extension: str
    kind: str
    status: str
    valid: bool
    gate: GateView


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a lead's history, newest first."""

    at: datetime
    kind: str
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A qualification question and what is known."""

    key: str
    label: str
    short: str
    answer: str
    """The answer's key; empty when unknown."""
    shown: str
    source: str
    at: datetime | None
    by: str
    choices: tuple[tuple[str, str], ...]
    """(answer key, label)."""
    standing: Standing
    """What the answer does for the lead."""
    said: str = ""
    """What a form or badge said in its own words, or whom the rep named: a rival."""
    names: tuple[str, ...] = ()
    """The answers that ask for a name."""

    @property
    def warns(self) -> bool:
        """Whether the answer lets it pass with a warning."""
        return self.standing.value == "warns"


@dataclass(frozen=True, slots=True)
class CameWith:
    """What came with one response, as its file or form said it."""

    response: int
    offer: str
    source: str
    event: str
    at: datetime
    rating: str
    scanned_by: str
    notes: str
    qualifiers: tuple[tuple[str, str], ...]
    """(question, answer)."""
    other: tuple[tuple[str, str], ...]
    """(header, cell) of every column that is none of our fields, or could not be read as meant."""


@dataclass(frozen=True, slots=True)
class KitSent:
    """What was sent, or is to be, because somebody asked for it."""

    kit: str
    label: str
    version: str
    way: str
    """``email`` or ``post``."""
    state: str
    """``waiting``, ``sent`` or ``dropped``."""
    at: datetime
    """When it left or was dropped; while it waits, when it is to leave."""
    words: str
    """``Failover paper (2026-10), sent by e-mail 23 Nov 2026``."""
    why: str


@dataclass(frozen=True, slots=True)
class LeadView:
    """A lead as the next-lead pane and ``lead show`` know it."""

    id: int
    name: str
    title: str
    company: str
    company_facts: tuple[str, ...]
    """``1,200 staff``, ``insurance``, ``CO`` …"""
    place: str
    zones: tuple[str, ...]
    owner: str
    owner_id: int | None
    status: str
    stage: str
    score: int
    fit_score: int
    engagement: int
    source: str
    responses: tuple[str, ...]
    enrolments: tuple[str, ...]
    """``trial, day 5 of 14``."""
    emails: tuple[str, ...]
    phones: tuple[PhoneView, ...]
    fit: tuple[Fit, ...]
    last: str
    """The last memo, shortened."""
    came_with: tuple[CameWith, ...] = ()
    """Newest response first."""
    holder: str = ""
    """The other rep who holds the lead now, if any."""
    bounced: tuple[str, ...] = ()
    """Those of ``emails`` that nobody writes to any more."""
    opted_out: tuple[str, ...] = ()
    """``e-mail``, ``calls``: what the person does not want."""
    kits: tuple[KitSent, ...] = ()
    """What was sent because they asked for it, or waits to be; newest first."""

    @property
    def flagged(self) -> tuple[str, ...]:
        """Those of ``emails`` that are nobody's own, with what they are."""
        kinds = ((address, kind_of(address)) for address in self.emails)
        return tuple(f"{address}: {WORDS[kind]}" for address, kind in kinds if kind)

    @property
    def writable(self) -> tuple[str, ...]:
        """The addresses that may be written to."""
        return tuple(address for address in self.emails if address not in self.bounced)


@dataclass(frozen=True, slots=True)
class ScriptView:
    """A script, filled in: sections in order; ``branches`` are A, B, C."""

    id: str
    title: str
    opening: str
    branches: tuple[tuple[str, str, str], ...]
    """(letter, what the person says, what to say)."""
    closing: str
    voicemail: str


@dataclass(frozen=True, slots=True)
class OutcomeKey:
    """An outcome key of the call panel."""

    key: str
    code: str
    label: str
    requires: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class TouchView:
    """A touch as its panel shows it."""

    id: int
    lead_id: int
    action: str
    title: str
    cadence: str
    due: datetime
    promised: bool
    template: str
    kind: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason code and its one-key choice."""

    code: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An obligation that waits for its answer."""

    id: int
    touch: TouchView
    lead: str
    company: str
    number: str
    action_line: str
    """``Call Jane Okafor, +1 303 555 0142``."""
    origin: str
    """``trial, callback · promised 10:45``."""
    started_at: datetime
    shown_at: datetime | None
    outcome: str
    """Disposition code chosen on the panel, or empty."""
    draft: dict[str, str]
    """What was typed so far: ``note``, ``at``, ``next_action``, ``reason``, ``colleague`` …"""
    inbound: bool
    dialed: bool
    channel: str
    asks: str = "Did you complete this action?"
    drafted: str = ""
    """What became of its message, where only the rep knows whether it was sent: the draft's file,
    or that it was opened in a mail program."""
    taken_over: str = ""
    """Who has taken the lead over since this was started, in words; the answer is kept all the
    same."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an outcome would lead to, before it is answered."""

    outcome: str
    label: str
    missing: tuple[str, ...]
    """What must still be given: ``note``, ``at``, ``next``, ``reason``, ``colleague``,
    ``gatekeeper``."""
    next: str
    """``call, Mon 23 Nov 11:18 Denver, still at the top``."""
    sure: bool
    suggested: str = ""
    """The time that holds where nobody named one, as it can be typed: ``2027-02-21 10:42``."""
    unsent: bool = False
    """An e-mail of which no message was handed over here: a yes must say that it was sent
    elsewhere."""


@dataclass(frozen=True, slots=True)
class CallPanel:
    """All a rep needs for one call, on one screen."""

    question: OpenQuestion
    lead: LeadView
    history: tuple[HistoryLine, ...]
    script: ScriptView | None
    objections: tuple[tuple[str, str], ...]
    """(title, answer)."""
    outcomes: tuple[OutcomeKey, ...]


@dataclass(frozen=True, slots=True)
class NextThing:
    """What happens next with a lead."""

    action: str
    due: datetime
    local: str
    """``Mon 23 Nov 11:18 Denver``."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """A touch after somebody wanted to put it off."""

    action: str
    due: datetime
    local: str
    deferred: bool
    """Whether it moved; else a supervisor was asked and it stays where it was."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation came to."""

    entry: int
    outcome: str
    next: NextThing | None
    email_offer: str = ""
    """The template to offer now (after a voicemail), if any."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that was given, as whoever takes it back is shown it."""

    entry: int
    lead_id: int
    words: str
    """``call Jane Okafor · no answer``."""
    at: datetime
    reasons: tuple[ReasonView, ...]
    """Why it may be taken back, each with its key."""


@dataclass(frozen=True, slots=True)
class Started:
    """A touch that is now an obligation."""

    touch: int
    lead: int
    action: str
    started: datetime
    question: OpenQuestion


@dataclass(frozen=True, slots=True)
class Dialed:
    """A dial on record, and how to place it."""

    attempt: int
    number: str
    uri: str
    gate: GateView


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A finished message before it leaves."""

    lead_id: int
    touch_id: int | None
    template: str
    wording: str
    to: str
    subject: str
    body: str
    filled: tuple[tuple[int, int], ...]
    """Spans (start, end) of ``body`` that were filled in from the lead."""
    others: tuple[tuple[str, str], ...]
    """Other templates that fit: (id, title), best first."""
    transport: str
    sends: bool
    """Whether handing over is sending (SMTP, file) or opens a draft."""
    missing: tuple[str, ...] = ()
    """Fields the template needs and the lead lacks; such a message does not leave."""
    not_ours: str = ""
    """Why it does not leave although nothing is missing: it speaks for the sample firm."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """A message that was handed over."""

    email: int
    state: str
    path: str
    message_id: str
    words: str = ""
    """What went wrong, or what a person has to know."""

    @property
    def draft(self) -> str:
        """Where the draft is, to be sent by hand: ``Draft /floor/outbox/000012.eml``."""
        return draft_words(self.path, self.words)


def draft_words(path: str, trouble: str) -> str:
    """What became of a message that only the rep can send."""
    if trouble:
        return f"Draft: {trouble}"
    return f"Draft: {path}, opened in your mail program" if path else "Opened in your mail program"


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One log entry as the supervisor's feed shows it."""

    seq: int
    at: datetime
    who: str
    words: str
    event: str
    lead_id: int | None = None
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Touch ids of the queue in order, for a virtual list; ``more`` come behind them."""

    ids: tuple[int, ...]
    more: bool
