"""The order of the queue: the four vectors of the specification, the tiers, and sums that explain
themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.ranking import STAGES, TIERS, RankFacts, freshness, priority, tier_of
from tests.cadence.processes import utc

NOW = utc("2026-11-16 18:00")
END = utc("2026-11-17 05:59")
BM = 100_000


def some_facts(**given: object) -> RankFacts:
    """A step that is due this minute."""
    return replace(RankFacts(due=NOW, due_bm=BM, now_bm=BM, end_of_day=END), **given)


VECTORS = [
    (
        {
            "promised": True,
            "due": NOW - timedelta(minutes=2),
            "fit": 40,
            "closes_minutes": 300,
            "stage": "callback",
            "part": 1,
        },
        0,
        5034.67,
    ),
    (
        {
            "first": True,
            "sla_minutes": 5,
            "inquiry_at": NOW - timedelta(seconds=40),
            "fit": 95,
            "closes_minutes": 400,
            "part": 1,
        },
        1,
        4073.95,
    ),
    (
        {
            "first": True,
            "sla_minutes": 5,
            "inquiry_at": NOW - timedelta(minutes=50),
            "fit": 80,
            "closes_minutes": 25,
            "part": 1,
        },
        1,
        4065.00,
    ),
    (
        {
            "due": NOW - timedelta(days=1),
            "due_bm": BM - 480,
            "fit": 90,
            "closes_minutes": 45,
            "stage": "attempted",
            "part": 1,
            "parts_tried": 0b0010,
        },
        2,
        3080.87,
    ),
]


@pytest.mark.parametrize(("given", "tier", "p"), VECTORS)
def test_the_vectors_of_the_specification(given: dict, tier: int, p: float):
    """Each row of the table comes out to the cent."""
    rank = priority(some_facts(**given), NOW)

    assert rank.tier == tier
    assert round(rank.p, 2) == p


@pytest.mark.parametrize(
    ("given", "tier"),
    [
        ({"promised": True, "due": NOW + timedelta(minutes=5)}, 0),
        ({"promised": True, "due": NOW + timedelta(minutes=6)}, 3),
        ({"promised": True, "due": NOW - timedelta(days=3), "due_bm": BM - 1440}, 0),
        ({"first": True, "sla_minutes": 60, "due": NOW + timedelta(minutes=30)}, 1),
        ({"first": True, "sla_minutes": 60, "retry": True, "due": NOW + timedelta(minutes=30)}, 3),
        ({"due": NOW - timedelta(days=3), "due_bm": BM - 961}, 1),
        ({"due": NOW - timedelta(days=3), "due_bm": BM - 960}, 2),
        ({"due": NOW - timedelta(seconds=1)}, 2),
        ({"due": NOW}, 3),
        (
            {
                "first": True,
                "sla_minutes": 240,
                "sla_due_bm": BM + 61,
                "due": NOW - timedelta(hours=1),
            },
            3,
        ),
        (
            {
                "first": True,
                "sla_minutes": 240,
                "sla_due_bm": BM + 60,
                "due": NOW - timedelta(hours=1),
            },
            2,
        ),
        ({"first": True, "sla_minutes": 240, "sla_due_bm": BM - 1}, 2),
        (
            {
                "first": True,
                "sla_minutes": 240,
                "sla_due_bm": BM + 900,
                "due": NOW + timedelta(days=1),
            },
            3,
        ),
        ({"due": END}, 3),
        ({"due": END + timedelta(minutes=1)}, 4),
    ],
)
def test_the_tiers(given: dict, tier: int):
    """Promised, first touches, overdue, today, later."""
    assert tier_of(some_facts(**given), NOW) == tier


@pytest.mark.parametrize(
    ("minutes", "share"),
    [
        *(
            (0, 1.0),
            (1, 1.0),
            (1.5, 0.45),
            (2, 0.45),
            (3, 0.40),
            (4, 0.33),
            (30, 0.33),
            (31, 0.28),
            (60, 0.28),
        ),
        *((61, 0.20), (1500, 0.20), (1501, 0.10), (2940, 0.10), (2941, 0.05), (100_000, 0.05)),
    ],
)
def test_freshness_falls_with_the_age_of_the_inquiry(minutes: float, share: float):
    """The steps follow the published gains of calling early."""
    assert freshness(timedelta(minutes=minutes)) == share


@pytest.mark.parametrize(
    ("given", "name", "points"),
    [
        ({"closes_minutes": -1}, "window", 0),
        ({"closes_minutes": 0}, "window", 20),
        ({"closes_minutes": 135}, "window", 10),
        ({"closes_minutes": 240}, "window", 0),
        ({"part": 9}, "newpart", 0),
        ({"part": 2, "parts_tried": 0b1011}, "newpart", 8),
        ({"part": 3, "parts_tried": 0b1000}, "newpart", 0),
        ({"promised": True, "due": NOW + timedelta(minutes=3)}, "urgency", 0),
        ({"promised": True, "due": NOW - timedelta(minutes=60)}, "urgency", 35),
        (
            {"due": NOW - timedelta(days=9), "due_bm": BM - 4000},
            "urgency",
            0,
        ),  # tier 1 by age has no freshness
        ({"due": NOW - timedelta(hours=4), "due_bm": BM - 240}, "urgency", 17.5),
        ({"stage": "nurture"}, "stage", 1.2),
        ({"stage": "unheard of"}, "stage", 0),
    ],
)
def test_each_part_of_the_sum(given: dict, name: str, points: float):
    """Windows, day-parts, lateness and stages weigh what the formula says."""
    parts = {key: value for key, value, _ in priority(some_facts(**given), NOW).parts}
    assert parts[name] == pytest.approx(points)


@given(
    st.builds(
        RankFacts,
        due=st.integers(-10_000, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        due_bm=st.integers(BM - 5000, BM + 5000),
        now_bm=st.just(BM),
        end_of_day=st.just(END),
        promised=st.booleans(),
        first=st.booleans(),
        sla_minutes=st.sampled_from([0, 5, 60, 240, 960]),
        inquiry_at=st.none()
        | st.integers(0, 10_000).map(lambda minutes: NOW - timedelta(minutes=minutes)),
        sla_due_bm=st.integers(BM - 1000, BM + 1000),
        fit=st.integers(0, 100),
        closes_minutes=st.integers(-1, 600),
        stage=st.sampled_from(sorted(STAGES)),
        parts_tried=st.integers(0, 15),
        part=st.sampled_from([0, 1, 2, 3, 9]),
        retry=st.booleans(),
    )
)
def test_the_explanation_adds_up_and_a_tier_never_overtakes(facts: RankFacts):
    """The parts sum to P, and what is below the thousands is worth less than a tier."""
    rank = priority(facts, NOW)

    assert sum(points for _, points, _ in rank.parts) == pytest.approx(rank.p)
    assert 0 <= rank.p - 1000 * (5 - rank.tier) <= 100
    assert all(words for *_, words in rank.parts)
    assert 0 <= rank.tier < len(TIERS)
