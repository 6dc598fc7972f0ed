"""What ordinary work does not show: weeks of an honest rep raise no pattern, and each way to seem
busy raises its own."""

import random
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.calls.popups import Popup
from leadtui.desk.calls.starting import Dial
from leadtui.desk.core import people
from leadtui.desk.figures.patterns import PATTERNS
from leadtui.errors import Refused
from leadtui.opening.demo import ZONE, desk_of, make_demo
from leadtui.store.engine.database import open_store
from leadtui.text import letters
from tests.builders import a_desk, a_lead, open_touch
from tests.conftest import GATE
from tests.desk.acting import answer, call, dial, log, phones, start

pytestmark = pytest.mark.timeout(600)  # weeks are lived before the first test
DAYS = 8 if GATE else 3
KINDS = {one.kind for one in PATTERNS}
TALKS = (
    *("TALKED", "CALLBACK", "QUALIFIED", "HUNG_UP", "NOT_NOW", "NOT_INTERESTED"),
    *("UNQUALIFIED", "MEETING", "DO_NOT_CALL", "REFERRED"),
)
OTHERS = ("NO_ANSWER", "NO_ANSWER", "VOICEMAIL", "BUSY", "GATEKEEPER", "WRONG_NUMBER")
MEMOS = ("asks for the runbook", "budget in spring", "call after lunch", "knows us from the show")


class Honest:
    """A rep who works as it is meant: the first of the queue, as it comes."""

    def __init__(self, desk, clock, dice):
        self.desk, self.clock, self.dice = desk, clock, dice

    def day(self, actions):
        for _ in range(actions):
            self.clock.advance(seconds=self.dice.randint(20, 900))
            self.desk.tick()
            self.one()
        self.inbound()
        self.mend()

    def one(self):
        rows = self.desk.block.rows(self.desk.block.first_page(3).ids)
        due = [row for row in rows if row.due <= self.clock.at]
        if not due:
            return None
        self.asked(due[0])
        if self.dice.random() < 0.08:
            return self.put_off(due[0])
        try:
            started = self.desk.block.start(due[0].touch_id)
        except Refused:
            return None
        if self.dice.random() < 0.05:
            return answer(self.desk, started, word="no", reason="tool_down")
        if due[0].action != "call":
            self.clock.advance(seconds=self.dice.randint(30, 200))
            return answer(self.desk, started, note="looked it up and wrote it down")
        return self.call(started)

    def asked(self, row):
        """The pop-up of what is due, looked at and answered."""
        popup = Popup(row, "due")
        self.desk.popups.shown(popup)
        self.desk.popups.answered(popup, "start", self.dice.uniform(0.9, 6))

    def put_off(self, row):
        to = self.clock.at + timedelta(hours=self.dice.randint(2, 30))
        with suppress(Refused):
            self.desk.block.defer(row.touch_id, to, "needs_preparation")

    def call(self, started):
        try:
            dial(self.desk, started, acknowledge=True)
        except (Refused, IndexError):
            reason = {"reason": "number_not_dialable"}
            return answer(self.desk, started, "NOT_DIALED", **reason)
        if self.dice.random() < 0.6:
            code = self.dice.choice(OTHERS)
            self.clock.advance(seconds=self.dice.randint(16, 45))
            return self.answer(
                started, code, note=self.dice.choice(("", "rang out", "at the desk"))
            )
        code = self.dice.choice(TALKS)
        self.clock.advance(seconds=9 if code == "HUNG_UP" else self.dice.randint(70, 400))
        memo = "" if code == "HUNG_UP" else self.dice.choice((*MEMOS, "ok"))
        return self.answer(started, code, note=memo)

    def answer(self, started, code, note):
        given = {"note": note or ("Ms. Byrne" if code == "GATEKEEPER" else "")}
        days = {"NOT_NOW": self.dice.randint(30, 210), "MEETING": 6, "CALLBACK": 1, "TALKED": 3}
        if code in days:
            given |= {"at": self.clock.at + timedelta(days=days[code]), "next_action": "call"}
        if code in {"NOT_INTERESTED", "UNQUALIFIED", "QUALIFIED"}:
            given |= {"reason": self.desk.block.reasons(code.lower())[0].code}
        if code == "REFERRED":
            given |= {"colleague": f"Colleague {started.touch}"}
        self.desk.confirm.shown(started.question.id)
        self.clock.advance(seconds=self.dice.randint(1, 9) if code not in OTHERS else 1)
        return answer(self.desk, started, code, **given)

    def inbound(self):
        """Somebody calls back, and soon after another one."""
        for row in self.desk.block.rows(self.desk.block.first_page(9).ids)[-2:]:
            started = self.desk.block.inbound(row.lead_id)
            self.clock.advance(seconds=self.dice.randint(50, 300))
            self.answer(started, "TALKED", note="asks what the failback takes")

    def mend(self):
        rows = self.desk.block.rows(self.desk.block.first_page(5).ids)
        if rows:
            self.desk.leads.edit(
                rows[-1].lead_id, {"phone": f"+1303555{self.dice.randint(200, 999)}1"}
            )


