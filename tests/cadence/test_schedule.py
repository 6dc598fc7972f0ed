"""When steps fall due: anchors, gaps, closed days, windows, day-parts, and what passes a step
over."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from leadtui.cadence.model import (
    Cadence,
    Channel,
    DayPart,
    EnrolmentState,
    Exit,
    Finished,
    LeadFacts,
    Planned,
    Step,
)
from leadtui.cadence.schedule import Calendar, clamp_to_window, performed, plan_next
from leadtui.cadence.spans import read_span
from tests.cadence.processes import a_cadence, a_calendar, a_lead, a_step, utc

MONDAY_9 = utc("2026-11-16 15:00")  # 09:00 in Chicago


def planned(
    *steps: Step,
    start: str = "2026-11-16 15:00",
    now: str = "",
    lead: LeadFacts | None = None,
    calendar: Calendar | None = None,
    cadence: dict | None = None,
    **state: object,
) -> Planned | Finished:
    """The next touch of a cadence of these steps."""
    begun = utc(start)
    at = EnrolmentState("test", begun, **state)
    made = a_cadence(*steps, **(cadence or {}))
    return plan_next(
        made, at, lead or a_lead(), calendar or a_calendar(), utc(now) if now else begun
    )


def due_of(*steps: Step, **given: object) -> str:
    """The local time at which the next touch is due."""
    touch = planned(*steps, **given)
    assert isinstance(touch, Planned), touch
    return f"{touch.due.astimezone(ZoneInfo(touch.zone)):%a %d %b %H:%M}"


@pytest.mark.parametrize(
    ("at", "start", "due"),
    [
        ("start", "2026-11-16 15:00", "Mon 16 Nov 09:00"),
        ("start + 24 hours", "2026-11-16 15:00", "Tue 17 Nov 09:00"),
        ("start + 5 days", "2026-11-16 15:00", "Mon 23 Nov 09:00"),  # a Saturday
        ("start + 10 days", "2026-11-16 15:00", "Fri 27 Nov 09:00"),  # Thanksgiving
        ("start + 1 business day", "2026-11-20 15:00", "Mon 23 Nov 09:00"),
        (
            "start + 1 month",
            "2026-10-31 15:00",
            "Mon 30 Nov 10:00",
        ),  # 10:00 stays 10:00 over the change
        (
            "start + 5 minutes",
            "2026-11-21 20:00",
            "Mon 23 Nov 08:30",
        ),  # wanted at once: the window opens
        ("start + 2 hours", "2026-11-21 20:00", "Mon 23 Nov 16:00"),  # the same local time
        ("start + 2 hours", "2026-11-16 23:00", "Tue 17 Nov 08:30"),  # 19:00: too late today
        ("start + 1 day", "2026-11-17 03:00", "Tue 17 Nov 17:15"),  # Monday 21:00: within its day
        ("start + 1 day", "2026-11-16 12:00", "Tue 17 Nov 08:30"),  # 06:00
        ("start + 3 days", "2027-03-12 15:00", "Mon 15 Mar 09:00"),
    ],
)
def test_where_a_call_lands(at: str, start: str, due: str):
    """Elapsed and wall-clock spans, weekends, holidays and the calling window of Illinois."""
    assert due_of(a_step("call", at), start=start) == due


@pytest.mark.parametrize(
    ("rule", "due"),
    [("next", "Mon 23 Nov 09:00"), ("previous", "Fri 20 Nov 09:00"), ("keep", "Sat 21 Nov 09:00")],
)
def test_closed_days(rule: str, due: str):
    """A step that lands on a Saturday goes on, goes back or stays."""
    assert due_of(a_step("email", "start + 5 days", on_closed_day=rule)) == due


@pytest.mark.parametrize(
    ("start", "now", "due"),
    [
        (
            "2026-11-16 15:00",
            "2026-11-20 17:00",
            "Fri 20 Nov 11:00",
        ),  # Friday 09:00 is over, the rest of it is not
        ("2026-11-16 15:00", "2026-11-21 02:00", "Mon 23 Nov 08:30"),  # so is Friday
        ("2026-11-21 15:00", "", "Mon 23 Nov 08:30"),  # nothing before the start
    ],
)
def test_previous_goes_back_only_to_what_is_left(start: str, now: str, due: str):
    """Back to the open day before, but never before the start or now."""
    at = "start + 5 days" if start < "2026-11-20" else "start + 0 days"
    assert due_of(a_step("email", at, on_closed_day="previous"), start=start, now=now) == due


def test_time_off_is_closed_for_the_rep_alone():
    """The rep's steps move behind the days off; what the system sends stays."""
    calendar = a_calendar(("2026-11-17", "2026-11-24"))
    touch = planned(a_step("call", "start + 1 day"), calendar=calendar)
    assert isinstance(touch, Planned)
    assert touch.due == utc("2026-11-25 15:00")
    (why,) = touch.moved_because
    assert why == (
        "Tuesday 17 November is a day off of the rep, Saturday 21 November is a weekend, "
        "Monday 23 November is a day off of the rep; moved to Wednesday 25 November"
    )
    assert (
        due_of(a_step("email", "start + 1 day", by="system"), calendar=calendar)
        == "Tue 17 Nov 09:00"
    )


