"""Does this lead match? The laws of the one condition format."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.conditions import (
    FIELDS,
    DateIs,
    Not,
    NumberIs,
    TextIs,
    cutoff,
    fold,
    like,
    matches,
    parse,
    read,
)
from leadtui.cadence.model import Unit
from leadtui.cadence.reading._proofs import implies, never
from leadtui.cadence.sources.places import Place
from leadtui.errors import PlaybookError
from leadtui.text import fold as text_fold
from tests.cadence.books import NOW

WORDS = st.sampled_from(["trial", "demo", "Trial", "TRI", "", "*", "tri*", "*l", "É", "ß"])
NUMBERS = st.integers(-1000, 1000)


def leaves() -> st.SearchStrategy[dict]:
    """One test as a playbook writes it."""
    return st.one_of(
        st.fixed_dictionaries({"offer": WORDS}),
        st.fixed_dictionaries({"title": st.lists(WORDS, min_size=1, max_size=3)}),
        st.fixed_dictionaries(
            {
                "employees": st.builds(
                    "{} {}".format, st.sampled_from([">=", "<", ">", "<="]), NUMBERS
                )
            }
        ),
        st.fixed_dictionaries(
            {"score": st.builds(lambda a, b: f"{min(a, b)}..{max(a, b)}", NUMBERS, NUMBERS)}
        ),
        st.fixed_dictionaries(
            {"inquiry_at": st.sampled_from(["within 6 months", "older than 1 year"])}
        ),
        st.fixed_dictionaries({"consent": st.booleans()}),
    )


TABLES = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
    ),
    max_leaves=6,
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "offer": st.one_of(st.none(), WORDS),
        "title": WORDS,
        "employees": st.one_of(st.none(), NUMBERS),
        "score": NUMBERS,
        "inquiry_at": st.datetimes(
            datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)
        ),
        "consent": st.one_of(st.none(), st.booleans()),
    },
)


@given(TABLES, FACTS)
def test_not_is_the_opposite(table, facts):
    """`not` turns every answer round, that on a missing fact too."""
    assert matches(parse({"not": table}), facts, NOW) is not matches(parse(table), facts, NOW)


@given(TABLES, TABLES, FACTS)
def test_any_is_one_or_the_other(one, other, facts):
    """`any` holds exactly when one of its conditions does."""
    expected = matches(parse(one), facts, NOW) or matches(parse(other), facts, NOW)

    assert matches(parse({"any": [one, other]}), facts, NOW) is expected


@given(TABLES, TABLES, FACTS)
def test_all_keys_must_match(one, other, facts):
    """Two keys in a table are both asked, as the opposite of either failing."""
    both = {"not": {"any": [{"not": one}, {"not": other}]}}

    assert matches(parse(both), facts, NOW) is (
        matches(parse(one), facts, NOW) and matches(parse(other), facts, NOW)
    )


@given(TABLES, FACTS)
def test_what_can_never_hold_never_does(table, facts):
    """A condition that is called impossible matches nobody."""
    if never(parse(table)):
        assert not matches(parse(table), facts, NOW)


@given(TABLES, TABLES, FACTS)
def test_what_is_implied_holds_too(one, other, facts):
    """Whoever matches a condition matches what it implies."""
    if implies(parse(one), parse(other)) and matches(parse(one), facts, NOW):
        assert matches(parse(other), facts, NOW)


@given(
    st.dictionaries(
        st.text(max_size=12),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from([*FIELDS, "not", "any", "x"]), inner, max_size=3)
            ),
            max_leaves=5,
        ),
    )
)
def test_any_table_is_read_or_refused(table):
    """Whatever stands in a table, the answer is a condition or one sentence with its place."""
    problems: list[PlaybookError] = []
    condition = read(table, Place("sla.toml", line=3), problems)

    assert matches(condition, {}, NOW) in (True, False)
    assert all(str(problem).startswith("sla.toml:3: ") for problem in problems)
    assert not any("\n" in str(problem) for problem in problems)


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=10))
def test_a_wildcard_stands_for_any_run(pattern, text):
    """`*` means what it means in file names, over the whole text."""
    assert like(pattern, text) is fnmatchcase(text, pattern)


def test_a_wildcard_is_never_slow():
    """Many wildcards on a long text take no time worth speaking of."""
    assert not like("*a" * 40 + "*b", "a" * 50_000)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    """A twin column can be folded again without harm, and case is gone."""
    assert fold(fold(text)) == fold(text)
    assert unicodedata.is_normalized("NFKC", fold(text))


@given(st.text() | st.text("aÄß\u0345\u1e9eΣς İıﬃ \t\u00a0"))
def test_names_and_conditions_fold_alike(text):
    """What is searched by and what conditions compare differ in spaces alone."""
    assert text_fold(text) == " ".join(fold(text).split())


@pytest.mark.parametrize(
    ("one", "other"), [("É", "e\u0301"), ("STRASSE", "Straße"), ("ＣＩＯ", "cio"), ("ΣΑΣ", "σας")]
)
def test_texts_compare_folded(one, other):
    """What people read as the same word is the same word."""
    assert matches(parse({"company": one}), {"company": other}, NOW)


@pytest.mark.parametrize(
    ("written", "hits", "misses"),
    [
        (">= 200", [200, 201.5, Decimal(200)], [199, "200", True, None]),
        ("> 200", [201], [200]),
        ("<10", [9, -5], [10]),
        ("<= 1_000", [1000], [1001]),
        ("100..500", [100, 500], [99, 501]),
        ("1,000", [1000], [1001, 1]),
        (60, [60, 60.0], [61]),
        ([10, ">= 100"], [10, 150], [11]),
    ],
)
def test_numbers_compare(written, hits, misses):
    """Comparison, range, equality and lists of them; a text or a truth value is no number."""
    condition = parse({"employees": written})

    assert [matches(condition, {"employees": hit}, NOW) for hit in hits] == [True] * len(hits)
    assert [matches(condition, {"employees": miss}, NOW) for miss in misses] == [False] * len(
        misses
    )


def test_dates_compare_with_now():
    """A month is a calendar month, a year twelve of them, and the very beginning is within."""
    within, older = (
        parse({"inquiry_at": "within 6 months"}),
        parse({"inquiry_at": "older than 1 year"}),
    )
    edge = datetime(2026, 5, 23, 15, 0, tzinfo=UTC)

    assert matches(within, {"inquiry_at": edge}, NOW)
    assert not matches(within, {"inquiry_at": edge - timedelta(microseconds=1)}, NOW)
    assert matches(older, {"inquiry_at": date(2025, 11, 23)}, NOW)
    assert not matches(older, {"inquiry_at": datetime(2025, 11, 23, 15, 0)}, NOW)
    assert not matches(older, {"inquiry_at": "2020-01-01"}, NOW)


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 99_999),
    st.sampled_from(["minute", "hour", "days", "weeks", "month", "years"]),
)
def test_a_date_is_either_within_or_older(moment, amount, unit):
    """Of `within` and `older than` the same span exactly one holds, however long it is."""
    facts = {"created_at": moment}

    assert matches(parse({"created_at": f"within {amount} {unit}"}), facts, NOW) is not matches(
        parse({"created_at": f"older than {amount} {unit}"}), facts, NOW
    )


def test_the_end_of_a_month_stays_in_its_month():
    """One month before 31 March is the end of February."""
    now = datetime(2024, 3, 31, 9, 0, tzinfo=UTC)

    assert cutoff(DateIs("created_at", 1, Unit.MONTHS), now) == datetime(
        2024, 2, 29, 9, 0, tzinfo=UTC
    )


def test_a_missing_fact_is_false_and_its_opposite_true():
    """Nothing is known of nothing; an empty text is known to be empty."""
    assert not matches(parse({"rating": ""}), {}, NOW)
    assert not matches(parse({"rating": "*"}), {"rating": None}, NOW)
    assert matches(parse({"not": {"rating": "hot"}}), {}, NOW)
    assert matches(parse({"rating": ""}), {"rating": ""}, NOW)


def test_one_of_many_facts_is_enough():
    """A lead in several segments is in each of them."""
    assert matches(parse({"segment": "banks"}), {"segment": ("Hospitals", "Banks")}, NOW)
    assert not matches(parse({"segment": "*"}), {"segment": ()}, NOW)


def test_tests_are_plain_values():
    """What SQL is made from can be compared, and says what was written."""
    condition = parse({"offer": ["Trial", "TRIAL"], "employees": "< 10", "not": {"country": "US"}})

    assert condition.tests == (
        TextIs("offer", ("trial",)),
        NumberIs("employees", None, 10, include_high=False),
        Not(parse({"country": "US"})),
    )
    assert (
        condition.source
        == 'offer = ["Trial", "TRIAL"], employees = "< 10", not = { country = "US" }'
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"offr": "trial"}, "unknown key 'offr' in a condition; did you mean 'offer'?"),
        ({"any": [{}, {"ofer": "x"}]}, "unknown key 'ofer' in a condition; did you mean 'offer'?"),
        (
            {"employees": "many"},
            (
                "employees = 'many' is not a number test; write a number, '>= 200', '< 10' or "
                "'100..500'"
            ),
        ),
        (
            {"employees": "500..100"},
            "employees = '500..100' can never hold; put the smaller number first",
        ),
        (
            {"inquiry_at": "6 months"},
            (
                "inquiry_at = '6 months' is not a date test; write 'within 6 months' or 'older "
                "than 1 year'"
            ),
        ),
        ({"consent": "yes"}, "consent = 'yes' is not a bool test; write true or false"),
        (
            {"offer": 3},
            (
                "offer = 3 is not a text test; write a text or a list of texts, "
                "'*' stands for anything"
            ),
        ),
        (
            {"offer": []},
            (
                "offer = [] is not a text test; write a text or a list of texts, '*' stands for "
                "anything"
            ),
        ),
        ({"any": []}, "any = [] is not a list of conditions; write [ {…}, {…} ]"),
        ({"not": "trial"}, "not = 'trial' is not a condition; write { offer = \"trial\" }"),
        (
            {"score": float("inf")},
            "score = inf is not a number test; write a number, '>= 200', '< 10' or '100..500'",
        ),
    ],
)
def test_a_mistake_is_one_sentence(table, message):
    """What is wrong, where, and what to write instead."""
    with pytest.raises(PlaybookError) as caught:
        parse(table, file="activity-tree.toml", line=7)

    assert str(caught.value) == f"activity-tree.toml:7: {message}"


def test_nesting_has_an_end():
    """A condition deeper than anybody reads is refused, not run out of stack."""
    table: dict = {"offer": "trial"}
    for _ in range(200):
        table = {"not": table}

    with pytest.raises(PlaybookError, match="deeper than 8 levels"):
        parse(table)


@pytest.mark.parametrize(
    "table",
    [
        {"not": {}},
        {"offer": "trial", "not": {"offer": "tri*"}},
        {"any": [{"not": {}}, {"not": {"any": [{}]}}]},
    ],
)
def test_contradictions_are_seen(table):
    """A condition that excludes itself is known to match nobody."""
    assert never(parse(table))
