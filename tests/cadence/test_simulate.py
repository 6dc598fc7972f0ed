"""Whole cadences for one lead, across weekends, holidays and clock changes."""

from zoneinfo import ZoneInfo

import pytest

from leadtui.cadence.calendar import day_part, is_holiday
from leadtui.cadence.model import Cadence, Channel, Disposition, LeadFacts, Planned
from leadtui.cadence.simulate import course, simulate
from leadtui.errors import NotFound, WrongUse
from tests.cadence.processes import (
    a_cadence,
    a_calendar,
    a_lead,
    a_step,
    inquiry,
    nurture,
    trial,
    utc,
    with_cadences,
)


def run(
    cadence: Cadence, start: str, lead: LeadFacts | None = None, *days_off: tuple[str, str]
) -> tuple[Planned, ...]:
    """Simulate one cadence for a lead in Illinois."""
    return simulate(
        with_cadences(cadence), cadence.name, utc(start), lead or a_lead(), a_calendar(*days_off)
    )


def lines(touches: tuple[Planned, ...]) -> list[str]:
    """Each touch as its step and local time."""
    return [
        f"{touch.step.id} {touch.due.astimezone(ZoneInfo(touch.zone)):%a %d %b %H:%M}"
        for touch in touches
    ]


def test_the_end_of_an_older_trial_is_not_this_ones():
    """What the lead's last trial left is given anew."""
    lead = a_lead(dates={"trial_ends": utc("2025-12-10 15:00")})
    assert lines(run(trial(), "2026-11-16 15:00", lead))[-1] == "expiry-note Fri 27 Nov 09:00"


def test_a_trial_in_illinois_before_thanksgiving():
    """Day 5 is a Saturday and goes on to Monday; two days before the end is a Saturday and goes
    back to Friday."""
    touches = run(trial(), "2026-11-16 15:00")

    assert lines(touches) == [
        "welcome Mon 16 Nov 09:00",
        "call-1 Tue 17 Nov 09:00",
        "call-2 Thu 19 Nov 09:00",
        "day-5-note Mon 23 Nov 09:00",
        "expiry-note Fri 27 Nov 09:00",
    ]
    assert touches[3].moved_because == (
        "Saturday 21 November is a weekend; moved to Monday 23 November",
    )
    assert touches[4].moved_because == (
        "Saturday 28 November is a weekend; moved to Friday 27 November",
    )


def test_an_inquiry_is_called_in_three_parts_of_the_first_day():
    """Three calls on day 1 in three day-parts, then on days 3, 4, 11 and 12; e-mails after calls 1
    and 4."""
    touches = run(inquiry(), "2026-11-02 15:00")
    calls = [
        touch.due.astimezone(ZoneInfo(touch.zone))
        for touch in touches
        if touch.step.channel is Channel.CALL
    ]

    assert [(call.date() - calls[0].date()).days + 1 for call in calls] == [1, 1, 1, 3, 4, 11, 12]
    assert len({day_part(call) for call in calls[:3]}) == 3
    assert [touch.step.id for touch in touches if touch.step.channel is Channel.EMAIL] == [
        "email-1",
        "email-2",
    ]
    assert [touch.step.id for touch in touches].index("email-2") == 5


def test_a_year_of_nurture_falls_on_no_holiday():
    """Twelve months from a start before the holidays: no e-mail and no call on a closed day."""
    touches = run(nurture(), "2025-12-25 15:00")

    assert len(touches) == 18
    for touch in touches:
        local = touch.due.astimezone(ZoneInfo(touch.zone))
        assert local.weekday() < 5
        assert not is_holiday("US", "IL", local.date())


def test_the_clock_change_moves_no_touch():
    """A cadence over the end of summer time stays at nine o'clock."""
    steps = (a_step("email", f"start + {day} days", f"d{day}") for day in (1, 4, 5))
    assert lines(run(a_cadence(*steps), "2026-10-29 14:00")) == [
        "d1 Fri 30 Oct 09:00",
        "d4 Mon 02 Nov 09:00",
        "d5 Wed 04 Nov 09:00",  # Election Day in Illinois
    ]


def test_time_off_is_waited_for():
    """A rep who is away for a week calls when back, and goes on at the cadence's pace."""
    assert lines(run(trial(), "2026-11-16 15:00", None, ("2026-11-17", "2026-11-20")))[1:3] == [
        "call-1 Mon 23 Nov 09:00",
        "call-2 Wed 25 Nov 09:00",
    ]