@pytest.mark.parametrize(
    ("region", "start", "due"),
    [
        ("", "2027-03-28 12:00", "Tue 30 Mar 13:00"),  # Easter Monday but in Scotland
        ("SCT", "2027-03-28 12:00", "Mon 29 Mar 13:00"),
        ("ENG", "2027-03-28 12:00", "Tue 30 Mar 13:00"),
        ("", "2027-03-16 12:00", "Wed 17 Mar 12:00"),  # one part of four: the gate says it
        ("NIR", "2027-03-16 12:00", "Thu 18 Mar 12:00"),
    ],
)
def test_a_holiday_of_most_parts_closes_a_country(region: str, start: str, due: str):
    """Where nobody knows in which part of Britain somebody is."""
    lead = a_lead("Europe/London", country="GB", region=region, number_regions=())
    assert due_of(a_step("call", "start + 1 day"), lead=lead, start=start) == due


def test_worked_holidays_are_open():
    """A floor that works on Columbus Day calls on it."""
    step = a_step("call", "start + 3 days")
    assert due_of(step, start="2026-10-09 15:00") == "Tue 13 Oct 10:00"
    assert (
        due_of(step, start="2026-10-09 15:00", calendar=a_calendar(worked=("Columbus Day",)))
        == "Mon 12 Oct 10:00"
    )


@pytest.mark.parametrize(
    ("steps", "due"),
    [
        ([a_step("email", "start", by="system")], "Sun 22 Nov 03:00"),
        ([a_step("email", "start + 1 day", by="system")], "Mon 23 Nov 03:00"),
        ([a_step("email", "start + 6 days", by="system")], "Mon 30 Nov 08:30"),  # from a Saturday
        ([a_step("call", "start", on_closed_day="keep")], "Sun 22 Nov 03:00"),
    ],
)
def test_what_is_not_moved(steps: list[Step], due: str):
    """E-mails at once and ``keep`` stay at night and on Sunday; a timed e-mail only leaves closed
    days."""
    assert due_of(*steps, start="2026-11-22 09:00") == due


@pytest.mark.parametrize(
    ("at", "dates", "due"),
    [
        ("previous + 1 day", {}, "Wed 18 Nov 10:00"),
        ("demo_at + 2 hours", {"demo_at": utc("2026-11-19 16:00")}, "Thu 19 Nov 12:00"),
        ("demo_at - 1 business day", {"demo_at": utc("2026-11-23 16:00")}, "Fri 20 Nov 10:00"),
        ("trial_ends - 2 days", {}, "Mon 30 Nov 09:00"),
        (
            "trial_ends - 2 days",
            {"trial_ends": utc("2026-12-10 15:00")},
            "Tue 08 Dec 09:00",
        ),  # extended
        ("reminder", {}, "Thu 03 Dec 09:00"),
    ],
)
def test_anchors(at: str, dates: dict, due: str):
    """The last step that was done, the lead's dates, and dates that the cadence gives."""
    given = {name: a_step("task", when).at for name, when in NAMED.items()}
    lead = a_lead(dates=dates)
    state = {"previous_at": utc("2026-11-17 16:00")}
    assert due_of(a_step("call", at), lead=lead, cadence={"dates": given}, **state) == due


