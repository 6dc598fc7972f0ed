"""The supervisor's copies: every confirmation once, at once or by the day, and never twice by itself."""

from dataclasses import dataclass, field, replace

import pytest

from leadtui.desk.confirming import Given
from leadtui.desk.copies import send_copies
from leadtui.desk.starting import Dial
from leadtui.errors import LeadtuiError
from leadtui.mail.transports import Delivery
from leadtui.settings import load_settings
from tests.builders import a_lead, open_touch


@dataclass
class Post:
    """A transport that keeps what it gets, or answers as it is told."""

    got: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    name: str = "smtp"
    sends: bool = True

    def check(self, message) -> None:
        """Everything goes."""

    def hand_over(self, message, name):
        answer = self.answers.pop(0) if self.answers else "sent"
        if answer == "crash":
            raise KeyboardInterrupt
        if answer == "sent":
            self.got.append(message)
        return Delivery(answer, "" if answer == "sent" else "421 busy")


@pytest.fixture
def post():
    return Post()


def wanted(desk, kind):
    desk.context.settings = replace(desk.settings, mail=replace(desk.settings.mail, copies=kind))


def call(desk, clock, name, note=""):
    lead = a_lead(desk, name, phone=f"+1303555{1000 + len(name):04}", email=f"{len(name)}@a.example", company=name)
    started = desk.block.start(open_touch(desk, lead).id, out_of_turn="supervisor_asked", dial=Dial(acknowledge=True))
    clock.advance(minutes=1)
    desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER", note))


def test_each_confirmation_is_copied_once(desk, clock, post):
    """From the moment it is switched on, with the memo, to the supervisor."""
    wanted(desk, "each")
    call(desk, clock, "Before")
    assert send_copies(desk.context, post).messages == 0
    call(desk, clock, "Jane Okafor", "asked for Ms. Diaz")
    call(desk, clock, "Tom Weiss")
    assert send_copies(desk.context, post).messages == 2
    assert send_copies(desk.context, post).messages == 0

    assert [message.subject for message in post.got] == [
        "Dana Reyes: call Jane Okafor · no answer", "Dana Reyes: call Tom Weiss · no answer",
    ]  # fmt: skip
    assert post.got[0].to == "mira@halyard.example"
    assert "asked for Ms. Diaz" in post.got[0].body


def test_a_day_is_one_message_by_rep(desk, other, clock, post):
    """After midnight of the floor; today's stay for tomorrow."""
    wanted(desk, "daily")
    send_copies(desk.context, post)
    call(desk, clock, "Jane Okafor")
    call(other, clock, "Lee Brandt!")
    assert send_copies(desk.context, post).messages == 0
    clock.advance(days=1)
    call(desk, clock, "Tom Weiss")
    assert send_copies(desk.context, post).messages == 1

    assert post.got[0].subject == "2 confirmations of 23 Nov"
    assert "Dana Reyes: 1 confirmed" in post.got[0].body
    assert "Ali Haddad: 1 confirmed" in post.got[0].body
    assert "Tom Weiss" not in post.got[0].body


def test_a_server_that_is_away_gets_it_later_and_a_crash_sends_nothing_twice(desk, clock, post):
    """What may have left is told in the log and not sent again."""
    wanted(desk, "each")
    send_copies(desk.context, post)
    call(desk, clock, "Jane Okafor")
    post.answers = ["later"]
    assert send_copies(desk.context, post).words == "421 busy"
    assert send_copies(desk.context, post).messages == 1
    call(desk, clock, "Tom Weiss")
    post.answers = ["crash"]
    with pytest.raises(KeyboardInterrupt):
        send_copies(desk.context, post)
    assert send_copies(desk.context, post).messages == 0
    clock.advance(minutes=5)
    call(desk, clock, "Lee Brandt!")
    assert send_copies(desk.context, post).messages == 1

    assert [message.subject.split(": ")[1] for message in post.got] == [
        "call Jane Okafor · no answer", "call Lee Brandt! · no answer",
    ]  # fmt: skip
    bodies = [desk.supervise.entry(line.seq).body for line in desk.supervise.show(event="copies.sent")]
    desk.supervise.close()
    assert sum('"state": "unknown"' in body for body in bodies) == 1


def test_off_is_the_default_and_drafts_cannot_carry_copies(desk, clock, post, tmp_path):
    """A setting nobody knows is refused with the list."""
    call(desk, clock, "Jane Okafor")
    assert send_copies(desk.context, post).messages == 0
    wanted(desk, "each")
    assert "use smtp" in send_copies(desk.context, Post(sends=False, name="draft")).words
    file = desk.settings.folder / "leadtui.toml"
    file.write_text(file.read_text().replace("[mail]", '[mail]\ncopies = "often"'))
    with pytest.raises(LeadtuiError, match="off, each, daily"):
        load_settings(desk.settings.folder)
    file.write_text(file.read_text().replace("often", "daily"))
    assert load_settings(desk.settings.folder).mail.copies == "daily"
