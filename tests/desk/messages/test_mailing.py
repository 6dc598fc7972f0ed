"""E-mail from preview to outbox: no doubles, no losses, nothing half written."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import col, select

from leadtui.clock import FixedClock
from leadtui.desk.messages.delivery import BACKOFF
from leadtui.desk.messages.mailing import Mailing
from leadtui.errors import LeadtuiError, NotFound, Refused
from leadtui.mail.handing import Delivery, need_sender
from leadtui.mail.message import Message
from leadtui.mail.transports import Draft
from leadtui.store import floor, leads
from leadtui.store.engine.tables import (
    Email,
    EmailAddress,
    HistoryEvent,
    Lead,
    LogEntry,
    Matter,
    Obligation,
    Touch,
)
from leadtui.store.log.auditing import verify
from tests.builders import MONDAY, a_desk, a_floor, a_lead, open_touch
from tests.engines import engine_url, postgres_server, postgres_url

__all__ = ["engine_url", "postgres_server", "postgres_url"]

SENT = Delivery("sent", "taken")
DOWN = Delivery("later", "no answer", server_down=True)
GREY = Delivery("later", "450 4.2.1 greylisted")


@dataclass
class Post:
    """A transport that answers as it is told and remembers what it got."""

    answers: list[Delivery] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)
    name: str = "smtp"
    sends: bool = True

    def check(self, message: Message) -> None:
        need_sender(message)

    def hand_over(self, message: Message, name: str) -> Delivery:
        self.got.append(message)
        return self.answers.pop(0) if self.answers else SENT


class World:
    """A floor, Dana's desk, and a post office."""

    def __init__(self, folder: Path, database: str = "") -> None:
        a_floor(folder, database=database)
        self.clock = FixedClock(MONDAY)
        self.desk = a_desk(folder, clock=self.clock)
        self.post = Post()
        self.mail = Mailing(self.desk.context, transport=lambda: self.post)

    def write(self, name: str = "test") -> Any:
        """A transaction of the test's own."""

        @contextlib.contextmanager
        def unit():
            with self.desk.context.write() as found:
                yield found
                found.log(name)

        return unit()

    def rows(self, table: Any, *tests: Any) -> list[Any]:
        """Rows of a table in order."""
        with self.desk.context.store.read() as session:
            return list(session.exec(select(table).where(*tests).order_by(col(table.id))).all())

    def start(
        self, lead_id: int, channel: str = "email", template: str = "trial-day-5"
    ) -> Obligation:
        """A started touch of that channel, and its obligation."""
        with self.write() as unit:
            for touch in leads.open_touches(unit.session, lead_id):
                touch.state = "waiting"
            unit.session.flush()
            live = leads.live_enrolments(unit.session, lead_id)
            touch = Touch(
                lead_id=lead_id,
                rep_id=self.desk.identity.id,
                channel=channel,
                title="Step",
                template=template,
                state="started",
                due=MONDAY,
                created_at=MONDAY,
                cadence="trial",
                step_id="day-5-note",
                enrolment_id=live[0].id if live else None,
            )
            unit.session.add(touch)
            unit.session.flush()
            obligation = Obligation(
                rep_id=self.desk.identity.id,
                lead_id=lead_id,
                touch_id=touch.id,
                action=channel,
                front_end="test",
                started_at=MONDAY,
            )
            unit.session.add(obligation)
            unit.session.flush()
        return obligation

    def send(self, lead_id: int, words: str = "Hello Jane", **more: Any) -> Any:
        """Hand a message over."""
        return self.mail.hand_over(lead_id, "trial-day-5", "A word", words, **more)

    def messages(self) -> list[tuple[str, str]]:
        """State and words of every message."""
        return [(email.state, email.error) for email in self.rows(Email)]

    def events(self) -> list[tuple[str, str]]:
        """The mail entries of the log, with the state they set."""
        with self.desk.context.store.read() as session:
            bodies = [
                json.loads(entry.body)
                for entry in session.exec(select(LogEntry).order_by(col(LogEntry.seq))).all()
            ]
        return [
            (body["event"], body["after"]["email"])
            for body in bodies
            if body["event"].startswith("email.")
        ]


