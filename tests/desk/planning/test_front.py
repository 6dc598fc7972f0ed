"""Which touch of a lead stands at its front: promises in good time, and nothing held back for
weeks."""

from datetime import timedelta

from leadtui.cadence.model import Channel, Effect
from leadtui.desk.planning.planning import Planning
from tests.builders import a_lead
from tests.desk.acting import answer, log, start

DAY = timedelta(days=1)


def promised(life, lead, **ahead):
    """A promise beside what the lead's cadence has planned; returns its touch."""
    effect = Effect(
        "plan_touch", life.clock.at + timedelta(**ahead), Channel.DEMO, promised=True, title="Demo"
    )
    with life.context.write() as unit:
        planning = Planning(life.context, unit)
        sheet = planning.sheet(lead)
        touch = planning.order(sheet, effect, None, None, "meeting")
        planning.settle(sheet)
        unit.log("test", subjects={"lead": lead})
        return touch.id


def test_a_promise_that_is_weeks_ahead_holds_nothing_back(life):
    """Until the day before, the cadence goes on; then the promise comes up by itself."""
    lead = a_lead(life.dana)
    step = life.front(lead).id
    demo = promised(life, lead, days=21)
    assert life.front(lead).id == step
    answer(life.dana, start(life.dana, lead), "NO_ANSWER")
    assert life.front(lead).id not in {step, demo}
    life.later(days=19, hours=23)
    assert life.front(lead).id != demo
    life.later(hours=2)
    assert life.front(lead).id == demo
    assert log(life.dana, "touch.promised")[-1]["subjects"] == {"lead": lead, "touch": demo}
    life.later(minutes=1)
    assert len(log(life.dana, "touch.promised")) == 1


def test_a_promise_of_today_comes_first(life):
    """Nobody calls at eleven whom somebody has promised to call at three."""
    lead = a_lead(life.dana)
    demo = promised(life, lead, hours=5)
    assert life.front(lead).id == demo
    assert [touch.state for touch in life.planned(lead) if touch.id != demo] == ["waiting"]


def test_what_was_started_is_not_pushed_aside(life):
    """The promise waits for the answer, and is at the front after it."""
    lead = a_lead(life.dana)
    demo = promised(life, lead, days=1, hours=1)
    started = start(life.dana, lead)
    life.later(hours=2)
    assert [touch.id for touch in life.planned(lead) if touch.state == "started"] == [started.touch]
    answer(life.dana, started, "BUSY")
    assert life.front(lead).id == demo


def test_the_systems_e_mail_before_a_demo_is_sent(life):
    """It holds nobody up; where it cannot be sent the promise does not wait for it."""
    lead = a_lead(life.dana, offer="white-paper")
    mail = life.front(lead)
    assert (mail.system, mail.channel) == (1, "email")
    demo = promised(life, lead, hours=20)
    assert life.front(lead).id == mail.id
    life.later(minutes=1)
    assert life.front(lead).id == demo
    assert [touch.state for touch in life.rows(type(mail), type(mail).id == mail.id)] == ["done"]


def test_an_e_mail_that_hangs_gives_way_to_the_promise(life):
    """An hour is enough to send it."""
    lead = a_lead(life.dana, offer="white-paper")
    mail = life.front(lead).id
    demo = promised(life, lead, hours=3)
    assert life.front(lead).id == mail
    life.clock.at += timedelta(hours=2)
    life.dana.context.settings.folder.joinpath("sent").rename(life.folder / "away")
    life.folder.joinpath("sent").write_text("in the way")
    life.later(minutes=1)
    assert life.front(lead).id == demo
