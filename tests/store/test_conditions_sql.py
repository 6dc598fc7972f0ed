"""Conditions in SQL say of every lead what they say in Python, on both engines."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from leadtui.cadence.conditions import (
    FIELDS,
    AnyOf,
    BoolIs,
    DateIs,
    Not,
    NumberIs,
    TextIs,
    fold,
    matches,
)
from leadtui.cadence.model import Condition, Unit
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.segments import facts_of, read_when
from leadtui.errors import WrongUse
from leadtui.store.conditions_sql import count_matching, leads_matching
from leadtui.store.engine.database import open_store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Company, Enrolment, Lead, Response
from tests.conftest import examples
from tests.engines import START, new_postgres_url, postgres_server

__all__ = ["postgres_server"]
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=17, hours=5)
WORDS = (
    "",
    "CIO",
    "Head of IT",
    "Straße 100%",
    "STRASSE 100%",
    "École d'ingénieurs",
    "école D'INGÉNIEURS",
    "Σίσυφος",
    "a_b\\c",
    "a%b",
    "IT  Manager",
    "ſtorage",
    "K",
    "日本",
    "x*y",
    "İstanbul",
)
CODES = {
    "persona": ("c_level", "it_staff", "other"),
    "country": ("", "US", "DE", "GB"),
    "language": ("", "en", "de"),
    "stage": ("inquiry", "mql", "closed_won"),
    "offer": ("trial", "trade-show", "White-Paper"),
    "rating": ("", "hot", "cold"),
    "cadence": ("trial", "monthly-letter", "Nurture"),
}
ANSWERS = ("", "yes", "no", "Part")
NUMBERS = (None, 0, 1, 10, 49, 50, 100, 199, 200, 5000, 2**40)


def fill(store, count=140):
    """Leads of every kind, the same on each engine."""
    dice = random.Random(11)
    with store.write(Actor(1, "t", "t", "rep", "t", "s", "h", "t", "0"), START) as unit:
        for number in range(count):
            one_of_many(unit, dice, number)
        unit.log("test")


def one_of_many(unit, dice, number):
    def moment():
        return NOW - timedelta(
            days=dice.choice((0, 1, 29, 30, 31, 90, 365, 400)), microseconds=dice.choice((0, 1))
        )

    company = None
    if dice.random() < 0.8:
        company = Company(
            name=dice.choice(WORDS),
            name_key="",
            industry=dice.choice(WORDS),
            employees=dice.choice(NUMBERS[:-1]),
            revenue_minor=dice.choice((None, 0, 99, 100, 4999, 5000_00, 5000_01, 2**50)),
            existing_customer=dice.random() < 0.5,
            created_at=START,
        )
        unit.session.add(company)
        unit.session.flush()
    lead = Lead(
        full_name=f"Lead {number}",
        name_key=f"lead {number}",
        title=dice.choice(WORDS),
        city=dice.choice(WORDS),
        region=dice.choice((*WORDS, "CO", "IL")),
        company_id=company.id if company else None,
        **{name: dice.choice(CODES[name]) for name in ("persona", "country", "language", "stage")},
        fit=dice.choice((-20, 0, 10, 59, 60, 61, 100)),
        engagement=dice.choice((-10, 0, 10, 15)),
        warm_at=dice.choice(
            (None, NOW - timedelta(days=40), NOW, NOW + timedelta(days=dice.randint(1, 260)))
        ),
        half_life=dice.choice((1, 30, 90)),
        calls_consent=dice.random() < 0.5,
        last_contact_at=dice.choice((None, moment())),
        created_at=moment(),
        updated_at=START,
        status=dice.choice(("open", "open", "closed", "merged")),
        qualification={
            key: {"answer": dice.choice(ANSWERS)}
            for key in ("fit", "project", "budget")
            if dice.random() < 0.6
        },
    )
    unit.session.add(lead)
    unit.session.flush()
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        unit.session.add(
            Response(
                lead_id=lead.id,
                offer=dice.choice(CODES["offer"]),
                rating=dice.choice(CODES["rating"]),
                inquiry_at=moment(),
                source=dice.choice(WORDS),
                event=dice.choice(WORDS),
                recorded_at=START,
            )
        )
    for goal in range(dice.choice((0, 1, 2))):
        unit.session.add(
            Enrolment(
                lead_id=lead.id,
                cadence=dice.choice(CODES["cadence"]),
                goal=str(goal),
                playbook_hash="",
                anchor=START,
                state=dice.choice(("active", "paused", "ended")),
                attempts=dice.choice((0, 1, 10)),
                contacts=dice.choice((0, 1)),
                created_at=START,
            )
        )
    unit.session.flush()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request, tmp_path_factory):
    """A filled store with what Python knows of each lead, once for each engine."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('conditions') / 'leadtui.db'}"
    else:
        url = new_postgres_url(request.getfixturevalue("postgres_server"))
    store = open_store(url, create=True, now=START)
    fill(store)
    with store.read() as session:
        everybody = {
            lead.id: facts_of(LeadSheet(session, lead, "UTC"))
            for lead in session.exec(select(Lead).order_by(Lead.id))
            if lead.status != "merged"
        }
    yield store, everybody, examples(150 if request.param == "sqlite" else 40)
    store.dispose()


