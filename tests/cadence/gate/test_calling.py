"""The gate: verdict, rule and next minute for numbers, addresses and instants; and where a number
may be."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.gate import calling
from leadtui.cadence.gate.calling import class_state, gate, number_region, possible_zones
from leadtui.cadence.model import CallFacts, Verdict
from tests.cadence.processes import a_playbook, utc

POLICY = a_playbook().calling
CHICAGO_NUMBER, LONDON_NUMBER, TOLL_FREE = "+13125550123", "+442079460123", "+18005550123"


def facts_of(number: str, country: str = "US", region: str = "IL", **fields: object) -> CallFacts:
    """What the gate knows of a number and an address."""
    number_country, state = number_region(number)
    zones = possible_zones(number, country, region)
    facts = CallFacts(number, zones, country, region, number_country, state)
    return replace(facts, **fields)


GB = {"screened": dict.fromkeys(("TPS", "CTPS"), utc("2026-11-01 12:00"))}
# number, country, region, instant (UTC), verdict, rule, next minute (UTC; "" when never or already
# allowed), facts
ROWS = [
    # Illinois: federal hours 8-21, preferred 08:30-17:30
    (CHICAGO_NUMBER, "US", "IL", "2026-11-16 15:00", "clear", "clear", "", {}),
    (CHICAGO_NUMBER, "US", "IL", "2026-11-16 14:00", "warn", "preferred hours", "", {}),
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-11-16 13:59",
        "blocked",
        "US federal hours",
        "2026-11-16 14:00",
        {},
    ),
    (CHICAGO_NUMBER, "US", "IL", "2026-11-17 02:59", "warn", "preferred hours", "", {}),
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-11-17 03:00",
        "blocked",
        "US federal hours",
        "2026-11-17 14:00",
        {},
    ),
    (CHICAGO_NUMBER, "US", "IL", "2026-11-21 18:00", "warn", "preferred hours", "", {}),  # Saturday
    (CHICAGO_NUMBER, "US", "IL", "2026-11-26 18:00", "warn", "public holiday", "", {}),
    # DST nights: 8:00 is 14:00 UTC in winter and 13:00 in summer
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-03-08 02:30",
        "warn",
        "preferred hours",
        "",
        {},
    ),  # still Saturday 20:30
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-03-08 08:30",
        "blocked",
        "US federal hours",
        "2026-03-08 13:00",
        {},
    ),
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-11-01 07:30",
        "blocked",
        "US federal hours",
        "2026-11-01 14:00",
        {},
    ),
    (
        LONDON_NUMBER,
        "GB",
        "",
        "2026-03-29 00:30",
        "blocked",
        "hours elsewhere",
        "2026-03-30 07:00",
        GB,
    ),
    (
        LONDON_NUMBER,
        "GB",
        "",
        "2026-10-24 22:00",
        "blocked",
        "hours elsewhere",
        "2026-10-26 08:00",
        GB,
    ),
    # zone conflicts: all possible zones must be open
    (
        "+12125550123",
        "US",
        "CA",
        "2026-11-16 15:00",
        "blocked",
        "US federal hours",
        "2026-11-16 16:00",
        {},
    ),
    (
        "+12125550123",
        "US",
        "CA",
        "2026-11-17 02:30",
        "blocked",
        "US federal hours",
        "2026-11-17 16:00",
        {},
    ),
    ("+12125550123", "US", "CA", "2026-11-16 18:00", "warn", "zone doubt", "", {}),
    (
        "+12125550123",
        "US",
        "CA",
        "2026-11-16 18:00",
        "clear",
        "clear",
        "",
        {"zone_acknowledged": True},
    ),
    (
        "+12125550123",
        "US",
        "CA",
        "2026-11-16 15:00",
        "clear",
        "clear",
        "",
        {"checked_zone": "America/New_York"},
    ),
    (
        LONDON_NUMBER,
        "US",
        "CA",
        "2026-11-16 15:30",
        "blocked",
        "US federal hours",
        "2026-11-16 16:00",
        GB,
    ),
    (
        LONDON_NUMBER,
        "US",
        "CA",
        "2026-11-16 20:30",
        "blocked",
        "hours elsewhere",
        "2026-11-17 16:00",
        GB,
    ),
    (
        "+18505550123",
        "US",
        "FL",
        "2026-11-16 13:30",
        "blocked",
        "US-FL hours",
        "2026-11-16 14:00",
        {},
    ),
    (
        "+18505550123",
        "US",
        "FL",
        "2026-11-17 01:30",
        "blocked",
        "US-FL hours",
        "2026-11-17 14:00",
        {},
    ),
    (
        CHICAGO_NUMBER,
        "US",
        "",
        "2026-11-16 13:30",
        "blocked",
        "US federal hours",
        "2026-11-16 14:00",
        {},
    ),  # somewhere in the country, so where the number is
    # toll-free numbers say nothing about a place
    (TOLL_FREE, "US", "IL", "2026-11-16 15:00", "clear", "clear", "", {}),
    (
        TOLL_FREE,
        "US",
        "IL",
        "2026-11-16 13:59",
        "blocked",
        "US federal hours",
        "2026-11-16 14:00",
        {},
    ),
    (TOLL_FREE, "", "", "2026-11-16 15:00", "blocked", "zone unknown", "", {}),
    ("+448081570123", "GB", "", "2026-11-16 10:00", "clear", "clear", "", GB),
    # state Sundays and holidays; the rules of the number's state hold beside those of the address's
    (
        "+12055550123",
        "US",
        "AL",
        "2026-11-15 18:00",
        "blocked",
        "US-AL hours",
        "2026-11-16 14:00",
        {},
    ),
    (
        "+12055550123",
        "US",
        "AL",
        "2026-11-26 18:00",
        "blocked",
        "US-AL hours",
        "2026-11-27 14:00",
        {},
    ),
    (
        "+12055550123",
        "US",
        "AL",
        "2026-11-17 02:00",
        "blocked",
        "US-AL hours",
        "2026-11-17 14:00",
        {},
    ),
    (
        "+15045550123",
        "US",
        "LA",
        "2026-11-15 18:00",
        "blocked",
        "US-LA hours",
        "2026-11-16 14:00",
        {},
    ),
    (
        "+16015550123",
        "US",
        "MS",
        "2026-11-15 18:00",
        "blocked",
        "US-MS hours",
        "2026-11-16 14:00",
        {},
    ),
    (
        "+12055550123",
        "US",
        "IL",
        "2026-11-15 18:00",
        "blocked",
        "US-AL hours",
        "2026-11-16 14:00",
        {},
    ),
    (
        "+16055550123",
        "US",
        "SD",
        "2026-11-15 18:00",
        "blocked",
        "US-SD hours",
        "2026-11-16 15:00",
        {},
    ),
    (
        "+12145550123",
        "US",
        "TX",
        "2026-11-15 17:30",
        "blocked",
        "US-TX hours",
        "2026-11-15 18:00",
        {},
    ),  # noon in Dallas
    (
        "+12145550123",
        "US",
        "TX",
        "2026-11-16 14:30",
        "blocked",
        "US-TX hours",
        "2026-11-16 15:00",
        {},
    ),
    (
        "+12155550123",
        "US",
        "PA",
        "2026-11-15 18:00",
        "blocked",
        "US-PA hours",
        "2026-11-15 18:30",
        {},
    ),
    (
        "+12155550123",
        "US",
        "PA",
        "2026-11-26 18:00",
        "blocked",
        "US-PA hours",
        "2026-11-28 13:00",
        {},
    ),  # two holidays
    (
        "+14015550123",
        "US",
        "RI",
        "2026-11-14 14:30",
        "blocked",
        "US-RI hours",
        "2026-11-14 15:00",
        {},
    ),  # Saturday
    (
        "+14015550123",
        "US",
        "RI",
        "2026-11-14 22:00",
        "blocked",
        "US-RI hours",
        "2026-11-16 14:00",
        {},
    ),
    (
        "+18015550123",
        "US",
        "UT",
        "2026-07-24 18:00",
        "blocked",
        "US-UT hours",
        "2026-07-25 14:00",
        {},
    ),  # Pioneer Day
    (
        "+15025550123",
        "US",
        "KY",
        "2026-11-16 14:30",
        "blocked",
        "US-KY hours",
        "2026-11-16 15:00",
        {},
    ),
    (
        "+18605550123",
        "US",
        "CT",
        "2026-11-16 13:30",
        "blocked",
        "US-CT hours",
        "2026-11-16 14:00",
        {},
    ),
    (
        "+17025550123",
        "US",
        "NV",
        "2026-11-16 16:30",
        "blocked",
        "US-NV hours",
        "2026-11-16 17:00",
        {},
    ),
    (
        "+16125550123",
        "US",
        "MN",
        "2026-11-16 14:30",
        "blocked",
        "US-MN hours",
        "2026-11-16 15:00",
        {},
    ),
    # other countries
    (
        "+14165550123",
        "CA",
        "ON",
        "2026-11-21 14:30",
        "blocked",
        "Canadian hours",
        "2026-11-21 15:00",
        {},
    ),
    ("+33123456789", "FR", "", "2026-11-16 08:30", "warn", "French consumer hours", "", {}),
    ("+33123456789", "FR", "", "2026-11-16 12:30", "warn", "French consumer hours", "", {}),
    ("+33123456789", "FR", "", "2026-11-16 09:30", "clear", "clear", "", {}),
    (
        "+33123456789",
        "FR",
        "",
        "2026-11-15 09:30",
        "blocked",
        "hours elsewhere",
        "2026-11-16 07:00",
        {},
    ),
    ("+4930123456", "DE", "BE", "2026-11-16 09:00", "blocked", "consent missing", "", {}),
    ("+4930123456", "DE", "BE", "2026-11-16 09:00", "clear", "clear", "", {"consent": True}),
    (
        "+4930123456",
        "DE",
        "BE",
        "2026-11-16 03:00",
        "blocked",
        "German hours",
        "2026-11-16 07:00",
        {"consent": True},
    ),
    (LONDON_NUMBER, "GB", "", "2026-11-16 10:00", "blocked", "screening missing", "", {}),
    (LONDON_NUMBER, "GB", "", "2026-11-30 10:00", "blocked", "screening missing", "", GB),
    (LONDON_NUMBER, "GB", "", "2026-11-16 10:00", "clear", "clear", "", GB),
    # blocks for good
    ("", "US", "IL", "2026-11-16 15:00", "blocked", "no number", "", {}),
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-11-16 15:00",
        "blocked",
        "do not call",
        "",
        {"do_not_call": True},
    ),
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-11-16 15:00",
        "blocked",
        "wrong number",
        "",
        {"wrong_number": True},
    ),
    (
        CHICAGO_NUMBER,
        "US",
        "IL",
        "2026-11-16 15:00",
        "blocked",
        "opted out of calls",
        "",
        {"opted_out": True},
    ),
]


@pytest.mark.parametrize(
    ("number", "country", "region", "instant", "verdict", "rule", "then", "fields"), ROWS
)
def test_the_gate(
    number: str,
    country: str,
    region: str,
    instant: str,
    verdict: str,
    rule: str,
    then: str,
    fields: dict,
):
    """Each row gives its verdict, the rule that speaks, and the next minute at which it would be
    allowed."""
    answer = gate(facts_of(number, country, region, **fields), POLICY, utc(instant))

    assert (answer.verdict, answer.rule) == (verdict, rule), answer
    assert answer.next_allowed == (utc(then) if then else None)
    assert answer.message
    final = {"do not call", "wrong number", "opted out of calls", "no number"}
    assert answer.overridable == (verdict == "blocked" and rule not in final)


CASES = [
    line.split("\t")
    for line in Path(__file__).with_name("gate_cases.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
LETTERS = {"B": Verdict.BLOCKED, "W": Verdict.WARN, "C": Verdict.CLEAR}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_gate_table(case: list[str]):
    """Each number, address and instant has the verdict that its source asks for."""
    _, number, country, region, city, instant, letter, source = case
    zones = possible_zones(number, country, region, "", city)
    facts = CallFacts(number, zones, country, region, *number_region(number))
    answer = gate(facts, POLICY, datetime.fromisoformat(instant))

    assert answer.verdict is LETTERS[letter], (source, answer)


@pytest.mark.parametrize(
    ("ago", "fields", "verdict", "rule", "minutes"),
    [
        ((23.9, 5, 3), {}, "blocked", "attempts in 24 h", 6),
        ((23.9, 5, 3), {"promised": True}, "warn", "attempts in 24 h", None),
        ((24, 5, 3), {}, "clear", "clear", None),
        (
            (20, 15, 5, 3),
            {},
            "blocked",
            "attempts in 24 h",
            9 * 60,
        ),  # the second of four has to age
        ((1.9,), {"attempts": 2}, "warn", "last attempt", None),
        ((1.9,), {"attempts": 1}, "clear", "clear", None),  # the second attempt is excepted
        ((2,), {"attempts": 2}, "clear", "clear", None),
    ],
)
def test_attempts(
    ago: tuple[float, ...], fields: dict, verdict: str, rule: str, minutes: int | None
):
    """Three attempts in 24 hours block until the oldest of them has aged; a promised callback is
    only warned about."""
    now = utc("2026-11-17 18:00")
    made = tuple(now - timedelta(hours=hours) for hours in ago)
    answer = gate(
        facts_of(CHICAGO_NUMBER, attempts_24h=made, last_attempt=made[-1], **fields), POLICY, now
    )

    assert (answer.verdict, answer.rule) == (verdict, rule)
    waits = None if minutes is None else max(now + timedelta(minutes=minutes), now)
    if waits and waits.hour == 3:  # 21:00 in Chicago: the hours come on top
        waits = utc("2026-11-18 14:00")
    assert answer.next_allowed == waits


def test_a_promised_callback_outside_the_hours_is_a_warning():
    """What was promised is kept; consent and blocks still count."""
    late = utc("2026-11-17 04:00")
    answer = gate(facts_of(CHICAGO_NUMBER, promised=True), POLICY, late)

    assert (answer.verdict, answer.rule, answer.next_allowed) == (
        Verdict.WARN,
        "US federal hours",
        None,
    )
    german = facts_of("+4930123456", "DE", "BE", promised=True)
    assert gate(german, POLICY, utc("2026-11-16 09:00")).verdict is Verdict.BLOCKED
    assert gate(replace(german, do_not_call=True), POLICY, late).rule == "do not call"


def test_the_answer_says_what_it_knows():
    """Rule, local times, and warnings beside the block."""
    answer = gate(facts_of("+12125550123", "US", "CA"), POLICY, utc("2026-11-16 15:00"))

    assert "08:00–21:00 on Mondays; it is 07:00 in America/Los_Angeles" in answer.message
    assert [(zone, f"{local:%H:%M}") for zone, local in answer.local_times] == [
        ("America/Los_Angeles", "07:00"),
        ("America/New_York", "10:00"),
    ]
    assert any("07:00 or 10:00" in text for text in answer.warnings)
    sunday = gate(facts_of("+12055550123", "US", "AL"), POLICY, utc("2026-11-15 18:00"))
    assert "no calls on Sundays" in sunday.message
    holiday = gate(facts_of("+12055550123", "US", "AL"), POLICY, utc("2026-11-26 18:00"))
    assert "Thanksgiving Day" in holiday.message


def test_zones_that_never_meet_are_never_allowed():
    """Where no minute suits all possible zones, there is no next one."""
    apart = CallFacts("+10", ("Asia/Tokyo", "America/New_York"), "US", "RI")
    strict = replace(
        POLICY, legal={**POLICY.legal, "US-RI": replace(POLICY.legal["US-RI"], week={})}
    )

    assert gate(apart, strict, utc("2026-11-16 15:00")).next_allowed is None


@pytest.mark.parametrize(
    ("number", "country", "region", "confirmed", "zones"),
    [
        (CHICAGO_NUMBER, "US", "IL", "", ("America/Chicago",)),
        (CHICAGO_NUMBER, "US", "IL", "America/Denver", ("America/Denver",)),
        ("+12125550123", "US", "CA", "", ("America/Los_Angeles", "America/New_York")),
        ("+19155550123", "US", "TX", "", ("America/Denver",)),  # El Paso: what both say
        (TOLL_FREE, "US", "CA", "", ("America/Los_Angeles",)),
        ("+448081570123", "", "", "", ()),  # freephone
        ("+443001234567", "", "", "", ()),  # UAN
        ("+448451234567", "", "", "", ()),  # shared cost
        ("+449091234567", "", "", "", ()),  # premium
        (LONDON_NUMBER, "GB", "", "", ("Europe/London",)),
        ("+447400123456", "GB", "", "", ("Europe/London",)),  # four zones with one time
        ("nonsense", "", "", "", ()),
        ("", "DE", "", "", ("Europe/Berlin",)),
        ("", "XX", "", "", ()),
        ("", "US", "US-AK", "", ("America/Anchorage", "America/Adak")),
    ],
)
def test_possible_zones(
    number: str, country: str, region: str, confirmed: str, zones: tuple[str, ...]
):
    """What number and address share, else both, unless a rep confirmed one."""
    assert possible_zones(number, country, region, confirmed) == zones


def test_a_country_alone_means_all_of_its_zones():
    """Nobody knows where in the country they are, unless the number says so."""
    zones = possible_zones(TOLL_FREE, "US", "")
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"} < set(zones)
    assert possible_zones(CHICAGO_NUMBER, "US", "") == ("America/Chicago",)


@pytest.mark.parametrize(
    ("number", "region", "city", "zones"),
    [
        ("+18505550142", "FL", "Pensacola", ("America/Chicago",)),
        ("+18505550142", "FL", " PENSACOLA", ("America/Chicago",)),
        ("+18505550142", "FL", "Nowhere", ("America/New_York", "America/Chicago")),
        (TOLL_FREE, "ID", "Coeur d’Alene", ("America/Los_Angeles",)),
        ("+12145550142", "TX", "El Paso", ("America/Denver", "America/Chicago")),  # they disagree
    ],
)
def test_a_city_tells_the_zone_of_a_state_that_has_several(number, region, city, zones):
    """However it is written; one that is not listed leaves the state's zones."""
    assert possible_zones(number, "US", region, "", city) == zones