NAMED = {"trial_ends": "start + 14 days", "reminder": "trial_ends + 3 days"}


def test_a_date_that_nobody_knows_passes_the_step_over():
    """A cadence does not wait for a date that may never come."""
    touch = planned(a_step("demo", "demo_at", "show"), a_step("call", "start + 1 day"))
    assert isinstance(touch, Planned)
    assert touch.skipped == (("show", "the date demo_at is not known"),)


def test_dates_that_name_each_other_end():
    """A circle of dates is nobody's date."""
    circle = {"a": a_step("task", "b").at, "b": a_step("task", "a").at}
    assert isinstance(planned(a_step("call", "a"), cadence={"dates": circle}), Finished)


@pytest.mark.parametrize(
    ("step", "last", "due"),
    [
        (a_step("call", "start + 1 day"), {Channel.CALL: "2026-11-17 14:30"}, "Tue 17 Nov 10:30"),
        (a_step("call", "start + 1 day"), {Channel.EMAIL: "2026-11-17 14:30"}, "Tue 17 Nov 09:00"),
        (a_step("email", "start + 1 day"), {Channel.EMAIL: "2026-11-16 20:00"}, "Tue 17 Nov 10:00"),
        (
            a_step("call", "start"),
            {Channel.CALL: "2026-11-16 14:55"},
            "Mon 16 Nov 09:00",
        ),  # the response sets it
        (a_step("task", "start + 1 hour"), {Channel.TASK: "2026-11-16 15:00"}, "Mon 16 Nov 10:00"),
    ],
)
def test_the_gap_after_the_last_touch_of_the_channel(step: Step, last: dict, due: str):
    """Two hours between calls and twenty between e-mails, in every cadence."""
    assert due_of(step, last_touch={channel: utc(at) for channel, at in last.items()}) == due


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("start + 45 minutes", "Mon 16 Nov 09:50"),
        ("start + 3 hours", "Mon 16 Nov 12:00"),
        ("previous + 30 minutes", "Mon 16 Nov 09:35"),
        ("previous + 1 minute", "Mon 16 Nov 09:06"),
    ],
)
def test_steps_that_the_cadence_sets_closer_are_not_held_back(at: str, due: str):
    """The distance that the cadence writes between two calls is the gap where it is shorter; here
    call 1 was late."""
    late = utc("2026-11-16 15:05")
    state = {"next_step": 1, "previous_at": late, "last_touch": {Channel.CALL: late}}
    assert due_of(a_step("call", "start"), a_step("call", at), **state) == due


def test_a_gap_of_its_own():
    """A cadence may leave more time between its calls."""
    gap = read_span("1 day")
    assert gap
    state = {"last_touch": {Channel.CALL: utc("2026-11-17 14:00")}}
    assert due_of(
        a_step("call", "start + 1 day"), cadence={"min_gap": {Channel.CALL: gap}}, **state
    ) == ("Wed 18 Nov 08:30")


def test_late_steps_never_pile_up():
    """Three weeks late, the next call is due now and each after it a day later, as the days were
    written."""
    cadence = a_cadence(*(a_step("call", f"start + {day} days", f"day-{day}") for day in (1, 2, 3)))
    state, now = EnrolmentState("test", MONDAY_9), utc("2026-12-07 16:00")
    dues = []
    for _ in cadence.steps:
        touch = plan_next(cadence, state, a_lead(), a_calendar(), now)
        assert isinstance(touch, Planned)
        dues.append(touch.due)
        now = touch.due + timedelta(minutes=1)
        state = performed(cadence, state, touch, now)
    assert dues == [utc("2026-12-07 16:00"), utc("2026-12-08 15:00"), utc("2026-12-09 15:00")]


