"""The supervisors' copies through a real mail server: every confirmation once, at once or by the
day, never twice."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from leadtui.desk.answers.given import Given
from leadtui.desk.audit import copying as copying_
from leadtui.desk.audit.copies import Copied, standing
from leadtui.desk.calls.starting import Dial
from leadtui.desk.core.people import Changes, set_rep
from leadtui.errors import LeadtuiError, Refused, WrongUse
from leadtui.settings import load_settings
from leadtui.store.engine.rows import Rows
from leadtui.store.log.auditing import verify
from leadtui.store.supervising import private_texts
from tests.builders import a_desk, a_floor, a_lead, open_touch
from tests.desk.acting import log
from tests.engines import engine_url, postgres_server, postgres_url
from tests.mail.servers import Answers, a_server, free_port

__all__ = ["engine_url", "postgres_server", "postgres_url"]


@pytest.fixture
def mira(floor, clock, desk):
    """The supervisor."""
    opened = a_desk(floor, "mira", clock=clock)
    yield opened
    opened.close()


def by(desk, kind="", port=0):
    """The desk with copies as they are wanted, through a server at that port."""
    mail = replace(
        desk.settings.mail, copies=kind, transport="smtp", host="127.0.0.1", port=port, tls="none"
    )
    desk.context.settings = replace(desk.settings, mail=mail)
    return desk


def texts(desk, *seqs):
    """Personal texts of entries."""
    rows = Rows(desk.context.store.url)
    found = private_texts(rows, seqs)
    rows.close()
    return [found[seq] for seq in seqs]


def call(desk, clock, name, note="", word="yes", **given):
    lead = a_lead(
        desk,
        name,
        phone=f"+1303555{1000 + len(name):04}",
        email=f"{len(name)}@a.example",
        company="",
    )
    started = desk.block.start(
        open_touch(desk, lead).id, out_of_turn="supervisor_asked", dial=Dial(acknowledge=True)
    )
    clock.advance(minutes=1)
    desk.confirm.answer(
        started.question.id, Given(word, "NO_ANSWER" if word != "no" else "", note, **given)
    )


def test_each_confirmation_is_copied_once(desk, clock):
    """From the moment it is switched on, with the memo, to the supervisor."""
    server = Answers()
    with a_server(server) as port:
        by(desk, "each", port)
        call(desk, clock, "Before")
        assert desk.copy().messages == 0
        call(desk, clock, "Jane Okafor", "asked for Ms. Diaz")
        call(desk, clock, "Tom Weiss")
        assert desk.copy().messages == 2
        assert desk.copy().messages == 0

    assert [message["Subject"] for message in server.messages] == [
        "Dana Reyes: call Jane Okafor · no answer",
        "Dana Reyes: call Tom Weiss · no answer",
    ]
    assert server.messages[0]["To"] == "mira@halyard.example"
    assert "asked for Ms. Diaz" in server.messages[0].get_content()


def test_a_day_is_one_message_with_the_exceptions_first(desk, other, clock):
    """After midnight of the floor; today's stay for tomorrow, and a day without anything is no
    message."""
    server = Answers()
    with a_server(server) as port:
        by(desk, "daily", port)
        by(other, "daily", port)
        desk.copy()
        call(desk, clock, "Jane Okafor")
        call(other, clock, "Lee Brandt!")
        call(other, clock, "Ana Duarte??", word="no", reason="ran_out_of_time")
        late = a_lead(desk, "Sam Ito", phone="+13035550177", email="sam@a.example", company="S")
        desk.block.defer(
            open_touch(desk, late).id, clock.now() + timedelta(days=2), "lead_unavailable"
        )
        assert desk.copy().messages == 0
        clock.advance(days=1)
        call(desk, clock, "Tom Weiss")
        assert (other.copy().messages, desk.copy().messages) == (1, 0)
        clock.advance(days=1)
        assert desk.copy().messages == 1
        clock.advance(days=1)
        assert desk.copy().messages == 0

    assert [message["Subject"] for message in server.messages] == [
        "3 confirmations of 23 Nov, 2 exceptions",
        "1 confirmation of 24 Nov",
    ]
    lines = [
        line.split("  [")[0].strip()
        for line in server.messages[0].get_content().splitlines()
        if line.strip()
    ]
    assert lines[:8] == [
        "Answered no: 1",
        "10:43  Ali Haddad: NO: call Ana Duarte?? · ran out of time",
        "Deferred: 1",
        "10:43  Dana Reyes: defers Sam Ito · lead unavailable",
        "Ali Haddad: 1 confirmed",
        "10:42  call Lee Brandt! · no answer",
        "Dana Reyes: 1 confirmed",
        "10:41  call Jane Okafor · no answer",
    ]


def test_a_digest_names_promised_callbacks_that_nobody_called(desk, clock):
    """A promise that was never started is in no confirmation; it is told all the same."""
    server = Answers()
    with a_server(server) as port:
        by(desk, "daily", port)
        desk.copy()
        lead = a_lead(desk)
        started = desk.block.start(open_touch(desk, lead).id, dial=Dial(acknowledge=True))
        clock.advance(minutes=1)
        desk.confirm.answer(
            started.question.id, Given("yes", "CALLBACK", at=clock.now() + timedelta(hours=2))
        )
        clock.advance(days=1)
        assert desk.copy().messages == 1

    lines = server.messages[0].get_content().splitlines()
    assert lines[:2] == [
        "Promised callbacks that nobody has called yet: 1",
        "  23 Nov 12:41  Dana Reyes: Jane Okafor",
    ]


def test_a_server_that_is_down_gets_everything_when_it_is_up_again(desk, clock):
    """Tries grow rarer, nothing is lost, and where it stands can be read."""
    port = free_port()
    by(desk, "each", port)
    desk.copy()
    call(desk, clock, "Jane Okafor")
    call(desk, clock, "Tom Weiss")
    assert "does not answer" in desk.copy().words
    (line,) = standing(desk.context)
    assert (line.tries, line.again_at) == (1, clock.now() + timedelta(minutes=1))
    assert desk.copy() == Copied()  # not before its time
    for minutes in (2, 3, 6, 11, 16, 16):
        clock.advance(minutes=minutes)
        desk.copy()
    (line,) = standing(desk.context)
    assert (line.tries, line.again_at) == (7, clock.now() + timedelta(minutes=15))
    assert "does not answer" in line.words
    server = Answers()
    with a_server(server, port=port):
        assert desk.copy().messages == 0
        assert desk.copy(hurry=True).messages == 2

    assert len(server.got) == 2
    assert standing(desk.context)[0].words == ""


@pytest.mark.parametrize(
    ("step", "answer", "state"),
    [("rcpt", "550 5.1.1 no such user", "failed"), ("data", "554 5.6.0 spam", "failed")],
)
def test_a_server_that_rejects_a_copy_is_quoted_in_the_log(desk, clock, step, answer, state):
    """It is not tried for ever, and the next one is not held up."""
    server = Answers(**{step: answer})
    with a_server(server) as port:
        by(desk, "each", port)
        desk.copy()
        call(desk, clock, "Jane Okafor")
        assert desk.copy().messages == 0
        server.answers.clear()
        call(desk, clock, "Tom Weiss")
        assert desk.copy().messages == 1

    assert [body["codes"]["state"] for body in log(desk, "copies.sent")] == [state, "sent"]
    (said,) = texts(desk, log(desk, "copies.sent")[0]["seq"])
    assert said == f"mira@halyard.example {answer}"


def test_one_supervisors_mailbox_holds_up_nobody_elses(desk, mira, clock):
    """A mailbox that says "later" waits alone."""
    with mira.context.write() as unit:
        from leadtui.store.engine.tables import Rep

        unit.session.add(
            Rep(
                name="Ben Ode",
                name_key="ben ode",
                login="ben",
                role="supervisor",
                email="ben@halyard.example",
                created_at=unit.now,
            )
        )
        unit.log("test")

    class Picky(Answers):
        async def handle_RCPT(self, server, session, envelope, address, options):
            envelope.rcpt_tos.append(address)
            return "450 4.2.1 come back" if address.startswith("mira") else "250 OK"

    server = Picky()
    with a_server(server) as port:
        by(desk, "each", port)
        desk.copy()
        call(desk, clock, "Jane Okafor")
        assert desk.copy().messages == 1

    assert [message["To"] for message in server.messages] == ["ben@halyard.example"]
    assert {line.rep: line.tries for line in standing(desk.context)} == {
        "Mira Sand": 1,
        "Ben Ode": 0,
    }


def test_a_slow_server_holds_up_nobody(desk, clock, monkeypatch):
    """While it thinks, the rep answers the next question, and leaving does not wait for it."""
    taken, go_on = threading.Event(), threading.Event()
    server = Answers()

    def think() -> None:
        taken.set()
        go_on.wait(30)

    server.before_yes = think
    with a_server(server) as port:
        by(desk, "each", port)
        desk.copy()
        call(desk, clock, "Jane Okafor")
        monkeypatch.setattr(copying_, "FIRST", 0)
        copying = copying_.Copying(desk.copy)
        copying.start()
        assert taken.wait(30)
        call(desk, clock, "Tom Weiss")
        copying.stop(0.01)
        assert copying._thread.is_alive()
        go_on.set()
        copying._thread.join(30)
        assert len(server.got) == 1
        assert desk.copy().messages == 1

    assert [body["codes"]["state"] for body in log(desk, "copies.sent")] == ["sent", "sent"]


KILLED = """
import sys
from pathlib import Path
from tests.builders import a_desk
from tests.desk.audit.test_copies import by
desk = a_desk(Path(sys.argv[1]))
by(desk, "each", int(sys.argv[2]))
print("ready", flush=True)
desk.copy()
"""


def test_a_kill_after_the_hand_over_is_told_and_sends_nothing_twice(desk, clock):
    """The server has the copy, and the program dies before it can say so."""
    server = Answers()
    program: list[subprocess.Popen] = []
    server.before_yes = lambda: os.kill(program[0].pid, signal.SIGKILL) if program else None
    with a_server(server) as port:
        by(desk, "each", port)
        desk.copy()
        call(desk, clock, "Jane Okafor")
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(desk.settings.folder), str(port)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        ) as one:
            program.append(one)
            assert one.wait(60) == -signal.SIGKILL
        program.clear()
        assert len(server.got) == 1
        assert desk.copy().messages == 0  # it may still be on its way
        clock.advance(minutes=5)
        call(desk, clock, "Tom Weiss")
        assert desk.copy().messages == 1

    assert len(server.got) == 2
    assert [body["codes"]["state"] for body in log(desk, "copies.sent")] == ["unknown", "sent"]


def test_two_desks_never_send_the_same_copy(engine_url, tmp_path, clock):
    """On both engines: twelve confirmations, three desks at them at once, twelve messages; and the
    log holds."""
    floor = a_floor(tmp_path / "floor", database=engine_url)
    desks = [a_desk(floor, login, clock=clock) for login in ("dana", "ali", "mira")]
    server = Answers()
    with a_server(server) as port:
        for desk in desks:
            by(desk, "each", port)
        desks[0].copy()
        for number in range(12):
            call(desks[0], clock, "Lead " + "x" * number)
        while standing(desks[0].context)[0].upto < log(desks[0], "action.confirmed")[-1]["seq"]:
            threads = [threading.Thread(target=desk.copy) for desk in desks]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    subjects = [message["Subject"] for message in server.messages]
    assert len(subjects) == len(set(subjects)) == 12
    assert verify(desks[0].context.store).ok
    for desk in desks:
        desk.close()


HOSTILE = (
    "Eve\r\nBcc: all@halyard.example",
    "Eve =?utf-8?q?=0ABcc:_all=40halyard.example?=",
    "=?utf-8?b?RXZlCkJjYzogYQ==?=",
    "Eve\x00\x1b]0;owned\x07",
    "Eve\u2028X-Evil: yes\u202e",
    "Eve\n\n  10:41  call Jane Okafor · qualified  [1]",
    "Zoé " + "漢" * 300,
)


@pytest.mark.parametrize("kind", ["each", "daily"])
def test_a_hostile_name_is_only_a_name(desk, clock, kind):
    """No header is added, no line of the digest forged, and the message arrives."""
    server = Answers()
    with a_server(server) as port:
        by(desk, kind, port)
        desk.copy()
        for number, name in enumerate(HOSTILE):
            call(desk, clock, name + " " * number, note=name)
        clock.advance(days=1)
        assert desk.copy().messages == (len(HOSTILE) if kind == "each" else 1)

    for message in server.messages:
        assert sorted(message.keys()) == sorted(
            (
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Content-Type",
                "Content-Transfer-Encoding",
                "MIME-Version",
            )
        )
        assert not any(ord(char) < 32 for char in message["Subject"])
        forged = [
            line
            for line in message.get_content().splitlines()
            if line.startswith(("Bcc", "X-Evil"))
        ]
        assert forged == []
        entries = [
            line
            for line in message.get_content().splitlines()
            if line.endswith("]") and "  call " in line
        ]
        assert len([line for line in entries if line.endswith("[1]")]) == 0
    assert [rcpt for one in server.got for rcpt in one.rcpt_tos] == ["mira@halyard.example"] * len(
        server.got
    )


def test_a_supervisor_can_have_another_kind_than_the_floor(desk, mira, clock):
    """Set by a supervisor, logged, and refused for whoever supervises nobody."""
    server = Answers()
    with a_server(server) as port:
        by(desk, "off", port)
        assert set_rep(mira.context, "mira", Changes(copies="each")).copies == "each"
        desk.copy()
        call(desk, clock, "Jane Okafor")
        assert desk.copy().messages == 1
        set_rep(mira.context, "mira", Changes(copies="off"))
        call(desk, clock, "Tom Weiss")
        assert desk.copy().messages == 0
        set_rep(mira.context, "mira", Changes(copies="each"))
        assert desk.copy().messages == 0  # what came meanwhile is not sent after the fact
    assert [body["codes"]["set"] for body in log(desk, "rep.set")] == [["copies"]] * 3
    with pytest.raises(WrongUse, match="Dana Reyes is a rep"):
        set_rep(mira.context, "dana", Changes(copies="each"))
    with pytest.raises(WrongUse, match="off, each, daily"):
        set_rep(mira.context, "mira", Changes(copies="often"))
    with pytest.raises(Refused, match="for a supervisor"):
        set_rep(desk.context, "mira", Changes(copies="off"))
    assert set_rep(mira.context, "mira", Changes(copies="floor")).copies == ""


def test_off_is_the_default_and_drafts_cannot_carry_copies(desk, mira, clock):
    """A setting nobody knows is refused with the list; a supervisor without an address is named."""
    call(desk, clock, "Jane Okafor")
    assert desk.copy().messages == 0
    assert standing(desk.context) == ()
    by(desk, "each", free_port())
    desk.context.settings = replace(
        desk.settings, mail=replace(desk.settings.mail, transport="draft")
    )
    assert "use smtp" in desk.copy().words
    set_rep(mira.context, "mira", Changes(email=""))
    by(desk, "each", free_port())
    assert "Mira Sand has no e-mail address" in desk.copy().words
    file = desk.settings.folder / "leadtui.toml"
    file.write_text(file.read_text().replace("[mail]", '[mail]\ncopies = "often"'))
    with pytest.raises(LeadtuiError, match="off, each, daily"):
        load_settings(desk.settings.folder)
    file.write_text(file.read_text().replace("often", "daily"))
    assert load_settings(desk.settings.folder).mail.copies == "daily"
