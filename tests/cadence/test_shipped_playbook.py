"""The playbook that ships, read and judged by the engine."""

from pathlib import Path

import pytest

from leadtui.cadence.diffing import diff
from leadtui.cadence.flow import ascii_chart, mermaid
from leadtui.cadence.model import Channel
from leadtui.cadence.personas import choose_cadence, matching_templates, persona_of, sla_minutes
from leadtui.cadence.reading._readers import Unfinished
from leadtui.cadence.reading.cadenceml import convert
from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from tests.cadence.books import NOW

DATA = Path(__file__).parents[2] / "data"


def shipped() -> dict[str, str]:
    """Path -> text of the default playbook, with the legal hours where the loader expects them."""
    folders = {DATA / "playbook": "", DATA / "calling": "calling/"}
    return {
        prefix + path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for folder, prefix in folders.items()
        for path in folder.rglob("*.*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_it_has_no_problem():
    """What we ship passes the check that everybody's playbook must pass."""
    assert [str(problem) for problem in problems(shipped())] == []


def test_every_cadence_is_there():
    """The cadences of the default process, and nothing differs from itself."""
    book = load(shipped())

    assert {
        *(
            "trial",
            "white-paper",
            "demo-executive",
            "demo-technical",
            "post-demo",
            "inquiry",
            "trade-show",
        ),
        *(
            "nurture-12-month",
            "weekly-nurture",
            "monthly-letter",
            "quarterly-note",
            "negotiation",
            "post-sale",
        ),
    } <= set(book.cadences)
    assert diff(book, load(shipped())) == ()


@pytest.mark.parametrize(
    ("facts", "cadence"),
    [
        ({"offer": "trial"}, "trial"),
        ({"offer": "white-paper"}, "white-paper"),
        ({"offer": "contact-us"}, "inquiry"),
        ({"offer": "trade-show", "rating": "hot"}, "trade-show"),
        ({"offer": "demo", "persona": "c_level"}, "demo-executive"),
        ({"offer": "demo", "persona": "it_staff"}, "demo-technical"),
        ({}, "nurture-12-month"),
    ],
)
def test_the_tree_sends_each_response_its_way(facts, cadence):
    """The activity tree finds the cadence of each offer."""
    assert choose_cadence(load(shipped()), facts, NOW) == cadence


@pytest.mark.parametrize(
    ("facts", "agreed"),
    [
        ({"offer": "contact-us"}, (5, False)),
        ({"offer": "demo"}, (5, False)),
        ({"offer": "trade-show", "rating": "hot"}, (60, False)),
        ({"offer": "trade-show", "rating": "warm"}, (240, False)),
        ({"offer": "trade-show", "rating": ""}, (240, False)),
        ({"offer": "trade-show"}, (240, False)),
        ({"offer": "trade-show", "rating": "cold"}, (960, False)),
        ({"offer": "trial"}, (240, True)),
    ],
)
def test_first_touches_are_agreed(facts, agreed):
    """Five minutes for an inquiry, an hour for a hot badge, two days for a cold one, from the plan
    for a trial."""
    assert sla_minutes(load(shipped()), {**facts, "cadence": facts["offer"]}, NOW) == agreed


@pytest.mark.parametrize(
    ("title", "persona"),
    [("CIO", "c_level"), ("Storage Administrator", "it_staff"), ("IT Manager", "management")],
)
def test_titles_are_known(title, persona):
    """The titles of the field have their persona."""
    assert persona_of(title, load(shipped()).personas) == persona


def test_every_call_has_words():
    """A rep never dials without a script on the screen."""
    book = load(shipped())

    for cadence in book.cadences.values():
        calls = [step for step in cadence.steps if step.channel is Channel.CALL]
        assert all(step.script for step in calls), cadence.name
        assert not calls or matching_templates(book, "script", cadence.name, {}, NOW)


def test_every_cadence_can_be_drawn():
    """Charts fit a page and hold every step."""
    for cadence in load(shipped()).cadences.values():
        chart = ascii_chart(cadence)

        assert max(map(len, chart.split("\n"))) <= 100
        assert mermaid(cadence).count("\n") > len(cadence.steps)


def test_a_converted_cadence_joins_it():
    """A public cadence can be merged into the default playbook as it is."""
    made = convert(
        (
            "7x7:\n  cadence:\n    1:\n      - {channel: email, title: Intro, notes: Short}\n     "
            " - {channel: "
            "call}"
        ),
        "7x7",
    )

    found = problems({**shipped(), **made})
    assert [one for one in found if not isinstance(one, Unfinished)] == []
