"""Templates are filled in whole, or it is known what is missing."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.reading.templates import LEAD_FIELDS
from leadtui.mail.rendering import (
    FALLBACKS,
    body_text,
    field_value,
    header_value,
    left_over,
    render,
)
from tests.mail.letters import HOSTILE, a_template

ALL = a_template(
    body="\n".join(f"${name} ${{{name}}}" for name in LEAD_FIELDS),
    subject=" ".join(f"${name}" for name in LEAD_FIELDS),
)
VALUES = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE))


def test_fields_are_filled_in_and_their_places_known():
    """What came from the lead is marked; what is the same in every message is not."""
    done = render(
        a_template("Dear $first_name of $company,\n$vendor\n"),
        {"first_name": "Jane", "company": "Kestrel", "vendor": "Halyard", "product": "Failover"},
    )

    assert done.body == "Dear Jane of Kestrel,\nHalyard\n"
    assert [done.body[start:end] for start, end in done.filled] == ["Jane", "Kestrel"]
    assert done.missing == ()


@pytest.mark.parametrize(("name", "fallback"), FALLBACKS.items())
def test_some_fields_may_be_empty(name, fallback):
    """A documented few have words to fall back on."""
    done = render(a_template(f"To ${name}."), {})

    assert done.body == f"To {fallback}."
    assert "product" in done.missing


def test_a_missing_field_is_named_and_never_leaves():
    """Nothing stands as `$name`: it is marked, listed, and found again before the message
    leaves."""
    done = render(
        a_template("It ends on $trial_ends.", subject="For $rep_phone"), {"trial_ends": " "}
    )

    assert done.body == "It ends on ‹trial_ends›."
    assert done.missing == ("rep_phone", "trial_ends")
    assert left_over(done.body) == ("trial_ends",)


def test_a_placeholder_typed_by_hand_is_found():
    """A rep who pastes a template's text has not filled it in."""
    assert left_over("Hello ${first_name}, it costs $500 or $link", ["link"]) == (
        "first_name",
        "link",
    )


def test_a_dollar_is_written_twice():
    """The playbook's own escape works."""
    assert render(a_template("$$5 a month"), {}).body == "$5 a month"


@given(st.dictionaries(st.sampled_from(LEAD_FIELDS), VALUES))
def test_no_value_leaves_a_field_or_breaks_a_line(values):
    """Whatever stands in a field: no second field, no mark, no control, no line of its own."""
    done = render(ALL, values)

    said = set(left_over(done.subject + done.body))
    assert said == set(done.missing)
    assert done.body.count("\n") == ALL.body.count("\n")
    assert "\n" not in done.subject
    assert not {unicodedata.category(char) for char in done.body if char != "\n"} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }
    assert not re.search(r"\$[A-Za-z_{]", done.subject + done.body)
    for start, end in done.filled:
        assert 0 <= start < end <= len(done.body)


@given(VALUES)
def test_a_value_is_on_one_line_and_names_no_field(value):
    """A cleaned value is what it is when it is cleaned again."""
    once = field_value(value)

    assert field_value(once) == once
    assert not left_over(once)
    assert header_value(once).count("=?") == 0


@given(st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_a_body_is_normal_once_and_for_all(text):
    """The hash of a body does not depend on how often it went through here."""
    assert body_text(body_text(text)) == body_text(text)