@pytest.fixture
def world(tmp_path):
    """A world on SQLite."""
    found = World(tmp_path / "floor")
    yield found
    found.desk.close()


@pytest.fixture
def both(tmp_path, engine_url):
    """A world on each engine."""
    found = World(tmp_path / "floor", "" if engine_url.startswith("sqlite") else engine_url)
    yield found
    found.desk.close()


# -- preview ---------------------------------------------------------------------------------------


def test_a_preview_is_the_finished_message(world):
    """Filled in, marked, addressed, with the other texts that fit."""
    lead = a_lead(world.desk, offer="trial")
    started = world.start(lead)
    shown = world.mail.preview(lead, started.touch_id)

    assert shown.to == "jane@brightwater.example"
    assert shown.template == "trial-day-5"
    assert "Jane" in [shown.body[start:end] for start, end in shown.filled]
    assert "Dana Reyes" in shown.body
    assert "$" not in shown.body
    assert shown.sends
    assert not shown.missing
    assert "trial-expires" in dict(shown.others)
    assert world.mail.preview(lead, template="trial-expires").template == "trial-expires"
    with pytest.raises(NotFound, match="no e-mail 'nonsense'"):
        world.mail.preview(lead, template="nonsense")


def test_of_two_wordings_a_lead_keeps_one(world):
    """The same look twice shows the same text, and both are used."""
    chosen = set()
    for number in range(8):
        lead = a_lead(world.desk, f"Lead {number}", email=f"l{number}@b.example", phone="")
        with world.write() as unit:
            touch = Touch(
                lead_id=lead,
                rep_id=1,
                channel="email",
                title="x",
                template="monthly-01",
                due=MONDAY,
                created_at=MONDAY,
                cadence="monthly-letter",
            )
            unit.session.add(touch)
        looks = {world.mail.preview(lead, touch.id).wording for _ in range(3)}
        assert len(looks) == 1
        chosen |= looks

    assert chosen == {"a", "b"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"emails_opt_out": True}, "opted_out"),
        ({"status": "erased"}, "not_open"),
        ("bounced", "bounced"),
        ("none", "no_address"),
    ],
)
def test_who_cannot_be_written_to_is_not(world, change, code):
    """Neither previewed nor sent, with a sentence that says why."""
    lead = a_lead(world.desk)
    started = world.start(lead)
    with world.write() as unit:
        for address in leads.addresses(unit.session, lead):
            if change == "bounced":
                address.status = "bounced"
            elif change == "none":
                unit.session.delete(address)
        if isinstance(change, dict):
            for key, value in change.items():
                setattr(unit.session.get(Lead, lead), key, value)

    for use in (lambda: world.mail.preview(lead, started.touch_id), lambda: world.send(lead)):
        with pytest.raises(Refused) as caught:
            use()
        assert caught.value.code == code
    assert world.post.got == []
    assert world.messages() == []


# -- handing over ----------------------------------------------------------------------------------


def test_a_message_is_on_record_before_it_leaves(both):
    """First `sending`, then what came of it; the text once, by hash; nothing personal in the
    chain."""
    lead = a_lead(both.desk)
    started = both.start(lead)
    seen: list[str] = []
    hand_over = both.post.hand_over

    def look(message, name):
        seen.extend(state for state, _ in both.messages())
        return hand_over(message, name)

    both.post.hand_over = look
    done = both.send(lead, obligation_id=started.id)

    assert seen == ["sending"]
    assert done.state == "sent"
    assert both.events() == [("email.handed_over", "sending"), ("email.state", "sent")]
    row = both.rows(Email)[0]
    assert (row.touch_id, row.rep_id, row.message_id) == (
        started.touch_id,
        both.desk.identity.id,
        done.message_id,
    )
    with both.desk.context.store.read() as session:
        assert floor.get_text(session, row.text_hash) == "Hello Jane\n"
        bodies = " ".join(session.exec(select(LogEntry.body)).all())
    assert "jane@" not in bodies
    assert "Hello" not in bodies