@pytest.mark.parametrize(
    ("part", "tried", "start", "due"),
    [
        ("morning", "", "2026-11-16 22:00", "Tue 17 Nov 08:30"),  # within its day also earlier
        ("midday", "", "2026-11-16 15:00", "Tue 17 Nov 10:00"),
        ("late", "", "2026-11-16 15:00", "Tue 17 Nov 15:00"),
        ("late", "", "2026-11-16 22:00", "Tue 17 Nov 16:00"),
        ("other", "", "2026-11-16 15:00", "Tue 17 Nov 09:00"),
        ("other", "morning", "2026-11-16 15:00", "Tue 17 Nov 10:00"),
        ("other", "morning midday", "2026-11-16 15:00", "Tue 17 Nov 12:00"),
        ("other", "morning midday afternoon late", "2026-11-16 15:00", "Tue 17 Nov 09:00"),
    ],
)
def test_day_parts(part: str, tried: str, start: str, due: str):
    """A named part of the day, or one that was not tried yet."""
    parts = frozenset(DayPart(name) for name in tried.split())
    assert (
        due_of(a_step("call", "start + 1 day", day_part=part), start=start, parts_tried=parts)
        == due
    )


def test_hours_are_not_moved_back_for_a_day_part():
    """After two elapsed hours the next untried part is the next one, if need be that of
    tomorrow."""
    step = a_step("call", "start + 2 hours", day_part="other")
    tried = frozenset({DayPart.LATE, DayPart.AFTERNOON})
    assert due_of(step, start="2026-11-16 18:00", parts_tried=tried) == "Tue 17 Nov 08:30"


def test_a_part_that_the_law_closes_is_given_up():
    """Kentucky opens at ten: a call for the morning comes at another time rather than never."""
    lead = a_lead("America/New_York", region="KY", number_regions=())
    assert (
        due_of(a_step("call", "start + 1 day", day_part="morning"), lead=lead) == "Tue 17 Nov 10:00"
    )


def test_an_outcome_can_ask_for_another_part():
    """What counts in days goes to another part of its day; hours are exact."""
    asked = {"other_part": True, "parts_tried": frozenset({DayPart.MORNING})}
    assert due_of(a_step("call", "start + 1 day"), **asked) == "Tue 17 Nov 10:00"
    assert due_of(a_step("call", "start + 24 hours"), **asked) == "Tue 17 Nov 09:00"
    assert due_of(a_step("email", "start + 1 day"), **asked) == "Tue 17 Nov 09:00"


def test_a_late_step_is_due_now_in_any_part():
    """Planning again does not put a step off once more because its part of the day is over."""
    step = a_step("call", "start + 1 day", day_part="morning")
    assert due_of(step, now="2026-11-17 20:00") == "Tue 17 Nov 14:00"
    assert due_of(step, now="2026-11-18 02:00") == "Wed 18 Nov 08:30"


def test_an_outcome_can_put_calls_off_and_e_mails_still_run():
    """Five days after somebody hung up: the e-mail comes first, the call after."""
    put_off = {"calls_not_before": utc("2026-11-20 16:00")}
    steps = a_step("email", "start + 1 day"), a_step("call", "start + 2 days")
    assert due_of(*steps, **put_off) == "Tue 17 Nov 09:00"
    assert due_of(*steps, next_step=1, **put_off) == "Fri 20 Nov 10:00"


def test_at_time_replaces_the_clock():
    """A step counted in days may name its hour; hours cannot."""
    assert due_of(a_step("email", "start + 1 day", at_time="14:30")) == "Tue 17 Nov 14:30"
    assert due_of(a_step("email", "start + 24 hours", at_time="14:30")) == "Tue 17 Nov 09:00"


