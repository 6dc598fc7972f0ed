"""Whatever happens in whatever order, no lead is forgotten: a machine plays the floor for months
and looks after each step.

The default run plays a few short lives; ``LEADTUI_FAULT_ROUNDS=full`` plays many long ones."""

import atexit
import os
import shutil
import tempfile
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import select

from leadtui.cadence.calendar import is_holiday
from leadtui.cadence.model import OnClosedDay
from leadtui.cadence.reading.loading import load
from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.desk.calls.starting import Dial
from leadtui.desk.distribution.taking_over import take_over
from leadtui.desk.intake.admitting import admit
from leadtui.desk.leads.signs import take
from leadtui.desk.planning.front import PROMISE_AHEAD
from leadtui.desk.planning.planning import Planning
from leadtui.desk.playbook.activating import activate
from leadtui.desk.playbook.files import default_files, write_folder
from leadtui.errors import Refused
from leadtui.store import leads
from leadtui.store.engine import sqlite as sqlite_build
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Enrolment, Lead, Rep, Response, Touch
from leadtui.store.log.auditing import verify
from leadtui.store.log.replay import replay
from tests.builders import a_desk, a_floor, a_lead
from tests.conftest import examples

FULL = os.environ.get("LEADTUI_FAULT_ROUNDS") == "full"
BOOK = load(default_files())
OFFERS = ("trade-show", "trial", "demo", "contact-us", "white-paper", "webinar", "newsletter")
PLACES = (
    ("US", "CO", "+1303555{:04}"),
    ("US", "IL", "+1312555{:04}"),
    ("US", "AL", "+1205555{:04}"),
    ("US", "", "+1800555{:04}"),
    ("CA", "ON", "+1416555{:04}"),
    ("GB", "", "+4420794{:05}"),
    ("DE", "", "+4930901{:05}"),
    ("US", "AZ", ""),
    ("", "", ""),
)
STARTS = (
    datetime(2026, 11, 23, 16, 40, tzinfo=UTC),
    datetime(2026, 10, 30, 21, 5, tzinfo=UTC),  # Friday; the clocks go back on Sunday
    datetime(2027, 3, 12, 22, 50, tzinfo=UTC),  # Friday; the clocks go forward on Sunday
    datetime(2026, 12, 23, 15, 0, tzinfo=UTC),
    datetime(2026, 11, 22, 7, 15, tzinfo=UTC),  # Sunday, at night
)
SPANS = (
    timedelta(minutes=1),
    timedelta(minutes=31),
    timedelta(hours=3),
    timedelta(hours=20),
    timedelta(days=1),
    timedelta(days=3, hours=2),
    timedelta(days=9),
    timedelta(days=33),
    timedelta(days=95),
)
REASONS = [*sorted({reason.code for reason in BOOK.reasons}), "", "nonsense"]
NO_REASONS = [reason.code for reason in BOOK.reasons_of("no")]
OUTCOMES = sorted(BOOK.dispositions)
FAST = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=OFF",
    "foreign_keys=ON",
    "recursive_triggers=ON",
)
PICK = st.integers(0, 1_000_000)
SIGNS = ("reply", "out-of-office", "click", "bounce", "opt-out", "yes-call-me", "visit")
ANSWERS = st.sampled_from(["yes", "yes", "yes", "yes", "partly", "no"])