def test_a_step_that_is_not_started_sends_nothing(world):
    """The obligation comes first, and it must be one's own and of this lead."""
    lead, other = (
        a_lead(world.desk),
        a_lead(world.desk, "Tom Weiss", email="tom@kestrel.example", phone=""),
    )
    started = world.start(other)
    for more in (
        {},
        {"obligation_id": started.id},
        {"obligation_id": 99},
        {"touch_id": open_touch(world.desk, lead).id},
    ):
        with pytest.raises(Refused) as caught:
            world.send(lead, **more)
        assert caught.value.code == "not_started"
    ali = Mailing(a_desk(world.desk.settings.folder, "ali").context, transport=lambda: world.post)
    with pytest.raises(Refused):
        ali.hand_over(other, "", "A word", "Hello", obligation_id=started.id)
    ali.context.store.dispose()
    assert world.post.got == []


def test_during_a_call_an_extra_message_may_go(world):
    """To the same person, each text once; the history shows it."""
    lead = a_lead(world.desk)
    world.start(lead, "call")

    assert world.send(lead).state == "sent"
    assert world.send(lead, "Another text").state == "sent"
    with pytest.raises(Refused) as caught:
        world.send(lead)
    assert caught.value.code == "already_sent"
    assert [event.note for event in world.rows(HistoryEvent, HistoryEvent.kind == "email")] == [
        "A word",
        "A word",
    ]


def test_an_outcome_may_offer_a_message_after_its_answer(world):
    """A voicemail is followed by its e-mail, for a quarter of an hour, and by no other."""
    lead = a_lead(world.desk)
    started = world.start(lead, "call")
    with world.write() as unit:
        row = unit.session.get(Obligation, started.id)
        row.answered_at, row.outcome = world.clock.now(), "VOICEMAIL"
    with world.desk.context.store.read() as session:
        offer = world.desk.context.playbook(session).dispositions["VOICEMAIL"].email

    with pytest.raises(Refused):
        world.send(lead)
    assert world.mail.hand_over(lead, offer, "I just called", "Hello").state == "sent"
    world.clock.advance(minutes=16)
    with pytest.raises(Refused):
        world.mail.hand_over(lead, offer, "I just called", "Hello again")


@pytest.mark.parametrize("state", ["sent", "queued", "unknown"])
def test_one_message_a_step(world, state):
    """A second `y` sends nothing, whatever became of the first."""
    lead = a_lead(world.desk)
    world.start(lead)
    world.post.answers = [
        {"sent": SENT, "queued": GREY, "unknown": Delivery("unknown", "gone")}[state]
    ]
    assert world.send(lead).state == state
    with pytest.raises(Refused) as caught:
        world.send(lead, "Other words")
    assert caught.value.code == "already_sent"
    assert len(world.post.got) == 1


def test_an_unfinished_text_does_not_leave(world):
    """A field nobody filled in, a placeholder, no subject, no text."""
    lead = a_lead(world.desk)
    world.start(lead)
    for subject, body, code in [
        ("A word", "It ends on ‹trial_ends›", "missing_field"),
        ("A word, $first_name", "Hello", "missing_field"),
        (" \r\n", "Hello", "empty"),
        ("A word", " \n\x00", "empty"),
    ]:
        with pytest.raises(Refused) as caught:
            world.mail.hand_over(lead, "", subject, body)
        assert caught.value.code == code
    assert world.messages() == []


def test_a_draft_may_be_opened_again(world, tmp_path):
    """It was closed by mistake; the file of before stays."""
    opened: list[str] = []
    world.post = Draft(tmp_path / "outbox", opened.append)
    lead = a_lead(world.desk)
    world.start(lead)

    assert [world.send(lead).state, world.send(lead).state] == ["drafted", "drafted"]
    assert len(set(opened)) == 2
    assert all(Path(path).exists() for path in opened)


# -- retries ---------------------------------------------------------------------------------------


def test_what_is_put_off_goes_later_and_in_order(both):
    """A later message to the same lead waits behind it; the Message-ID stays."""
    lead = a_lead(both.desk)
    both.start(lead, "call")
    both.post.answers = [GREY]
    first, second = both.send(lead, "First"), both.send(lead, "Second")

    assert [first.state, second.state] == ["queued", "queued"]
    assert both.mail.send_waiting().sent == 0
    both.clock.at += BACKOFF[0]
    assert both.mail.send_waiting().sent == 2
    assert [message.body for message in both.post.got] == ["First\n", "First\n", "Second\n"]
    assert both.post.got[0].message_id == both.post.got[1].message_id
    assert both.messages() == [("sent", "taken"), ("sent", "taken")]


