"""Samples are drawn by nobody's choice, once, and signed by a supervisor; what looks like gaming is
told."""

from collections import Counter
from datetime import timedelta

import pytest

from leadtui.desk.answers.given import Given
from leadtui.desk.audit import samples
from leadtui.desk.calls.starting import Dial
from leadtui.errors import NotFound, Refused, WrongUse
from tests.builders import a_desk, a_lead, open_touch


@pytest.fixture
def mira(floor, clock, desk):
    """The supervisor."""
    opened = a_desk(floor, "mira", clock=clock)
    yield opened
    opened.close()


def calls(desk, clock, count, outcome="NO_ANSWER", first=0, **given):
    """So many leads, called and answered one after the other."""
    for number in range(first, first + count):
        lead = a_lead(
            desk,
            f"Lead {number}",
            phone=f"+1303555{1000 + number}",
            email=f"lead{number}@a.example",
            company=f"C{number}",
        )
        started = desk.block.start(
            open_touch(desk, lead).id, out_of_turn="supervisor_asked", dial=Dial(acknowledge=True)
        )
        clock.advance(minutes=1)
        desk.confirm.answer(started.question.id, Given("yes", outcome, **given))


def test_the_draw_is_a_function_of_the_seed_and_weighs():
    """The same seed draws the same, another one others; a heavier entry comes more often."""
    even = [(seq, 1) for seq in range(1, 41)]
    assert samples.drawn(b"a", even) == samples.drawn(b"a", even)
    assert samples.drawn(b"a", even) != samples.drawn(b"b", even)
    assert samples.drawn(b"a", even[:3]) == (1, 2, 3)

    one_heavy = [(7, 4), *((seq, 1) for seq in range(10, 49))]
    counts = Counter(
        seq for number in range(400) for seq in samples.drawn(str(number).encode(), one_heavy)
    )
    others = sum(count for seq, count in counts.items() if seq != 7) / 39
    assert 2.5 < counts[7] / others < 5


def test_a_week_is_drawn_once_when_it_is_over(desk, mira, clock):
    """Five of Dana's eight; looking again draws nothing new, and the entry names seed and
    numbers."""
    calls(desk, clock, 8)
    with pytest.raises(Refused, match="not over"):
        samples.of_week(mira.context, "2026-W48")
    clock.advance(days=7)
    first = samples.of_week(mira.context)
    clock.advance(days=1)
    again = samples.of_week(mira.context, "2026-W48")

    assert first == again
    assert [one.rep for one in first] == ["Dana Reyes"] * 5
    assert first[0].words.startswith("call Lead ")
    assert len(mira.supervise.show(event="sample.drawn")) == 1
    body = mira.supervise.entry(mira.supervise.show(event="sample.drawn")[0].seq).body
    assert '"of": 8' in body
    assert '"seed"' in body
    assert samples.of_week(mira.context, "2026-W40") == ()
    mira.supervise.close()


def test_a_sample_is_signed_once_with_a_finding_by_a_supervisor(desk, mira, clock):
    """It stays as it was signed."""
    calls(desk, clock, 2)
    clock.advance(days=7)
    seq = samples.of_week(mira.context)[0].seq
    with pytest.raises(Refused, match="supervisor"):
        samples.of_week(desk.context)
    with pytest.raises(Refused, match="supervisor"):
        samples.sign(desk.context, seq, "all in order")
    with pytest.raises(Refused, match="what you found"):
        samples.sign(mira.context, seq, " ")
    done = samples.sign(mira.context, seq, "listened to the recording, in order")

    assert (done.signed_by, done.finding) == ("Mira Sand", "listened to the recording, in order")
    with pytest.raises(Refused, match="already"):
        samples.sign(mira.context, seq, "no, it was not")
    with pytest.raises(NotFound):
        samples.sign(mira.context, 1, "in order")
    with pytest.raises(WrongUse):
        samples.of_week(mira.context, "last week")


def told(mira, period="all"):
    found = {line.kind: line.words for line in mira.supervise.exceptions(period)}
    mira.supervise.close()
    return found


def test_answers_by_a_script_are_told(desk, mira, clock):
    """Five answers by command within seconds of each other; a person at the screen is not meant."""
    calls(desk, clock, 6)
    assert "scripted" not in told(mira)
    from dataclasses import replace

    desk.context.actor = replace(desk.context.actor, front_end="cli")
    for number in range(6):
        lead = a_lead(
            desk,
            f"Fast {number}",
            phone=f"+1303555{2000 + number}",
            email=f"f{number}@a.example",
            company=f"F{number}",
        )
        started = desk.block.start(
            open_touch(desk, lead).id, out_of_turn="supervisor_asked", dial=Dial(acknowledge=True)
        )
        clock.advance(seconds=2)
        desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
        clock.advance(seconds=1)

    mira.context.store.dispose()
    found = told(a_desk(mira.settings.folder, "mira", clock=clock))
    words = "6 answers at a script's pace"
    assert found["scripted"] == f"{words} · 50 % of 12, peers –"
    assert found["ringless"].startswith("6 without contact")


def test_a_callback_moved_twice_a_third_deferral_and_hollow_reasons_are_told(desk, mira, clock):
    """Each with its entries."""
    lead = a_lead(desk)
    started = desk.block.start(open_touch(desk, lead).id)
    desk.confirm.answer(
        started.question.id, Given("yes", "CALLBACK", "later", at=clock.at + timedelta(hours=2))
    )
    touch = open_touch(desk, lead).id
    reason = desk.block.reasons("defer")[0].code
    for hours in (3, 4, 5):
        desk.block.defer(touch, clock.at + timedelta(hours=hours), reason)
    clock.at = clock.at.replace(hour=6) + timedelta(days=1)
    other = a_lead(
        desk, "Tom Weiss", phone="+13125550110", email="tom@kestrel.example", region="IL"
    )
    begun = desk.block.start_call(other)
    phone = desk.block.lead(other).phones[0].id
    desk.block.dial(begun.question.id, phone, override="supervisor", reason="aaaa aaaa aa.")
    found = told(mira)

    assert found["moved"] == "1 promised callback moved twice"
    assert found["asked"] == "1 asked to be put off a third time"
    assert found["hollow"].startswith("1 override for no real reason")