@pytest.mark.parametrize(
    ("steps", "lead", "state", "reason"),
    [
        ([a_step("call", "start")], {"has_phone": False}, {}, "no phone number"),
        ([a_step("call", "start")], {"calls_allowed": False}, {}, "calls are not allowed"),
        ([a_step("email", "start")], {"has_email": False}, {}, "no e-mail address"),
        ([a_step("email", "start")], {"emails_allowed": False}, {}, "opted out of e-mail"),
        ([a_step("call", "start")], {}, {"attempts": 6}, "attempts are exhausted"),
        ([a_step("call", "start")], {}, {"exhausted": True}, "attempts are exhausted"),
        ([a_step("email", "start", until_contact=True)], {}, {"contacts": 1}, "a contact was made"),
        (
            [a_step("call", "start", when={"engagement": ">= 20"})],
            {"facts": {"engagement": 19}},
            {},
            "condition does not hold",
        ),
        (
            [a_step("call", "start", when={"contacts": ">= 1"})],
            {"facts": {"contacts": 5}},
            {},
            "condition does not hold",
        ),
    ],
)
def test_what_passes_a_step_over(steps: list[Step], lead: dict, state: dict, reason: str):
    """The reason is kept, and the cadence goes on."""
    touch = planned(*steps, a_step("letter", "start + 1 day"), lead=a_lead(**lead), **state)
    assert isinstance(touch, Planned)
    assert (touch.index, touch.step.channel) == (1, Channel.LETTER)
    ((name, why),) = touch.skipped
    assert name == steps[0].id
    assert why.startswith(reason)


def test_a_condition_that_holds_lets_the_step_through():
    """Facts of the lead and figures of the enrolment."""
    steps = a_step(
        "call", "start", when={"engagement": ">= 20", "contacts": ">= 1", "cadence": "test"}
    )
    touch = planned(steps, lead=a_lead(facts={"engagement": 20}), contacts=1)
    assert isinstance(touch, Planned)


def test_steps_behind_a_skipped_one_keep_their_time():
    """What was passed over takes its time all the same, so that the rest does not close up."""
    steps = a_step("email", "previous + 3 days"), a_step("call", "previous + 2 days")
    assert (
        due_of(*steps, start="2026-11-02 15:00", lead=a_lead(has_email=False)) == "Mon 09 Nov 09:00"
    )


def test_exhausted_attempts_end_the_calls_and_e_mails_still_run():
    """After the last attempt only e-mails are left, and then the way out of those who were not
    reached."""
    steps = (
        a_step("call", "start"),
        a_step("email", "start + 2 days"),
        a_step("call", "start + 3 days"),
    )
    touch = planned(*steps, next_step=1, attempts=6)
    assert isinstance(touch, Planned)
    assert touch.step.channel is Channel.EMAIL
    end = planned(*steps, next_step=2, attempts=6)
    assert end == Finished(
        Exit(("monthly-letter",)), "exhausted", (("call start + 3 days", "attempts are exhausted"),)
    )


def test_the_end_of_a_cadence():
    """With a contact no number of attempts exhausts, and the usual way out follows."""
    assert planned(a_step("call", "start"), next_step=1, attempts=9, contacts=1) == Finished(
        Exit(("weekly-nurture",)), "finished"
    )


def test_a_call_aims_at_the_hours_that_all_possible_zones_share():
    """With New York and Los Angeles possible a call waits for the west; an e-mail follows the first
    clock."""
    lead = a_lead("America/New_York", "America/Los_Angeles", region="NY", number_regions=())
    assert (
        due_of(a_step("call", "start + 1 day"), start="2026-11-16 14:00", lead=lead)
        == "Tue 17 Nov 11:30"
    )
    assert (
        due_of(a_step("email", "start + 1 day"), start="2026-11-16 14:00", lead=lead)
        == "Tue 17 Nov 09:00"
    )


def test_zones_that_share_no_hours_leave_the_first_clock():
    """A lead who may be in Tokyo or Chicago is still planned."""
    lead = a_lead("America/Chicago", "Asia/Tokyo")
    assert (
        due_of(a_step("call", "start + 1 day"), lead=lead) == "Tue 17 Nov 17:00"
    )  # 08:00 in Tokyo: lawful in both


