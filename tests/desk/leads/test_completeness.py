"""What is not known of leads: listed, counted by rep, and filled in by a program of the floor's."""

import json
import sys
from dataclasses import replace

import pytest

from leadtui.cadence.reading import _policy
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.store import completeness
from tests.builders import a_lead

WANTED = ("phone", "email", "title", "company", "country")


def gaps(desk, rep=""):
    """Lead -> what is not known of it."""
    return {one.lead: one.lacks for one in desk.leads.incomplete(rep).first}


def enrich(desk, program, *leads):
    """Ask a program that is one line of Python."""
    command = f"{sys.executable} -c '{program}'"
    desk.context.settings = replace(desk.context.settings, enrich=command)
    return list(desk.leads.enrich(leads))


def test_every_field_that_may_be_wanted_can_be_looked_up():
    """One that is not would be asked of every lead for ever."""
    assert set(_policy.KNOWLEDGE) == set(completeness.KNOWN)


def test_what_is_not_known_is_listed_and_counted(desk, other):
    """A number that is wrong is not known; a lead of which all is known is not listed."""
    whole = a_lead(desk, "Jane Okafor")
    bare = a_lead(desk, "Tom Weiss", title="", company="", email="", offer="phone")
    theirs = a_lead(other, "Ana Duarte", phone="", email="ana@x.example")

    found = desk.leads.incomplete()
    assert found.wanted == WANTED
    assert gaps(desk) == {bare: ("email", "title", "company"), theirs: ("phone",)}
    assert gaps(desk, "ali") == {theirs: ("phone",)}
    assert {one.rep: (one.leads, one.share) for one in found.reps} == {
        "Dana Reyes": (2, pytest.approx(0.7)),
        "Ali Haddad": (1, pytest.approx(0.8)),
    }
    assert desk.leads.lacking(whole) == ()


def test_a_program_fills_in_what_is_not_known_and_nothing_else(desk):
    """It hears what is known and what is not; what it says of known fields, and what cannot be
    read, is left out with its reason."""
    lead = a_lead(desk, "Tom Weiss", title="", company="Kestrel Freight")
    said = {
        "title": "CIO",
        "company": "Other Ltd",
        "employees": "many",
        "website": "kestrel.example",
        "shoe": 9,
        "city": ["x"],
    }
    program = (
        "import json,sys; told=json.load(sys.stdin); "
        f'assert told["lacks"]==["title"], told; print({json.dumps(json.dumps(said))})'
    )
    (done,) = enrich(desk, program, lead)

    assert done.filled == ("title", "website")
    assert done.left["company"] == "known already"
    assert "many" in done.left["employees"]
    assert done.left["shoe"] == "no field that is filled in"
    assert done.left["city"] == "no text and no number"
    assert desk.block.lead(lead).title == "CIO"
    assert desk.block.lead(lead).company == "Kestrel Freight"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(3)", "ended with code 3"),
        ("print(1)", "no object of field and value"),
        ("print(1, 2)", "no JSON"),
    ],
)
def test_a_program_that_fails_changes_nothing(desk, program, said):
    """One sentence: which program, which lead, what it did."""
    lead = a_lead(desk, "Tom Weiss", title="")

    with pytest.raises(LeadtuiError, match=said):
        enrich(desk, program, lead)
    assert desk.block.lead(lead).title == ""


def test_without_a_program_it_is_said_where_to_name_one(desk):
    """Nothing is guessed."""
    with pytest.raises(WrongUse, match=r"\[data\] enrich"):
        list(desk.leads.enrich((1,)))


def test_a_program_fills_in_a_colleagues_lead_and_it_is_no_reps_change(desk, other):
    """It stands among the exceptions as enrichment, and in the history as the program's."""
    lead = a_lead(desk, "Tom Weiss", title="")
    said = json.dumps({"title": "CIO", "website": "kestrel.example"})
    enrich(other, f"print({json.dumps(said)})", lead)
    told = [line.words for line in desk.supervise.exceptions() if line.rep == "Ali Haddad"]
    desk.supervise.close()
    assert told == ["2 facts filled in by the floor's program (enrichment)"]
    kinds = [line.kind for line in desk.block.history(lead)]
    assert "filled in by the floor's program" in kinds
    assert "changed" not in kinds