def template() -> Path:
    """A floor laid once a process; each life begins with a copy."""
    global _TEMPLATE  # noqa: PLW0603
    if _TEMPLATE is None:
        folder = Path(tempfile.mkdtemp(prefix="leadtui-template-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _TEMPLATE = a_floor(folder / "floor", now=min(STARTS))
    return _TEMPLATE


_TEMPLATE: Path | None = None


def attempt(action, *codes):
    """What an action returns, or ``None`` where it was refused with one of these codes."""
    try:
        return action()
    except Refused as error:
        refused = error
    assert refused.code in codes, refused
    return None


class Floor(RuleBasedStateMachine):
    """Two reps, some leads, and everything that can happen to them."""

    @initialize(start=st.sampled_from(STARTS))
    def open(self, start):
        self.old_pragmas, sqlite_build.pragmas = sqlite_build.pragmas, lambda *_, **__: FAST
        self.home = Path(tempfile.mkdtemp(prefix="leadtui-life-"))
        shutil.copytree(template(), self.home / "floor", ignore=shutil.ignore_patterns("playbook"))
        self.clock = FixedClock(start)
        self.desks = [
            a_desk(self.home / "floor", login, clock=self.clock) for login in ("dana", "ali")
        ]
        self.boss = a_desk(self.home / "floor", "mira", clock=self.clock)
        self.rows = Rows(self.desks[0].context.store.url)
        self.numbers = count(1)
        self.leads: list[int] = []
        self.seen = 0

    def teardown(self):
        if hasattr(self, "home"):
            sqlite_build.pragmas = self.old_pragmas
            self.rows.close()
            for desk in (*self.desks, self.boss):
                desk.close()
            shutil.rmtree(self.home)

    # -- helpers -----------------------------------------------------------------------------------

    def pick(self, number):
        return self.leads[number % len(self.leads)]

    def desk_of(self, who):
        return self.desks[who % 2]

    @staticmethod
    def reason_for(answer, outcome, number):
        """A reason that fits the answer, where it has some."""
        kind = "no" if answer == "no" else outcome.lower()
        codes = [reason.code for reason in BOOK.reasons_of(kind)] or [""]
        return codes[number % len(codes)]

    def touches_of(self, desk):
        with desk.context.store.read() as session:
            wanted = select(Touch).where(
                Touch.rep_id == desk.identity.id, Touch.state == "open", Touch.system == 0
            )
            return list(session.exec(wanted.order_by(Touch.id)).all())

    # -- what happens ------------------------------------------------------------------------------

    @rule(
        offer=st.sampled_from(OFFERS),
        place=st.sampled_from(PLACES),
        owner=st.sampled_from([0, 1, 2]),
        mail=st.booleans(),
        shared=st.booleans(),
        title=st.sampled_from(["CIO", "Storage Architect", "Buyer"]),
        ago=st.integers(0, 4000),
    )
    def arrive(self, offer, place, owner, mail, shared, title, ago):
        """A lead comes in, for a rep or for whoever gets it; some share a telephone."""
        number = next(self.numbers)
        country, region, shape = place
        self.leads.append(
            a_lead(
                self.desks[0],
                f"Lead Number{number}",
                title=title,
                country=country,
                region=region,
                offer=offer,
                phone=shape.format(1 if shared else number),
                email=f"lead{number}@example.com" if mail else "",
                owner=owner or None,
                inquiry_at=self.clock.at - timedelta(minutes=ago),
            )
        )

    @precondition(lambda self: self.leads)
    @rule(lead=PICK, offer=st.sampled_from(OFFERS))
    def respond(self, lead, offer):
        """A lead asks for something else."""
        lead_id, now = self.pick(lead), self.clock.at
        with self.desks[0].context.write(now) as unit:
            response = Response(
                lead_id=lead_id, offer=offer, inquiry_at=now, recorded_at=now, source="web"
            )
            unit.session.add(response)
            unit.session.flush()
            admit(self.desks[0].context, unit, [(lead_id, response.id)])
            unit.log("response.added", subjects={"lead": lead_id})

    @rule(who=PICK, which=PICK)
    def start(self, who, which):
        """A rep starts one of their touches, in or out of turn."""
        desk = self.desk_of(who)
        found = self.touches_of(desk)
        if not found:
            return
        busy = desk.block.open_question() is not None
        touch_id = found[which % len(found)].id
        started = attempt(
            lambda: desk.block.start(touch_id, out_of_turn="supervisor_asked"),
            "question_open",
            "held_by",
        )
        assert not (busy and started)

    @rule(who=PICK, which=PICK)
    def start_first(self, who, which):
        """A rep takes one of the first three, as asked."""
        desk = self.desk_of(who)
        ids = desk.block.first_page(3).ids
        if not ids or desk.block.open_question() is not None:
            return
        given = {"out_of_turn": "supervisor_asked", "dial": Dial(acknowledge=True)}
        attempt(lambda: desk.block.start(ids[which % len(ids)], **given), "blocked", "no_phone")

    @precondition(lambda self: self.leads)
    @rule(who=PICK, lead=PICK, inbound=st.booleans())
    def call(self, who, lead, inbound):
        """A call that nobody planned, by a rep or by a lead; who rings is answered, unless another
        is on the phone."""
        desk = self.desk_of(who)
        question = desk.block.open_question()
        if inbound:
            started = attempt(lambda: desk.block.inbound(self.pick(lead)), "question_open")
            assert (started is None) == (question is not None and question.inbound)
        else:
            attempt(lambda: desk.block.start_call(self.pick(lead)), "question_open", "held_by")

    @precondition(lambda self: self.leads)
    @rule(lead=PICK, who=PICK)
    def take_over(self, lead, who):
        """A supervisor takes a lead away from whoever started something and never answered."""
        to = self.desk_of(who).identity.name
        attempt(
            lambda: take_over(self.boss.context, self.pick(lead), "the customer waits", to),
            "not_held",
            "held_by",
            "away",
        )

    @rule(who=PICK, which=PICK, override=st.booleans())
    def dial(self, who, which, override):
        """The phone is dialed, where the gate lets it be."""
        desk = self.desk_of(who)
        question = desk.block.open_question()
        if question is None or question.channel != "call":
            return
        phones = desk.block.lead(question.touch.lead_id).phones
        if not phones:
            return
        given = {"override": "supervisor", "reason": "said so on the floor"} if override else {}
        phone = phones[which % len(phones)].id
        attempt(lambda: desk.block.dial(question.id, phone, acknowledge=True, **given), "blocked")

    @rule(
        who=PICK,
        answer=ANSWERS,
        outcome=st.sampled_from(OUTCOMES),
        ahead=st.none() | st.integers(1, 60 * 24 * 40),
        note=st.sampled_from(["", "said something"]),
        action=st.sampled_from(["", "call about the price", "e-mail the paper", "think"]),
        reason=st.sampled_from(REASONS),
        colleague=st.sampled_from(["", "Ada Park", "Cher"]),
    )
    def confirm(self, who, answer, outcome, ahead, note, action, reason, colleague):
        """The question is answered with anything; what is missing is refused, and nothing has
        happened then."""
        desk = self.desk_of(who)
        question = desk.block.open_question()
        if question is None:
            return
        before = self.rows.value("SELECT max(seq) FROM log")
        at = None if ahead is None else self.clock.at + timedelta(minutes=ahead)
        given = Given(answer, outcome, note, at, action, reason, colleague)
        if (
            attempt(lambda: desk.confirm.answer(question.id, given), "missing", "reason", "outcome")
            is None
        ):
            assert self.rows.value("SELECT max(seq) FROM log") == before
            assert desk.block.open_question() == question

    @precondition(lambda self: self.leads)
    @rule(
        who=PICK,
        which=PICK,
        outcome=st.sampled_from(OUTCOMES),
        ahead=st.integers(1, 60 * 24 * 60),
        answer=ANSWERS,
        reason=PICK,
        action=st.sampled_from(["call", "e-mail the paper", "think"]),
    )
    def work(self, who, which, outcome, ahead, answer, reason, action):
        """A rep takes a touch, does it and answers for it in full."""
        desk = self.desk_of(who)
        if desk.block.open_question() is None:
            self.start(who, which)
        question = desk.block.open_question()
        if question is not None:
            at = self.clock.at + timedelta(minutes=ahead)
            reason = self.reason_for(answer, outcome, reason)
            outcome = outcome if question.touch.action == "call" else ""
            given = Given(
                answer, outcome, "said so today", at, action, reason, "Ada Park", elsewhere=True
            )
            desk.confirm.answer(question.id, given)

    @rule(who=PICK)
    def answer_no(self, who):
        """The question is answered with no."""
        desk = self.desk_of(who)
        question = desk.block.open_question()
        if question is not None:
            desk.confirm.answer(question.id, Given("no", reason=NO_REASONS[0]))

    @rule(who=PICK, which=PICK, minutes=st.integers(1, 60 * 24 * 30))
    def defer(self, who, which, minutes):
        """A rep puts a touch off."""
        desk = self.desk_of(who)
        found = self.touches_of(desk)
        if found:
            touch, to = found[which % len(found)].id, self.clock.at + timedelta(minutes=minutes)
            attempt(lambda: desk.block.defer(touch, to, "needs_preparation"), "asked")

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span):
        """Minutes, days or months go by, and then a desk is opened."""
        self.clock.at += span
        self.desks[0].tick()

    @rule(who=PICK)
    def tick(self, who):
        """A minute passes at an open desk."""
        self.clock.at += timedelta(minutes=1)
        self.desk_of(who).tick()

    @precondition(lambda self: self.leads)
    @rule(lead=PICK, who=PICK)
    def reassign(self, lead, who):
        """A lead gets another owner."""
        lead_id, owner = self.pick(lead), self.desk_of(who).identity.id
        with self.desks[0].context.write() as unit:
            planning = Planning(self.desks[0].context, unit)
            sheet = planning.sheet(lead_id)
            sheet.lead.owner_id = owner
            unit.log("lead.assigned", subjects={"lead": lead_id}, after={"owner": owner})
            planning.settle(sheet)

    @rule(who=PICK, days=st.integers(0, 12))
    def away(self, who, days):
        """A rep goes away for some days, or comes back."""
        with self.desks[0].context.write() as unit:
            rep = unit.session.get(Rep, self.desk_of(who).identity.id)
            rep.away_from = self.clock.at if days else None
            rep.away_until = self.clock.at + timedelta(days=days) if days else None
            unit.log("rep.away", subjects={"rep": rep.id}, after={"days": days})

    @precondition(lambda self: self.leads)
    @rule(lead=PICK)
    def opt_out(self, lead):
        """A lead wants no e-mail any more."""
        with self.desks[0].context.write() as unit:
            unit.session.get(Lead, self.pick(lead)).emails_opt_out = True
            unit.log("lead.opted_out", subjects={"lead": self.pick(lead)})

    @precondition(lambda self: self.leads)
    @rule(lead=PICK, kind=st.sampled_from(SIGNS), days=st.integers(0, 30))
    def sign(self, lead, kind, days):
        """A lead writes back, is away, clicks, bounces, or asks to be called."""
        until = self.clock.at.date() + timedelta(days=days) if kind == "out-of-office" else None
        attempt(
            lambda: take(self.desks[0].context, self.pick(lead), kind, until=until),
            "not_open",
            "no_address",
            "unknown",
        )

    @rule(version=st.integers(1, 3), move=st.booleans())
    def activate(self, version, move):
        """Another version of the process is switched on; enrolments keep theirs or are moved."""
        folder = self.home / f"book{version}"
        if not folder.exists():
            files = default_files()
            write_folder(
                folder,
                {**files, "playbook.toml": files["playbook.toml"] + f"\n# version {version}\n"},
            )
        activate(self.boss.context, folder, move=move)

    # -- what must hold ----------------------------------------------------------------------------

    @invariant()
    def nobody_is_forgotten(self):
        if not hasattr(self, "home"):
            return
        with self.desks[0].context.store.read() as session:
            assert leads.without_next_step(session) == []
            touches = session.exec(select(Touch).where(Touch.state.in_(leads.OPEN_STATES))).all()
            enrolments = {row.id: row for row in session.exec(select(Enrolment)).all()}
            everybody = {row.id: row for row in session.exec(select(Lead)).all()}
            self.leads = sorted(everybody)
        self._one_at_the_front(touches, everybody)
        self._enrolments_go_on(touches, enrolments, everybody)
        for touch in touches:
            self._planned_well(touch, enrolments.get(touch.enrolment_id), everybody[touch.lead_id])

    def _one_at_the_front(self, touches, everybody):
        fronts: dict[int, list] = {}
        for touch in touches:
            fronts.setdefault(touch.lead_id, []).append((touch.state, touch.kind == "inbound"))
        for lead_id, found in fronts.items():
            front = [inbound for state, inbound in found if state != "waiting"]
            assert front, (lead_id, found)
            assert front.count(False) <= 1, (lead_id, found)
            near = [
                t
                for t in touches
                if t.lead_id == lead_id and t.promised and t.due <= self.clock.at + PROMISE_AHEAD
            ]
            first = next((t for t in touches if t.lead_id == lead_id and t.state == "open"), None)
            assert first is None or first.promised or first.system or not near, (lead_id, near)
            assert everybody[lead_id].status == "open" or {state for state, _ in found} == {
                "started"
            }, (lead_id, found)

    def _enrolments_go_on(self, touches, enrolments, everybody):
        planned = {touch.enrolment_id for touch in touches}
        for row in enrolments.values():
            if row.state == "ended":
                continue
            assert everybody[row.lead_id].status == "open"
            assert row.id in planned if row.state == "active" else row.resume_at is not None, row

    def _planned_well(self, touch, enrolment, lead):
        """Not before its enrolment, and a rep's step at a time at which people work and may be
        called."""
        assert enrolment is None or enrolment.state != "ended" or touch.state == "started"
        if enrolment is not None and touch.kind == "step":
            assert touch.due >= enrolment.anchor, touch
        ordered = touch.kind == "retry" and touch.channel == "call"
        if touch.promised or touch.state == "started" or touch.deferrals or touch.system:
            return
        if touch.kind != "step" and not ordered:
            return
        if (
            touch.kind == "step"
            and self._step_of(touch, enrolment).on_closed_day is OnClosedDay.KEEP
        ):
            return
        local = touch.due.astimezone(ZoneInfo((*lead.zones, "America/Chicago")[0]))
        assert local.weekday() < 5, touch
        assert time(8, 30) <= local.time() < time(17, 30), touch
        assert not is_holiday(lead.country, lead.region, local.date()), touch

    @staticmethod
    def _step_of(touch, enrolment):
        return BOOK.cadences[enrolment.cadence].steps[touch.step_index]

    @invariant()
    def the_log_tells_the_same(self):
        if not hasattr(self, "home"):
            return
        found = verify(self.desks[0].context.store)
        assert found.ok, found.message
        assert replay(self.rows) == ()


TestFloor = Floor.TestCase
TestFloor.pytestmark = [pytest.mark.timeout(3600 if FULL else 120)]
TestFloor.settings = settings(
    max_examples=200 if FULL else examples(12),
    phases=[
        Phase.generate
    ],  # a life is some thirty steps, each in need of those before: making it shorter takes minutes
    stateful_step_count=60 if FULL else 30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
