"""Which rules hold where: dates, states that nobody knows, whom the floor calls, caps by person,
working weeks."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leadtui.cadence.gate.calling import gate, number_region, possible_zones, standing_block
from leadtui.cadence.model import CallFacts, Verdict
from leadtui.cadence.site import Calendar, Site
from tests.cadence.processes import a_lead, a_playbook, utc

BOOK = a_playbook()
POLICY = BOOK.calling
BUSINESSES = replace(POLICY, calls="businesses")
TOLL_FREE = "+18005550123"
NOON = utc("2026-12-02 18:00")  # a Wednesday, noon in Chicago
CASES = [
    line.split("\t")
    for line in Path(__file__).with_name("gate_cases.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def facts_of(number, country, region, city="", **fields):
    """What the gate knows of a number and an address, with consent and every screening."""
    zones = possible_zones(number, country, region, "", city)
    facts = CallFacts(number, zones, country, region, *number_region(number), consent=True)
    return replace(
        facts, screened=dict.fromkeys(("TPS", "CTPS"), utc("2028-01-01 00:00")), **fields
    )


def verdict(facts, at, policy=POLICY):
    return gate(facts, policy, at).verdict


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda at: utc(f"{at:%Y-%m-%d %H:%M}")
)
PLACES = st.sampled_from(sorted({tuple(case[1:5]) for case in CASES}))
STATES = sorted({code[3:] for code in POLICY.legal if code.startswith("US-")})


@given(PLACES, INSTANTS)
def test_who_is_not_known_to_live_in_a_city_is_not_called_sooner(place, now):
    """Where number and city agree, the state alone blocks whatever the city blocks."""
    number, country, region, city = place
    known, less = facts_of(number, country, region, city), facts_of(number, country, region)
    assume(set(known.zones) <= set(less.zones))
    if verdict(known, now) is Verdict.BLOCKED:
        assert verdict(less, now) is Verdict.BLOCKED


@given(st.sampled_from(STATES), INSTANTS)
def test_who_is_not_known_to_live_in_a_state_is_not_called_sooner(state, now):
    """Where neither number nor address tells the state, what one state forbids is forbidden."""
    if verdict(facts_of(TOLL_FREE, "US", state), now) is Verdict.BLOCKED:
        assert verdict(facts_of(TOLL_FREE, "US", ""), now) is Verdict.BLOCKED


@given(PLACES, st.sampled_from(["Asia/Tokyo", "America/Denver", "Europe/Paris"]), INSTANTS)
def test_another_possible_zone_never_opens_anything(place, zone, now):
    """The verdict is no looser for a zone more."""
    known = facts_of(*place)
    more = replace(known, zones=(*known.zones, zone))
    looseness = list(Verdict)
    assume(known.zones)
    assert looseness.index(verdict(more, now)) >= looseness.index(verdict(known, now))


@given(
    PLACES,
    INSTANTS,
    st.lists(st.integers(0, 1500), max_size=5),
    st.lists(st.integers(0, 1500), max_size=5),
)
def test_the_minute_that_is_named_is_the_first(place, now, to_number, elsewhere):
    """Attempts to the number and to the person counted: there it is allowed, a minute before it is
    not."""
    by_number = [now - timedelta(minutes=ago) for ago in to_number]
    by_person = [*by_number, *(now - timedelta(minutes=ago) for ago in elsewhere)]
    facts = facts_of(
        *place, attempts_24h=tuple(sorted(by_number)), person_attempts_24h=tuple(sorted(by_person))
    )
    answer = gate(facts, POLICY, now)
    assume(answer.next_allowed is not None)
    assert verdict(facts, answer.next_allowed) is not Verdict.BLOCKED
    assert verdict(facts, answer.next_allowed - timedelta(minutes=1)) is Verdict.BLOCKED
    there = answer.next_allowed.astimezone(answer.local_times[0][1].tzinfo)
    assert f"Allowed again {there:%a %d %b %H:%M}" in answer.message


@pytest.mark.parametrize(
    ("state", "blocked"), [("FL", True), ("OK", True), ("MD", True), ("OR", True), ("GA", False)]
)
def test_some_states_count_attempts_by_person(state, blocked):
    """Three calls to the work number leave none for the mobile, and planning knows it."""
    made = tuple(NOON - timedelta(hours=hours) for hours in (5, 4, 3))
    facts = facts_of(TOLL_FREE, "US", state, person_attempts_24h=made)
    answer = gate(facts, POLICY, NOON)

    assert (answer.rule == "attempts to a person in 24 h") is blocked
    rule, until = standing_block(facts, POLICY, NOON)
    assert (rule, until) == (
        ("attempts to a person in 24 h", made[0] + timedelta(hours=24)) if blocked else ("", None)
    )


def test_planning_keeps_the_lower_cap():
    """A law's cap below the floor's own counts for what is planned."""
    strict = replace(
        POLICY, legal={**POLICY.legal, "US-FL": replace(POLICY.legal["US-FL"], person_cap=1)}
    )
    site = Site(a_lead("America/New_York", region="FL"), Calendar(strict, BOOK.floor))
    assert site.most_calls(NOON) == 1
    assert Site(a_lead(), Calendar(strict, BOOK.floor)).most_calls(NOON) == 3


def test_a_rule_counts_from_its_day_on():
    """Oregon closes at 20:00 since 2026; the year before its hours were the federal ones."""
    facts = facts_of("+15035550142", "US", "OR", "Portland")
    before, after = utc("2025-12-31 04:30"), utc("2026-01-02 04:30")  # 20:30 in Portland

    assert gate(facts, POLICY, before).rule == "preferred hours"
    assert gate(facts, POLICY, after).rule == "US-OR hours"


def test_a_law_for_consumers_is_a_second_look_on_a_floor_that_calls_businesses():
    """It is named with its statute either way; a law that binds businesses too still blocks."""
    alabama = facts_of("+12055550142", "US", "AL")
    sunday = utc("2026-12-06 18:00")
    answer = gate(alabama, POLICY, sunday)
    assert answer.verdict is Verdict.BLOCKED
    assert "Ala. Code" in answer.message
    assert answer.law == "Ala. Code ch. 8-19A and 8-19C, checked 2026-11-01"

    looked = gate(alabama, BUSINESSES, sunday)
    assert looked.verdict is Verdict.WARN
    assert any("Ala. Code" in said for said in (looked.message, *looked.warnings))
    sydney = facts_of("+61282345678", "AU", "NSW", "Sydney")
    assert verdict(sydney, utc("2026-12-06 01:00"), BUSINESSES) is Verdict.BLOCKED


def test_consent_is_asked_for_by_the_law_that_says_so():
    """Austria's, to businesses too; a consent lifts it."""
    vienna = facts_of("+4315880142", "AT", "", consent=False)
    morning = utc("2026-12-02 10:00")
    answer = gate(vienna, BUSINESSES, morning)

    assert (answer.verdict, answer.rule) == (Verdict.BLOCKED, "consent missing")
    assert "TKG 2021 § 174(1)" in answer.message
    assert verdict(replace(vienna, consent=True), morning) is Verdict.CLEAR


@pytest.mark.parametrize(
    ("country", "zone", "day", "closed"),
    [
        ("IL", "Asia/Jerusalem", "2026-12-06", ""),
        ("IL", "Asia/Jerusalem", "2026-12-04", "is a weekend"),
        ("AE", "Asia/Dubai", "2026-12-04", ""),
        ("AE", "Asia/Dubai", "2026-12-05", "is a weekend"),
        ("US", "America/Chicago", "2026-12-06", "is a weekend"),
    ],
)
def test_planning_keeps_the_working_week_of_the_place(country, zone, day, closed):
    """Sunday is worked in Israel, Friday morning in the Emirates."""
    lead = a_lead(zone, country=country, region="", number_regions=())
    site = Site(lead, Calendar(POLICY, BOOK.floor))
    date = datetime.fromisoformat(day).date()

    assert site.closed(date) == closed
    assert bool(site.windows(date.toordinal(), call=True)) is not bool(closed)


def test_every_rule_says_its_law_or_where_it_comes_from():
    """And the day on which somebody last held it against that."""
    for code, rule in (*POLICY.legal.items(), *POLICY.warn_hours.items()):
        assert rule.checked is not None, code
        assert rule.statute or rule.rule.startswith(("hours", "Iranian", "Bruneian")), code