@pytest.fixture(scope="module")
def weeks(tmp_path_factory) -> tuple[Path, FixedClock]:
    """The demo's week, and more days of two honest reps."""
    folder = tmp_path_factory.mktemp("honest") / "floor"
    make_demo(folder, leads=60 if GATE else 30)
    clock, dice = FixedClock(datetime(2026, 11, 24, 9, 30, tzinfo=ZONE)), random.Random(11)
    store = open_store(f"sqlite:///{folder / 'leadtui.db'}", durable=False)
    reps = [
        Honest(desk_of(store, folder, who, clock), clock, dice)
        for who in (people.os_login(), "ali")
    ]
    for _ in range(DAYS):
        for rep in reps:
            rep.day(7)
        clock.at = (clock.at + timedelta(days=3 if clock.at.weekday() == 4 else 1)).replace(hour=15)
    store.dispose()
    return folder, clock


def exceptions(folder, clock, period="all", login="mira"):
    """The exceptions by kind, as the supervisor sees them."""
    desk = a_desk(folder, login, clock=clock)
    found = {line.kind: line for line in desk.supervise.exceptions(period)}
    desk.close()
    return found


@pytest.mark.parametrize("period", ["today", "7 days", "all"])
def test_honest_weeks_raise_no_pattern(weeks, period):
    """Wrong numbers, hang-ups, short memos, deferrals, two who call in within minutes: all of it is
    ordinary."""
    found = exceptions(*weeks, period)

    assert not {kind: line.words for kind, line in found.items() if kind in KINDS}


@pytest.mark.skipif(not GATE, reason="only many days hold enough: at the gate")
def test_the_honest_weeks_hold_what_the_patterns_are_made_of(weeks):
    """Each is counted of something that was there, so that silence says something."""
    folder, clock = weeks
    desk = a_desk(folder, "mira", clock=clock)
    shares = {one.key: one.figure for one in desk.supervise.table("all").measures}
    desk.close()

    small = {kind for kind in KINDS if (shares[kind].total or 0) < 10}
    assert small <= {"hollow"}, shares


def some_leads(desk, count, first=0):
    """So many leads of the rep's, each at a company of its own."""
    return [
        a_lead(
            desk,
            f"Lead {number}",
            phone=f"+1303555{3000 + number}",
            email=f"lead{number}@a.example",
            company=f"Company {number}",
        )
        for number in range(first, first + count)
    ]


def test_contacts_within_seconds_of_the_dial_stand_beside_the_peers(floor, desk, other, clock):
    """The question may have stood for as long as it likes; a colleague's talk of two minutes is
    what it is held against."""
    for lead in some_leads(desk, 3):
        started = start(desk, lead, dial=Dial(acknowledge=True))
        clock.advance(seconds=2)
        desk.confirm.shown(started.question.id)
        clock.advance(seconds=4)
        answer(desk, started, "QUALIFIED", note="wants the trial at once")
        clock.advance(minutes=7)
    started = start(other, *some_leads(other, 1, first=9), dial=Dial(acknowledge=True))
    clock.advance(minutes=2)
    other.confirm.shown(started.question.id)
    clock.advance(seconds=1)
    answer(other, started, "QUALIFIED", note="wants the trial at once")

    found = exceptions(floor, clock)

    assert found["brief"].words == "3 contacts within seconds · 100 % of 3, peers 0 %"
    assert found["brief"].rep == "Dana Reyes"
    assert (found["brief"].part.total, found["brief"].peers.total) == (3, 1)