def test_a_server_that_is_down_is_asked_once_a_round(world):
    """Thirty messages do not wait thirty times."""
    for number in range(3):
        lead = a_lead(world.desk, f"Lead {number}", email=f"l{number}@b.example", phone="")
        started = world.start(lead, "call")
        world.post.answers = [DOWN]
        world.send(lead)
        with world.write() as unit:
            unit.session.get(Obligation, started.id).answered_at = MONDAY
    world.clock.at += BACKOFF[0]
    world.post.answers = [DOWN] * 3
    run = world.mail.send_waiting()

    assert (run.later, run.words) == (1, "no answer")
    assert len(world.post.got) == 4


def test_trying_ends(world):
    """After a day the rep is told."""
    lead = a_lead(world.desk)
    world.start(lead)
    world.post.answers = [GREY] * 20
    world.send(lead)
    for wait in BACKOFF:
        world.clock.at += wait
        world.mail.send_waiting()

    state, words = world.messages()[0]
    assert state == "failed"
    assert words == "given up after 9 tries: 450 4.2.1 greylisted"


def test_a_failed_message_goes_again_only_at_a_persons_word(world):
    """The server's words are kept; `retry` is its rep's or a supervisor's."""
    lead = a_lead(world.desk)
    world.start(lead)
    world.post.answers = [Delivery("failed", "554 5.6.0 spam")]
    done = world.send(lead)
    world.clock.advance(days=2)

    assert world.mail.send_waiting().sent == 0
    assert world.mail.outbox()[0].words == "554 5.6.0 spam"
    assert world.mail.counts()["failed"] == 1
    ali = Mailing(a_desk(world.desk.settings.folder, "ali").context, transport=lambda: world.post)
    with pytest.raises(Refused) as caught:
        ali.retry(done.email)
    assert caught.value.code == "not_yours"
    ali.context.store.dispose()
    assert world.mail.retry(done.email).state == "sent"
    with pytest.raises(Refused):
        world.mail.retry(done.email)
    with pytest.raises(NotFound):
        world.mail.retry(99)


def test_an_opt_out_stops_what_waits(world):
    """It holds from this moment, for messages on their way too."""
    lead = a_lead(world.desk)
    world.start(lead)
    world.post.answers = [GREY]
    world.send(lead)
    with world.write() as unit:
        unit.session.get(Lead, lead).emails_opt_out = True
    world.clock.at += BACKOFF[0]

    assert world.mail.send_waiting().sent == 0
    assert world.messages()[0][0] == "cancelled"
    assert len(world.post.got) == 1


def test_an_address_that_does_not_exist_is_not_used_again(world):
    """That address only; the lead gets a data-fix task."""
    lead = a_lead(world.desk)
    world.start(lead)
    world.post.answers = [Delivery("failed", "550 5.1.1 no such user", bad_address=True)]
    world.send(lead)

    assert world.rows(EmailAddress)[0].status == "bounced"
    assert [touch.title for touch in world.rows(Touch, Touch.kind == "data_fix")] == [
        "Find an e-mail address"
    ]


# -- unknown ---------------------------------------------------------------------------------------