def test_a_lead_without_a_phone_gets_the_e_mails():
    """Each call is passed over with its reason, which stands with the touch that follows."""
    touches = run(trial(), "2026-11-16 15:00", a_lead(has_phone=False))

    assert [touch.step.id for touch in touches] == ["welcome", "day-5-note", "expiry-note"]
    assert touches[1].skipped == (("call-1", "no phone number"), ("call-2", "no phone number"))


def test_calls_end_with_the_attempts():
    """The third call is one too many; the e-mail after it is not."""
    steps = (
        *(a_step("call", f"start + {day} days") for day in (1, 2, 3)),
        a_step("email", "start + 4 days"),
    )
    touches = run(a_cadence(*steps, max_attempts=2), "2026-11-16 15:00")

    assert [touch.step.channel.value for touch in touches] == ["call", "call", "email"]


def test_an_unanswered_call_is_tried_in_another_part():
    """Calls that are counted in days follow the row of the unanswered call; without such a row they
    do not."""
    cadence = a_cadence(a_step("call", "start + 1 day"), a_step("call", "start + 2 days"))
    playbook = with_cadences(cadence)
    plain = Disposition("1", "QUIET", "Nobody", contact=False)
    for rows, hour in ((playbook.dispositions, 10), ({"QUIET": plain}, 9), ({}, 9)):
        object.__setattr__(playbook, "dispositions", rows)
        second = simulate(playbook, "test", utc("2026-11-16 15:00"), a_lead(), a_calendar())[1]
        assert second.due.astimezone(ZoneInfo(second.zone)).hour == hour


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "Australia/Sydney", "Pacific/Apia", "Europe/London"]
)
def test_elsewhere_the_lead_s_clock_counts(zone: str):
    """A call a day after a night-time inquiry comes in the lead's working day."""
    lead = LeadFacts(zones=(zone,))
    for touch in run(trial(), "2026-11-16 15:00", lead)[1:]:
        local = touch.due.astimezone(ZoneInfo(zone))
        assert (8, 30) <= (local.hour, local.minute) < (17, 30)


def test_a_cadence_that_is_not_there_is_named():
    """The message lists those that are."""
    with pytest.raises(NotFound, match="trail; it has trial"):
        simulate(with_cadences(trial()), "trail", utc("2026-11-16 15:00"), a_lead(), a_calendar())


def branch(cadence, outcomes, **facts):
    """The course of a cadence with outcomes: each touch with what was said, and its end."""
    found = course(
        with_cadences(cadence),
        cadence.name,
        utc("2026-11-16 15:00"),
        a_lead(**facts),
        a_calendar(),
        outcomes,
    )
    return [(turn.planned.step.id, turn.outcome) for turn in found.turns], found


@pytest.mark.parametrize(
    ("outcomes", "facts"),
    [({}, {}), ({"call-1": "MEETING"}, {}), ({}, {"has_email": False}), ({"call-2": "D"}, {})],
)
def test_every_step_is_accounted_for(outcomes, facts):
    """It comes, or it is passed over with its reason, also after the last touch."""
    outcomes = {step: {"D": "DO_NOT_CALL"}.get(code, code) for step, code in outcomes.items()}
    came, found = branch(trial(), outcomes, **facts)
    over = [*found.skipped, *(pair for turn in found.turns for pair in turn.planned.skipped)]
    assert {step for step, _ in came} | {step for step, _ in over} == {
        step.id for step in trial().steps
    }
    assert all(reason for _, reason in over)
    assert found.end


def test_an_outcome_takes_its_branch():
    """A busy line is called again; a meeting ends the cadence and says what is entered."""
    came, found = branch(trial(), {"call-1": "BUSY"})
    assert came[:4] == [
        ("welcome", ""),
        ("call-1", "BUSY"),
        ("call-1", "NO_ANSWER"),
        ("call-2", ""),
    ]
    came, found = branch(trial(), {"call-1": "MEETING"})
    assert came[-1] == ("call-1", "MEETING")
    assert found.end == "ended by MEETING"
    assert any("enters post-demo" in said for said in found.turns[-1].follows)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ({"cal-1": "BUSY"}, "did you mean 'call-1'"),
        ({"welcome": "BUSY"}, "has no such call"),
        ({"call-1": "BUSSY"}, "did you mean 'BUSY'"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(outcomes, said):
    """With the nearest."""
    with pytest.raises(WrongUse, match=said):
        branch(trial(), outcomes)