def test_a_lead_without_a_zone_is_planned_by_utc():
    """Nothing is dropped; the gate asks for the zone before the dial."""
    touch = planned(a_step("call", "start"), lead=LeadFacts(zones=()))
    assert isinstance(touch, Planned)
    assert (touch.zone, touch.due) == ("UTC", MONDAY_9)


def test_a_rep_who_never_works_leaves_a_step_where_it_was():
    """A calendar without an open day does not hang."""
    touch = planned(
        a_step("call", "start + 1 day"), calendar=a_calendar(("2020-01-01", "2040-01-01"))
    )
    assert isinstance(touch, Planned)
    assert touch.due == utc("2026-11-17 15:00")
    assert "left where it was" in touch.moved_because[0]


@pytest.mark.parametrize(
    ("step", "state", "reason"),
    [
        (
            a_step("email", "start + 5 days"),
            {},
            "Saturday 21 November is a weekend; moved to Monday 23 November",
        ),
        (
            a_step("call", "start + 10 days"),
            {},
            "Thursday 26 November is Thanksgiving Day; moved to Friday 27 November",
        ),
        (
            a_step("call", "start + 9 hours"),
            {},
            "18:00 is outside the calling window; moved to Tuesday 17 November 08:30",
        ),
        (
            a_step("call", "start + 1 day", day_part="late"),
            {},
            "09:00 is in another day-part; moved to 15:00",
        ),
        (
            a_step("call", "start + 1 day", day_part="other"),
            {"parts_tried": frozenset({DayPart.MORNING})},
            "09:00 is in a part of the day tried before; moved to 10:00",
        ),
        (
            a_step("call", "start + 1 day"),
            {"last_touch": {Channel.CALL: utc("2026-11-17 14:30")}},
            "The last call was on Tuesday 17 November 08:30; moved to Tuesday 17 November 10:30",
        ),
    ],
)
def test_moves_are_explained(step: Step, state: dict, reason: str):
    """Each move has one sentence that a person understands."""
    touch = planned(step, **state)
    assert isinstance(touch, Planned)
    assert touch.moved_because == (reason,)


def test_clamp_to_window_moves_a_time_like_a_step():
    """Deferred and rescheduled touches follow the same rules."""
    saturday = utc("2026-11-21 15:00")
    moved, why = clamp_to_window(saturday, a_lead(), a_calendar(), a_step("call", "start + 1 day"))
    assert (moved, len(why)) == (utc("2026-11-23 15:00"), 1)
    kept = a_step("call", "start", on_closed_day="keep")
    assert clamp_to_window(saturday, a_lead(), a_calendar(), kept) == (saturday, ())
    open_time = utc("2026-11-23 15:00:30")
    assert clamp_to_window(open_time, a_lead(), a_calendar(), a_step("call", "start")) == (
        open_time,
        (),
    )


def test_performing_a_call_counts_it():
    """An attempt, its day-part, and the end of the calls."""
    cadence = a_cadence(a_step("call", "start"), a_step("email", "start"), max_attempts=1)
    state = EnrolmentState("test", MONDAY_9, retries=2, calls_not_before=MONDAY_9)
    touch = plan_next(cadence, state, a_lead(), a_calendar(), MONDAY_9)
    assert isinstance(touch, Planned)
    after = performed(cadence, state, touch, MONDAY_9)
    assert after == replace(
        EnrolmentState("test", MONDAY_9, 1, MONDAY_9, {Channel.CALL: MONDAY_9}),
        calls=(MONDAY_9,),
        parts_tried=frozenset({DayPart.MORNING}),
        attempts=1,
        exhausted=True,
    )


def test_a_plan_is_the_same_each_time():
    """Fresh objects and warm caches give the same answer."""

    def fresh() -> tuple[Cadence, Calendar]:
        return a_cadence(a_step("call", "start + 5 days", day_part="other")), a_calendar()

    plans = {
        plan_next(cadence, EnrolmentState("test", MONDAY_9), a_lead(), calendar, MONDAY_9).due
        for cadence, calendar in (fresh() for _ in range(20))
    }
    assert len(plans) == 1