@pytest.mark.parametrize("code", ["538", "867"])
def test_an_area_code_that_nobody_knows_may_be_anywhere(code):
    """It is called where everybody may be, or where the address is, and never refused as
    unknown."""
    number = f"+1{code}5550142"
    assert len(possible_zones(number, "", "")) > 2
    assert possible_zones(number, "CA", "YT") == ("America/Whitehorse",)


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (CHICAGO_NUMBER, ("US", "IL")),
        ("+12055550123", ("US", "AL")),
        ("+14165550123", ("CA", "ON")),
        ("+17875551234", ("PR", "")),
        ("+18675551234", ("CA", "")),
        (TOLL_FREE, ("", "")),
        (LONDON_NUMBER, ("GB", "")),
        ("+442079460000", ("GB", "")),
        ("+4930123456", ("DE", "")),
        ("+80012345678", ("", "")),
        ("", ("", "")),
    ],
)
def test_number_region(number: str, place: tuple[str, str]):
    """North American area codes give a state; toll-free numbers give nothing."""
    assert number_region(number) == place


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda at: utc(f"{at:%Y-%m-%d %H:%M}")
)
PLACES = st.sampled_from([row[:3] for row in ROWS if row[0]])


@given(PLACES, INSTANTS)
def test_the_next_minute_is_allowed_and_the_one_before_is_not(
    place: tuple[str, str, str], now: datetime
):
    """Of all minutes after a block the next allowed one is the first."""
    facts = facts_of(
        *place, consent=True, screened=dict.fromkeys(("TPS", "CTPS"), now + timedelta(days=10))
    )
    answer = gate(facts, POLICY, now)
    if answer.verdict is not Verdict.BLOCKED or answer.next_allowed is None:
        return
    then = answer.next_allowed
    assert then > now
    assert gate(facts, POLICY, then).verdict is not Verdict.BLOCKED
    assert gate(facts, POLICY, then - timedelta(minutes=1)).verdict is Verdict.BLOCKED


