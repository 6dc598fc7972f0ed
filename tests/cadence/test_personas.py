"""Persona, cadence, response time and texts for a lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.model import Persona
from leadtui.cadence.personas import (
    choose_cadence,
    matching_templates,
    persona_of,
    sla_minutes,
    variants,
)
from leadtui.cadence.reading.loading import load
from tests.cadence.books import FILES, NOW, files

PERSONAS = (
    Persona("c_level", "Executive", ("chief *", "cio", "*, cto")),
    Persona("it_staff", "IT staff", ("*administrator*",)),
    Persona("other", "Other", ("*",)),
)


@pytest.mark.parametrize(
    ("title", "persona"),
    [
        ("CIO", "c_level"),
        ("Chief  Information\tOfficer ", "c_level"),
        ("ＣＩＯ", "c_level"),
        ("Deputy CIO", "other"),
        ("Chief Administrator", "c_level"),
        ("Senior System Administrator II", "it_staff"),
        ("", "other"),
    ],
)
def test_a_title_makes_a_persona(title, persona):
    """The whole title counts, without case and width of blanks; the first persona that fits
    wins."""
    assert persona_of(title, PERSONAS) == persona


@given(st.text())
def test_every_title_has_a_persona(title):
    """Whatever stands on a badge, it is somebody; without any pattern it is `other`."""
    assert persona_of(title, PERSONAS) in {"c_level", "it_staff", "other"}
    assert persona_of(title, ()) == "other"


def test_the_first_rule_of_the_tree_wins():
    """A large company's trial goes one way, everybody else the last."""
    book = load(files())

    assert choose_cadence(book, {"offer": "trial", "employees": 500}, NOW) == "trial"
    assert choose_cadence(book, {"offer": "trial"}, NOW) == "nurture"


def test_the_response_time_is_the_first_that_fits():
    """Minutes and what they count from; no agreement is no minutes."""
    book = load(files())

    assert sla_minutes(book, {"offer": "trial"}, NOW) == (240, True)
    assert sla_minutes(book, {"offer": "webinar"}, NOW) == (0, False)


def a_text(title: str, **keys: str) -> str:
    """An e-mail with more front matter, as raw TOML."""
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return f"+++\ntitle = '{title}'\nsubject = 'x'\n{more}+++\nHello\n"


def test_the_closest_text_comes_first():
    """Texts of this cadence go before texts for all, and among them the one made for such a
    lead."""
    book = load(
        files(
            {
                "emails/all.md": a_text("For all"),
                "emails/other.md": a_text("Elsewhere", cadences="['nurture']"),
                "emails/bank.md": a_text(
                    "Banks", variant_of="'welcome'", when="{ industry = '*bank*' }"
                ),
                "emails/us.md": a_text("US", variant_of="'welcome'", when="{ country = 'US' }"),
            }
        )
    )

    def ids(**facts: str) -> list[str]:
        return [template.id for template in matching_templates(book, "email", "trial", facts, NOW)]

    assert ids() == ["welcome", "all"]
    assert ids(industry="Banking") == ["bank", "welcome", "all"]
    assert [text.id for text in variants(book, "email", "welcome", {"country": "us"}, NOW)] == [
        "us",
        "welcome",
    ]
    assert [text.id for text in matching_templates(book, "objection", "trial", {}, NOW)] == [
        "price"
    ]
    assert (
        matching_templates(book, "letter", "no-such-cadence", {}, NOW)[0].body
        == FILES["letters/hello.md"].split("\n")[3]
    )
