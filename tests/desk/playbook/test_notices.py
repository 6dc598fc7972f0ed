"""Notices hold up the next call until they are read; training is kept."""

from datetime import timedelta

import pytest

from leadtui.desk.answers.given import Given
from leadtui.desk.playbook import notices, training
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.store.engine.tables import LogEntry
from tests.builders import a_desk, a_lead, open_touch


def entries(desk, event):
    from sqlalchemy import select

    with desk.context.store.read() as session:
        return [
            row for row in session.scalars(select(LogEntry)) if f'"event":"{event}"' in row.body
        ]


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value


def test_an_unread_notice_holds_up_every_start_but_an_inbound_call(dana, mira, clock):
    """A planned touch, a call of one's own and "already done" wait; the telephone does not."""
    lead = a_lead(dana, rating="cold")
    other = a_lead(
        dana, "Tom Weiss", phone="+13125550110", email="tom@kestrel.example", rating="cold"
    )
    notice = notices.publish(mira.context, "New script", "Use it from now on.")
    clock.advance(minutes=61)
    touch = open_touch(dana, lead).id

    assert refusal(dana.block.start, touch, out_of_turn="lead_is_calling").code == "notice"
    assert refusal(dana.block.start_call, lead).code == "notice"
    assert refusal(dana.block.already_done, touch, Given("yes", "NO_ANSWER")).code == "notice"
    dana.block.inbound(other)
    dana.confirm.answer(dana.block.open_question().id, Given("yes", "NO_ANSWER"))

    dana.notices.acknowledge(notice.id, seconds=4.2)
    assert dana.block.start(touch, out_of_turn="lead_is_calling").lead == lead


def test_a_notice_waits_an_hour_while_something_hot_is_due(dana, mira, clock):
    """A new hot response comes first; after an hour the notice does, and nothing hot is no excuse
    at all."""
    hot = a_lead(dana, rating="hot")
    notices.publish(mira.context, "New script", "Use it from now on.")
    started = dana.block.start(open_touch(dana, hot).id)
    dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
    cold = a_lead(
        dana, "Tom Weiss", phone="+13125550110", email="tom@kestrel.example", rating="cold"
    )
    assert (
        refusal(dana.block.start, open_touch(dana, cold).id, out_of_turn="lead_is_calling").code
        == "notice"
    )

    second = a_lead(
        dana,
        "Lee Brandt",
        phone="+16025550155",
        region="AZ",
        email="lee@aldera.example",
        rating="hot",
    )
    clock.advance(minutes=61)
    assert (
        refusal(dana.block.start, open_touch(dana, second).id, out_of_turn="lead_is_calling").code
        == "notice"
    )


def test_who_read_what_is_listed_and_logged(dana, mira, clock):
    """Reading twice is reading once; the one who published need not; who came later need not."""
    notice = notices.publish(mira.context, "New script", "Use it from now on.")
    clock.advance(minutes=1)
    dana.notices.acknowledge(notice.id, seconds=2)
    dana.notices.acknowledge(notice.id)
    listed = notices.listed(mira.context)[0]

    assert [name for name, _ in listed.read] == ["Dana Reyes"]
    assert listed.waiting == ("Ali Haddad",)
    assert mira.notices.unread() == ()
    assert len(entries(dana, "notice.acknowledged")) == 1
    assert "New script" not in entries(dana, "notice.published")[0].body

    from leadtui.desk.core.people import add_rep

    add_rep(mira.context, "Noa Levi", "noa", role="rep", email="", phone="", team="inside")
    noa = a_desk(dana.settings.folder, "noa", clock=clock)
    assert noa.notices.unread() == ()
    noa.close()


def test_only_a_supervisor_publishes_and_only_what_says_something(dana, mira):
    """A refused attempt of a rep is in the log."""
    assert refusal(notices.publish, dana.context, "I am", "off today").code == "role"
    assert entries(dana, "refused")
    for title, body in (("", ""), ("Title", " "), ("", "body")):
        with pytest.raises(WrongUse):
            notices.publish(mira.context, title, body)
    with pytest.raises(NotFound):
        dana.notices.acknowledge(99)


def test_the_diff_tells_the_draft_or_the_last_activation(mira):
    """Before activation what will change, after it what has changed; nothing is refused."""
    from leadtui.desk.playbook.activating import activate

    assert "has not changed" in str(
        refusal(notices.publish, mira.context, "T", "B", with_diff=True)
    )
    book = mira.settings.folder / "playbook" / "dispositions.toml"
    book.write_text(book.read_text().replace("Left voicemail", "Left a message"))
    before = notices.publish(mira.context, "", "", with_diff=True)
    activate(mira.context, mira.settings.folder / "playbook", move=False)
    after = notices.publish(mira.context, "Voicemail", "Say less.", with_diff=True)

    assert before.title == "The playbook changes"
    assert "VOICEMAIL" in before.diff
    assert after.diff == before.diff


def test_the_diff_names_a_team_that_nobody_is_in(mira):
    """And says that nothing acts on the distribution rules yet."""
    from leadtui.desk.playbook.activating import difference

    folder = mira.settings.folder / "playbook"
    (folder / "routing.toml").write_text('[[rule]]\nto = "team:insdie"\nmethod = "round_robin"\n')
    notes = [str(note) for note in difference(mira.context, folder).notes]
    assert notes[0].startswith("routing.toml: nothing acts on this file yet")
    assert any(note.startswith("routing.toml:2: nobody is in the team 'insdie'") for note in notes)
    (folder / "routing.toml").write_text('[[rule]]\nto = "rep:dnaa"\n')
    (found,) = mira.process.nobody_in(folder)
    assert str(found) == "routing.toml:2: nobody has the login 'dnaa'; did you mean 'dana'?"


def test_training_is_recorded_with_attendance_and_falls_due(dana, mira, clock):
    """Every two weeks; names must be known, and what is to come cannot be recorded."""
    assert training.overdue(mira.context) == ""
    clock.advance(days=15)
    assert "no training was ever recorded" in training.overdue(mira.context)
    made = training.record(mira.context, "Objections", ["dana"], clock.at - timedelta(days=1))
    assert (made.attended, made.absent) == (("Dana Reyes",), ("Ali Haddad",))
    assert training.overdue(mira.context) == ""
    clock.advance(days=14)
    assert "the last training was 15 days ago" in training.overdue(mira.context)

    assert refusal(training.record, dana.context, "Objections", ["dana"]).code == "role"
    assert (
        refusal(training.record, mira.context, "O", ["dana"], clock.at + timedelta(days=1)).code
        == "when"
    )
    with pytest.raises(WrongUse):
        training.record(mira.context, "Objections", ["nobody"])


def test_a_rule_that_was_checked_on_a_day_to_come_is_told(mira):
    """It would count as checked for years; the next month is no mistake of anybody's."""
    folder = mira.settings.folder / "playbook"
    rules = folder / "calling" / "legal-hours.toml"
    text = rules.read_text()
    first = text.index("checked = ")
    line = text[:first].count("\n") + 1
    end = text.index("\n", first)
    rules.write_text(f"{text[:first]}checked = 2036-11-01{text[end:]}")
    (found,) = mira.process.nobody_in(folder)
    assert (found.file, found.line) == ("calling/legal-hours.toml", line)
    assert "2036-11-01 yet" in found.message