@given(PLACES, INSTANTS)
def test_the_class_says_what_the_gate_says(place: tuple[str, str, str], now: datetime):
    """For a lead of whom nothing else is known the class and the gate agree."""
    facts = facts_of(*place, consent=True, screened=dict.fromkeys(("TPS", "CTPS"), now))
    answer = gate(facts, POLICY, now)
    state = class_state(
        facts.zones,
        facts.country,
        facts.region,
        facts.number_country,
        facts.number_region,
        POLICY,
        now,
    )
    assert (state.verdict, state.rule, state.next_allowed) == (
        answer.verdict,
        answer.rule,
        answer.next_allowed,
    )
    assert state.closes_minutes == -1 or state.verdict is not Verdict.BLOCKED


def test_the_class_says_when_its_calling_window_closes():
    """Minutes to the earliest close of its zones, and -1 outside the window."""
    places = ("America/Los_Angeles", "America/New_York"), "US", "CA", "US", "NY"
    noon = class_state(*places, POLICY, utc("2026-11-16 18:00"))
    assert noon.closes_minutes == 270  # 17:30 in New York
    assert class_state(*places, POLICY, utc("2026-11-16 15:00")).closes_minutes == -1


def test_the_class_of_an_unknown_place_is_blocked():
    """Without a zone there is no day-part and no next minute."""
    state = class_state((), "", "", "", "", POLICY, utc("2026-11-16 15:00"))
    assert (state.verdict, state.rule, state.part) == (Verdict.BLOCKED, calling.ZONE_UNKNOWN, 9)


def test_state_rows_are_those_that_ship():
    """Every row of the hours is named after its code or its country, and every override code is
    there."""
    assert {
        code
        for code, rule in POLICY.legal.items()
        if code.startswith("US-") and rule.rule != f"{code} hours"
    } == set()
    codes = sorted(POLICY.legal)
    assert all(a != b for a, b in pairwise(codes))
    assert len(POLICY.override_codes) == 5


@pytest.mark.parametrize(
    ("region", "day", "warned"),
    [
        ("", "2027-03-29", "ENG, NIR and WLS"),
        ("", "2027-01-04", "SCT"),
        ("ENG", "2027-01-04", ""),
        ("SCT", "2027-01-04", "GB-SCT"),
    ],
)
def test_a_holiday_of_a_part_is_said_where_nobody_knows_the_part(region, day, warned):
    """A British number without an address: the parts that keep the day are named."""
    facts = facts_of("+447700900123", "GB", region, **GB)
    facts = replace(facts, screened=dict.fromkeys(("TPS", "CTPS"), utc(f"{day} 08:00")))
    found = gate(facts, POLICY, utc(f"{day} 12:00"))
    assert found.rule == ("public holiday" if warned else "clear")
    assert warned in found.message