@pytest.mark.parametrize(
    ("days", "times", "kind"),
    [(140, 4, ""), (200, 2, ""), (200, 3, "far"), (360, 3, "far"), (400, 1, "years")],
)
def test_promises_far_ahead_are_told(floor, desk, clock, days, times, kind):
    """One of more than a year; of months where they are many of the rep's promises."""
    for number, lead in enumerate(some_leads(desk, times)):
        at = clock.at + timedelta(days=days)
        outcome = ("CALLBACK", "NOT_NOW")[number % 2]
        started = start(desk, lead, dial=Dial(acknowledge=True))
        clock.advance(minutes=3)
        answer(desk, started, outcome, note="asks for next season", at=at)

    found = exceptions(floor, clock)

    assert {one for one in found if one in KINDS} == ({kind} if kind else set())


def test_rows_without_a_call_are_told_whatever_they_are_made_of(floor, desk, clock):
    """Could not dial, bad numbers, do not call, one after the other; the fifth tells all of them,
    and a talk begins anew."""
    reasons = {"NOT_DIALED": "phone_system", "NOT_INTERESTED": "no_need"}
    row = (
        "NOT_DIALED",
        "WRONG_NUMBER",
        "NOT_INTERESTED",
        "DO_NOT_CALL",
        "LEFT_COMPANY",
        "NOT_DIALED",
    )
    leads = iter(some_leads(desk, 11))
    for code in row[:4]:
        call(desk, next(leads), code, reason=reasons.get(code, ""), note="told me so")
        clock.advance(minutes=30)
    started = start(desk, next(leads), dial=Dial(acknowledge=True))
    clock.advance(minutes=3)
    answer(desk, started, "QUALIFIED", note="wants the trial at once")
    assert "burnt" not in exceptions(floor, clock)

    entries = []
    for code in row:
        given = {"reason": reasons.get(code, ""), "note": "told me so"}
        entries.append(call(desk, next(leads), code, **given).entry)
        clock.advance(minutes=30)

    assert set(exceptions(floor, clock)["burnt"].seqs) == set(entries)


def test_inbound_calls_by_the_minute_are_told(floor, desk, clock):
    """Five that follow each other within three minutes."""
    for lead in some_leads(desk, 5):
        started = desk.block.inbound(lead)
        clock.advance(seconds=50)
        answer(desk, started, "QUALIFIED", note="wants the trial at once")
        clock.advance(seconds=20)

    assert exceptions(floor, clock)["by the minute"].count == 5


def test_answers_with_nothing_are_told_though_their_texts_were_erased(floor, desk, clock):
    """Nothing, or words that fill a place; erasing the persons takes nothing off the count."""
    leads, words = some_leads(desk, 6), ("", ".", "ok", "asdf asdf", "n/a", "xx")
    for lead, note in zip(leads, words, strict=True):
        started = start(desk, lead, dial=Dial(acknowledge=True))
        clock.advance(minutes=2)
        answer(desk, started, "QUALIFIED", note=note)
        clock.advance(minutes=5)
    before = exceptions(floor, clock)["bare"]
    mira = a_desk(floor, "mira", clock=clock)
    for lead in leads:
        mira.leads.erase(lead, "asked for it")
    mira.close()

    assert before.words == "6 talks answered with nothing · 100 % of 6, peers –"
    assert exceptions(floor, clock)["bare"].seqs == before.seqs


def test_an_overrides_hollow_reason_is_told_though_it_was_erased(floor, desk, clock):
    """What it was made of stands in the entry's codes."""
    clock.at = clock.at.replace(hour=4)
    lead = a_lead(desk)
    begun = desk.block.start_call(lead)
    choice = {"override": "supervisor", "reason": "aaaa aaaa aa."}
    desk.block.dial(begun.question.id, phones(desk, lead)[0].id, **choice)
    clock.advance(minutes=2)
    answer(desk, begun, "NO_ANSWER")
    before = exceptions(floor, clock)["hollow"]
    mira = a_desk(floor, "mira", clock=clock)
    mira.leads.erase(lead, "asked for it")
    mira.close()

    assert before.words.startswith("1 override for no real reason · 100 % of 1")
    assert exceptions(floor, clock)["hollow"].seqs == before.seqs