def patterns():
    whole = st.sampled_from(
        [fold(word) for words in (WORDS, ANSWERS, *CODES.values()) for word in words]
    )
    cut = st.tuples(whole, st.integers(0, 6), st.integers(0, 6)).map(
        lambda x: f"{x[0][: x[1]]}*{x[0][x[2] :]}"
    )
    return st.one_of(whole, cut, st.sampled_from(["*", "**", "*%*", "*_*", "\\*", "*\\*", "\0"]))


def conditions():
    by_kind = {
        kind: [name for name, own in FIELDS.items() if own == kind]
        for kind in ("text", "number", "date", "bool")
    }
    ends = st.one_of(
        st.none(),
        st.sampled_from([number for number in NUMBERS if number is not None]),
        st.floats(-100, 6000),
    )
    ends = st.one_of(ends, st.integers(-(10**19), 10**19))
    texts = st.builds(
        TextIs,
        st.sampled_from(by_kind["text"]),
        st.lists(patterns(), min_size=1, max_size=3).map(tuple),
    )
    numbers = st.builds(
        NumberIs, st.sampled_from(by_kind["number"]), ends, ends, st.booleans(), st.booleans()
    )
    dates = st.builds(
        DateIs,
        st.sampled_from(by_kind["date"]),
        st.sampled_from([0, 1, 3, 12, 30, 90, 99999]),
        st.sampled_from([Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.WEEKS, Unit.MONTHS]),
        st.booleans(),
    )
    flags = st.builds(BoolIs, st.sampled_from(by_kind["bool"]), st.booleans())
    leaf = st.lists(st.one_of(texts, numbers, dates, flags), max_size=3).map(
        lambda tests: Condition(tuple(tests))
    )

    def nest(inner):
        return st.lists(
            st.one_of(
                st.builds(Not, inner),
                st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
                texts,
                numbers,
                dates,
            ),
            max_size=3,
        ).map(lambda tests: Condition(tuple(tests)))

    return st.recursive(leaf, nest, max_leaves=8)


def test_sql_and_python_agree_on_everybody(filled):
    """Whatever the condition, the database finds exactly the leads that Python would."""
    store, everybody, number = filled

    @settings(max_examples=number, suppress_health_check=list(HealthCheck))
    @given(conditions(), st.sampled_from([NOW, LATER]))
    def agree(condition, now):
        with store.read() as session:
            found = leads_matching(session, condition, now)
            assert count_matching(session, condition, now) == len(found)
        assert found == [
            lead_id for lead_id, facts in everybody.items() if matches(condition, facts, now)
        ]

    agree()


@pytest.mark.parametrize(
    "field", sorted(set(FIELDS) - {"segment", "webinar_topic", "sign", "rivals"})
)
def test_every_field_finds_somebody_and_not_everybody(filled, field):
    """No field of the vocabulary is forgotten in the translation."""
    store, everybody, _ = filled
    kind = FIELDS[field]
    value = {"text": "*", "number": ">= 1", "date": "within 60 days", "bool": "true"}[kind]
    condition = read_when(f"{field} = {value if kind == 'bool' else repr(value)}")
    with store.read() as session:
        found = leads_matching(session, condition, NOW)
    assert found == [
        lead_id for lead_id, facts in everybody.items() if matches(condition, facts, NOW)
    ]
    assert found
    assert len(found) < len(everybody) or field in {"persona", "stage"}


def test_a_page_is_cut_out_of_the_list(filled):
    """Pages follow each other by id without gap or double."""
    store, everybody, _ = filled
    everything = Condition()
    with store.read() as session:
        first = leads_matching(session, everything, NOW, limit=10)
        rest = leads_matching(session, everything, NOW, after=first[-1])
    assert [*first, *rest] == list(everybody)


def test_a_condition_is_read_as_it_is_written():
    """Both the bare and the braced form are read; a mistake says what is wrong."""
    assert read_when('offer = "trial", country = "US"') == read_when(
        '{ offer = "trial", country = "US" }'
    )
    with pytest.raises(WrongUse, match="no condition"):
        read_when("offer =")
    with pytest.raises(WrongUse, match="unknown key 'ofer'"):
        read_when('ofer = "trial"')