KILLED = """
import os, sys
from pathlib import Path
from tests.builders import a_desk
from leadtui.desk.messages.mailing import Mailing

class Cut:
    name, sends = "smtp", True
    def check(self, message): pass
    def hand_over(self, message, name):
        Path(sys.argv[2]).write_bytes(message.content)
        os.kill(os.getpid(), 9)

desk = a_desk(Path(sys.argv[1]))
Mailing(desk.context, transport=Cut).hand_over(int(sys.argv[3]), "", "A word", "Hello Jane")
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_a_kill_between_sending_and_sent_asks_a_person(world, tmp_path):
    """The server may have it: it is not sent again, and its Message-ID is there to look it up."""
    lead = a_lead(world.desk)
    world.start(lead)
    out = tmp_path / "out.eml"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(world.desk.settings.folder), str(out), str(lead)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
    )

    assert done.returncode == -9, done.stderr
    assert [state for state, _ in world.messages()] == ["sending"]
    assert world.mail.send_waiting().unknown == 0
    world.clock.advance(minutes=4)
    assert world.mail.send_waiting().unknown == 1
    assert world.mail.recover() == 0
    row = world.rows(Email)[0]
    assert row.state == "unknown"
    assert row.message_id.encode() in out.read_bytes()
    question = world.rows(Matter, Matter.kind == "email_unknown")[0]
    assert question.data == {"email": row.id, "message_id": row.message_id}
    assert question.due > world.clock.now()
    world.clock.advance(days=3)
    world.mail.send_waiting()
    assert world.post.got == []
    with pytest.raises(Refused) as caught:
        world.mail.retry(row.id)
    assert caught.value.code == "unknown"


@pytest.mark.parametrize("sent", [True, False])
def test_a_person_decides_what_is_unknown(both, sent):
    """Sent counts as sent; not sent goes into the next round. The question is answered either
    way."""
    lead = a_lead(both.desk)
    both.start(lead)
    both.post.answers = [Delivery("unknown", "gone")]
    done = both.send(lead)
    assert both.mail.resolve(done.email, sent).state == ("sent" if sent else "queued")
    both.mail.send_waiting()

    assert both.messages()[0][0] == "sent"
    assert len(both.post.got) == (1 if sent else 2)
    question = both.rows(Matter, Matter.kind == "email_unknown")[0]
    assert question.answer == ("sent" if sent else "not sent")
    with pytest.raises(Refused):
        both.mail.resolve(done.email, sent)


def test_an_answer_that_comes_after_all_settles_it(world):
    """A laptop slept while sending: the server's yes still counts, unless a person has decided."""
    lead = a_lead(world.desk)
    world.start(lead)

    def sleep(message, name):
        world.clock.advance(minutes=10)
        assert world.mail.recover() == 1
        return SENT

    world.post.hand_over = sleep
    assert world.send(lead).state == "sent"
    assert world.rows(Matter, Matter.kind == "email_unknown")[0].answer == "sent"


# -- the system's e-mails --------------------------------------------------------------------------


def a_trial(world: World, **more: Any) -> int:
    """A lead whose first step is a system e-mail."""
    mail = replace(world.desk.context.settings.mail, transport="file")
    world.desk.context.settings = replace(world.desk.context.settings, mail=mail)
    lead = a_lead(world.desk, offer="trial", **more)
    touch = open_touch(world.desk, lead)
    assert (touch.step_id, touch.system) == ("welcome", 1)
    return lead


def test_the_system_writes_in_the_name_of_the_rep(both):
    """The step is done, the cadence goes on, and nothing is written twice."""
    lead = a_trial(both)
    assert both.mail.run_system_touches(both.clock.now()) == 1
    assert both.mail.run_system_touches(both.clock.now()) == 0

    assert [message.sender for message in both.post.got] == ["dana@halyard.example"]
    assert "Hello Jane" in both.post.got[0].body
    touch = open_touch(both.desk, lead)
    assert (touch.step_id, touch.system) == ("call-1", 0)
    assert both.rows(HistoryEvent, HistoryEvent.kind == "email")[0].note.startswith(
        "Your Halyard Failover trial"
    )


def test_a_demo_floor_writes_files(tmp_path):
    """They stand in sent/, whole, and count as sent."""
    world = World(tmp_path / "floor")
    lead = a_trial(world)
    assert Mailing(world.desk.context).run_system_touches() == 1
    files = list((tmp_path / "floor" / "sent").iterdir())

    assert len(files) == 1
    assert b"\r\nTo: jane@brightwater.example\r\n" in files[0].read_bytes()
    assert open_touch(world.desk, lead).step_id == "call-1"
    assert world.messages() == [("sent", "")]
    world.desk.close()


def test_a_system_step_that_is_put_off_is_done_later(world):
    """It stays at the front until its message left."""
    lead = a_trial(world)
    world.post.answers = [GREY]
    assert world.mail.run_system_touches() == 0
    assert open_touch(world.desk, lead).step_id == "welcome"
    world.clock.at += BACKOFF[0]
    assert world.mail.run_system_touches() == 1
    assert open_touch(world.desk, lead).step_id == "call-1"


