"""Running enrolments go along into another version: diff and activate say the same, and what
cannot be followed is asked for."""

import re

import pytest
from sqlmodel import select

from leadtui.desk.answers.given import Given
from leadtui.desk.playbook.activating import activate, difference
from leadtui.desk.playbook.carrying import HAVE_IT_OPEN, STAYS, Unmapped
from leadtui.errors import WrongUse
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Lead, Touch
from tests.builders import a_lead, open_touch, own_drafts

TRIAL = "cadences/trial.toml"
HEADS_UP = '[[step]]\nid = "heads-up"\nchannel = "task"\nat = "start"\ntitle = "Look them up"\n\n'


@pytest.fixture
def rewrite(dana):
    """Change a draft; the folder of the drafts comes back."""

    def change(file, *pairs):
        path = dana.settings.folder / "playbook" / file
        text = path.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text)
        return dana.settings.folder / "playbook"

    return change


def switched(mira, folder, *mapping):
    """The same numbers before and after, and nobody without a next thing."""
    before = difference(mira.context, folder, mapping)
    after = activate(mira.context, folder, move=True, mapping=mapping)
    assert (before.moved, before.kept, before.enrolments) == (
        after.moved,
        after.kept,
        after.enrolments,
    )
    with mira.context.store.read() as session:
        assert leads.without_next_step(session) == []
    return after


def touches(desk, lead):
    with desk.context.store.read() as session:
        rows = session.exec(select(Touch).where(Touch.lead_id == lead).order_by(Touch.id))
        return [(row.step_id, row.state) for row in rows]


def enrolment(desk, lead):
    with desk.context.store.read() as session:
        return session.exec(select(Enrolment).where(Enrolment.lead_id == lead)).first()


def through(desk, lead, outcome="NO_ANSWER"):
    """The lead's next thing is done."""
    started = desk.block.start(open_touch(desk, lead).id, out_of_turn="lead_is_calling")
    desk.confirm.answer(started.question.id, Given("yes", outcome))


def test_a_step_put_in_above_moves_nobody_and_sends_nothing_again(dana, mira, rewrite, clock):
    """The welcome is done; the call that waits stays with its time."""
    lead = a_lead(dana, offer="trial")
    dana.tick()
    due = open_touch(dana, lead).due
    folder = rewrite(TRIAL, ('[[step]]\nid = "welcome"', HEADS_UP + '[[step]]\nid = "welcome"'))
    found = switched(mira, folder)

    assert (found.moved, found.gaps) == (0, ())
    assert touches(dana, lead) == [("welcome", "done"), ("call-1", "open")]
    assert open_touch(dana, lead).due == due
    clock.advance(days=1)
    through(dana, lead)
    assert touches(dana, lead)[-2:] == [("call-1", "done"), ("call-2", "open")]


def test_another_time_moves_whom_it_concerns_and_nobody_else(dana, mira, rewrite):
    """One waits for the call whose time changes, one is before it."""
    waits = a_lead(dana, offer="trial")
    dana.tick()
    who = {"phone": "+13125550110", "email": "tom@kestrel.example"}
    before = a_lead(dana, "Tom Weiss", offer="trial", **who)
    was = open_touch(dana, waits).due
    found = switched(mira, rewrite(TRIAL, ("start + 24 hours", "start + 48 hours")))

    assert (found.moved, found.enrolments) == (1, 2)
    assert (open_touch(dana, waits).due - was).days == 1
    assert open_touch(dana, before).step_id == "welcome"
    assert switched(mira, mira.settings.folder / "playbook").moved == 0


def test_a_renamed_step_is_asked_for_and_followed(dana, mira, rewrite):
    """The nearest new name is offered; nothing is activated before somebody has said it."""
    lead = a_lead(dana, offer="trial")
    dana.tick()
    folder = rewrite(
        TRIAL, ('id = "welcome"', 'id = "hello"'), ('id = "call-1"', 'id = "call-one"')
    )
    with pytest.raises(Unmapped) as caught:
        activate(mira.context, folder, move=True)
    assert "--map trial/welcome=" in str(caught.value)
    first, second = caught.value.gaps
    assert (first.name, first.waiting, first.done) == ("trial/welcome", 0, 1)
    assert (second.name, second.candidates[0]) == ("trial/call-1", "call-one")

    switched(mira, folder, "trial/welcome=hello", "trial/call-1=call-one")
    assert touches(dana, lead) == [("welcome", "done"), ("call-one", "open")]