def test_popups_answered_in_no_time_are_told(floor, desk, clock):
    """Five within a second; one of them is nothing yet."""
    row = desk.block.rows([open_touch(desk, *some_leads(desk, 1)).id])[0]
    for _ in range(4):
        desk.popups.answered(Popup(row, "due"), "reschedule", 0.2)
    assert "blink" not in exceptions(floor, clock)

    desk.popups.answered(Popup(row, "due"), "reschedule", 0.2)

    assert exceptions(floor, clock)["blink"].count == 5


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        ({"phone": "(312) 555-0100"}, "self"),
        ({"mobile": "+1 312 555 0101"}, "staff"),
        ({"email": "Dana+leads@Halyard.example"}, "self"),
        ({"email": "mira@halyard.example"}, "staff"),
        ({"phone": "+1 312 555 0170"}, "floor"),
        ({"street": "200 W Adams St"}, "floor"),
        ({"email": "tom@kestrel.example"}, ""),
        ({"street": "12 Oak Lane", "title": "CIO of 200 W Adams St"}, ""),
    ],
)
def test_what_is_a_colleagues_or_the_floors_own_is_told(floor, desk, clock, said, whose):
    """A number in any form, an address with a tag, the floor's line; the entry says whose, and no
    more."""
    desk.leads.edit(a_lead(desk, region="IL"), said)

    assert log(desk, "lead.edited")[-1]["codes"].get("own", "") == whose
    assert ("own" in exceptions(floor, clock)) == bool(whose)


def test_somebody_new_with_the_reps_own_number_is_told(floor, desk, clock):
    """A colleague whom a lead names, and a lead that is typed in."""
    started = start(desk, a_lead(desk), dial=Dial(acknowledge=True))
    clock.advance(minutes=2)
    answer(desk, started, "REFERRED", colleague="Bo Lind", colleague_phone="312 555 0100")

    desk.intake.add("phone", {"name": "Ada Lind", "company": "Lind", "phone": "312 555 0101"})

    assert exceptions(floor, clock)["own"].count == 2


def test_a_lead_that_goes_round_is_told_over_weeks(floor, desk, other, clock):
    """No, partly, put off, not dialed, with days between; each alone is nothing, what is done ends
    the row, and today's view sees it."""
    lead, kept = some_leads(desk, 2)
    for _ in range(2):
        answer(desk, start(desk, kept), word="no", reason="tool_down")
    call(desk, kept, "NO_ANSWER")
    for _ in range(3):
        answer(desk, start(desk, kept), word="no", reason="tool_down")
    for turn in range(6):
        clock.advance(days=3)
        if turn == 1:
            desk.block.defer(
                open_touch(desk, lead).id, clock.at + timedelta(hours=1), "needs_preparation"
            )
        elif turn == 3:
            call(desk, lead, "NOT_DIALED", reason="interrupted")
        else:
            word = ("no", "partly")[turn % 2]
            more = {"reason": "tool_down"} if word == "no" else {"note": "half of the script"}
            started = start(desk, lead)
            answer(desk, started, "NO_ANSWER" if word == "partly" else "", word, **more)

    found = exceptions(floor, clock, "today")

    assert found["loop"].words.startswith("1 time round with nothing done")
    assert exceptions(floor, clock)["loop"].count == 2
    told = [body for body in log(desk) if body.get("subjects", {}).get("lead") == lead]
    counts = [body["codes"]["idle"] for body in told if "idle" in body.get("codes", {})]
    assert counts == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("n/a", 0), ("OK, test", 0), ("vm", 2), ("aaa aaa", 1), ("done", 4), ("已联系", 9)],
)
def test_letters_are_counted_beside_filler(text, count):
    """Different ones, whatever their case; an ideograph says more."""
    assert letters(text) == count


def test_every_pattern_stands_in_the_documentation():
    """With its name and how it is counted, word by word."""
    page = (Path(__file__).parents[3] / "docs" / "compliance-log.md").read_text(encoding="utf-8")

    missing = [one.kind for one in PATTERNS if f"| {one.name} | {one.formula} |" not in page]
    assert not missing