def test_a_system_step_that_fails_becomes_the_reps(world):
    """It is due as it was, and the rep's own message does it."""
    lead = a_trial(world)
    world.post.answers = [Delivery("failed", "554 5.6.0 spam")]
    world.mail.run_system_touches()
    touch = open_touch(world.desk, lead)

    assert (touch.step_id, touch.system) == ("welcome", 0)
    assert world.mail.retry(world.rows(Email)[0].id).state == "sent"
    assert open_touch(world.desk, lead).step_id == "call-1"


def test_a_round_says_that_the_server_is_down_and_what_waits(world):
    """Nothing left, and the round does not look like one without work."""
    a_trial(world)
    world.post.answers = [Delivery("later", "mail.example does not answer", server_down=True)]
    round_ = world.mail.send_waiting()
    assert (round_.sent, round_.later) == (0, 1)
    assert round_.words == "mail.example does not answer"


def test_a_system_text_with_a_missing_field_becomes_the_reps(world):
    """A person can fill it in; it never leaves with a hole, and the round says so."""
    lead = a_trial(world)
    with world.write() as unit:
        unit.session.get(Lead, lead).dates = {}
    round_ = world.mail.send_waiting()
    assert (round_.sent, round_.given) == (0, 1)
    assert "still lacks: trial ends" in round_.words

    assert world.post.got == []
    assert open_touch(world.desk, lead).system == 0
    shown = world.mail.preview(lead, open_touch(world.desk, lead).id)
    assert shown.missing == ("trial_ends",)


@pytest.mark.parametrize("why", ["opted out", "no address"])
def test_a_system_step_for_nobody_is_skipped(world, why):
    """With its reason in the history; the cadence goes on."""
    lead = a_trial(world)
    with world.write() as unit:
        if why == "opted out":
            unit.session.get(Lead, lead).emails_opt_out = True
        else:
            unit.session.delete(leads.addresses(unit.session, lead)[0])
    assert world.mail.run_system_touches() == 0

    assert world.post.got == []
    assert "welcome" in [
        event.code for event in world.rows(HistoryEvent, HistoryEvent.kind == "step.skipped")
    ]
    with world.desk.context.store.read() as session:
        assert "call-1" in [touch.step_id for touch in leads.open_touches(session, lead)]


def test_with_drafts_the_system_leaves_it_to_the_rep(world, tmp_path):
    """Nobody but the rep can press send."""
    lead = a_trial(world)
    world.post = Draft(tmp_path / "outbox", lambda _: None)
    assert world.mail.run_system_touches() == 0

    assert open_touch(world.desk, lead).system == 0
    assert world.messages() == []


def test_while_the_transport_is_not_set_up_everything_waits(world):
    """What runs by itself does not stop the desk; whoever sends by hand is told."""
    lead = a_trial(world)
    mail = replace(world.desk.context.settings.mail, transport="smtp")
    world.desk.context.settings = replace(world.desk.context.settings, mail=mail)
    plain = Mailing(world.desk.context)

    assert plain.run_system_touches() == 0
    assert open_touch(world.desk, lead).system == 1
    with pytest.raises(LeadtuiError, match="host is empty"):
        plain.send_waiting()


def test_a_lead_that_belongs_to_nobody_waits(world):
    """There is no name to write in yet."""
    lead = a_trial(world)
    with world.write() as unit:
        unit.session.exec(
            sql("UPDATE touch SET rep_id = NULL WHERE lead_id = :lead").bindparams(lead=lead)
        )
    assert world.mail.run_system_touches() == 0
    assert world.messages() == []


# -- all of it -------------------------------------------------------------------------------------


def test_the_log_stays_whole(world):
    """Every state a message had is in the chain, and the chain holds."""
    test_what_is_put_off_goes_later_and_in_order(world)

    assert verify(world.desk.context.store).ok
    states = [state for _, state in world.events()]
    assert states == ["sending", "queued", "queued", "sending", "sent", "sending", "sent"]