def test_a_step_that_is_gone_for_good_gives_way_to_the_next(dana, mira, rewrite):
    """What was waited for is taken out only when that is said."""
    lead = a_lead(dana, offer="trial")
    dana.tick()
    path = dana.settings.folder / "playbook" / TRIAL
    head, *steps = path.read_text().split("[[step]]")
    path.write_text("[[step]]".join([head, *(one for one in steps if '"call-1"' not in one)]))
    folder = dana.settings.folder / "playbook"
    with pytest.raises(Unmapped, match=r"'trial/call-1' is gone \(1 wait for it\)"):
        activate(mira.context, folder, move=True)
    assert switched(mira, folder, "trial/call-1=").moved == 1
    assert touches(dana, lead)[1:] == [("call-1", "cancelled"), ("call-2", "open")]


def test_a_cadence_under_another_name_is_followed_or_left_alone(dana, mira):
    """Its leads go on in the new one, where somebody says so, or finish what they are in."""
    lead = a_lead(dana, offer="trial")
    book = own_drafts(dana.settings.folder)
    for path in book.rglob("*.*"):
        text = path.read_text()
        path.write_text(
            re.sub('^(cadences?|name) = (.*)"trial"', r'\1 = \2"tryout"', text, flags=re.MULTILINE)
        )
    (book / TRIAL).rename(book / "cadences/tryout.toml")
    folder = book
    with pytest.raises(Unmapped) as caught:
        activate(mira.context, folder, move=True)
    assert caught.value.gaps[0].candidates[0] == "tryout"
    assert difference(mira.context, folder, ["trial="]).kept == {STAYS: 1}

    assert switched(mira, folder, "trial=tryout").moved == 0
    assert enrolment(dana, lead).cadence == "tryout"
    assert open_touch(dana, lead).cadence == "tryout"


def test_a_retry_goes_on_as_the_retry_of_its_step(dana, mira, rewrite, clock):
    """A busy line is called again, and the step after it follows."""
    lead = a_lead(dana, offer="trial")
    dana.tick()
    clock.advance(days=1)
    through(dana, lead, "BUSY")
    switched(
        mira, rewrite(TRIAL, ('[[step]]\nid = "welcome"', HEADS_UP + '[[step]]\nid = "welcome"'))
    )
    assert open_touch(dana, lead).kind == "retry"
    clock.advance(minutes=40)
    through(dana, lead)
    assert [step for step, _ in touches(dana, lead)] == ["welcome", "call-1", "call-1", "call-2"]


def test_what_somebody_works_on_stays_and_is_said(dana, mira, rewrite):
    """It keeps its version, with the reason."""
    lead = a_lead(dana, offer="trial")
    dana.tick()
    dana.block.start(open_touch(dana, lead).id, out_of_turn="lead_is_calling")
    found = switched(mira, rewrite(TRIAL, ("start + 24 hours", "start + 48 hours")))
    assert (found.moved, dict(found.kept)) == (0, {HAVE_IT_OPEN: 1})


def test_a_date_that_the_cadence_gives_moves_with_it(dana, mira, rewrite):
    """A trial of 21 days ends a week later for those who are in it."""
    lead = a_lead(dana, offer="trial")
    switched(mira, rewrite(TRIAL, ('"start + 14 days"', '"start + 21 days"')))
    with dana.context.store.read() as session:
        assert session.get(Lead, lead).dates["trial_ends"].startswith("2026-12-14")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("trial/call-1", "nothing after '='"),
        ("trial/cal-1=call-2", "did you mean 'trial/call-1'"),
        ("trial/call-1=cal-2", "did you mean 'call-2'"),
        ("trial=inqiry", "did you mean 'inquiry'"),
    ],
)
def test_a_mapping_that_names_what_is_not_there_is_refused(dana, mira, said, why):
    """With the nearest name."""
    a_lead(dana, offer="trial")
    folder = mira.settings.folder / "playbook"
    (folder / "playbook.toml").write_text((folder / "playbook.toml").read_text() + "\n# new\n")
    with pytest.raises(WrongUse, match=why):
        difference(mira.context, folder, [said])
