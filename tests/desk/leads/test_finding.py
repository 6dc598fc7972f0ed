"""Somebody is found by what is typed, whoever has which keys."""

import pytest

from tests.builders import a_lead


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Jürgen Köhler", "kohler"),
        ("Jürgen Köhler", "jurgen kohl"),
        ("Zoë Tremblay", "zoe"),
        ("Ingrid Sørensen", "sorensen"),
        ("Łukasz Nowak", "lukasz"),
        ("José Peña", "pena"),
    ],
)
def test_a_name_is_found_without_its_accents(desk, name, typed):
    """With a ringing phone nobody looks for the umlaut, and somebody made twice is worse."""
    a_lead(desk, "Tom Weiss", company="Another")
    wanted = a_lead(desk, name, company="Brightwater")

    assert [one.id for one in desk.leads.find(typed)] == [wanted]
    assert [one.id for one in desk.leads.find(name)] == [wanted]
    assert desk.leads.find("kahler") == ()
