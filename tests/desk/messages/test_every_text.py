"""Every text of the default playbook, filled in for every kind of lead on a Friday and a Monday."""

import re
from datetime import timedelta

import pytest

from leadtui.cadence.personas import variants
from leadtui.clock import FixedClock
from leadtui.desk.core.facts import sheet_of
from leadtui.desk.messages.texts import field_values, ground
from leadtui.mail.rendering import left_over, render
from leadtui.store.engine.tables import Lead, Rep
from tests.builders import MONDAY, a_desk, a_floor, a_lead
from tests.conftest import share

FRIDAY = MONDAY - timedelta(days=3)
PLACES = (("US", "CO", "+13035550142"), ("GB", "", "+442079460142"), ("DE", "BE", "+493023125142"))
OFFERS = (
    *("demo", "contact-us", "phone", "trial", "trade-show"),
    *("white-paper", "webinar", "newsletter", "visit"),
)
DATES = {"trial_ends": "2026-12-04T16:00:00+00:00", "demo_at": "2026-12-02T16:00:00+00:00"}
NEXT_DAY = re.compile(r"\b(?:tomorrow|morgen)\b")
HOLLOW = re.compile(
    r"^(?:Hello|Guten Tag)\s*[,.]|[^|\s] {2,}[^|\s]|\s[,.;?!](?:\s|$)|‹", re.MULTILINE
)


@pytest.fixture
def floor(tmp_path):
    """A desk on a Friday, and a lead of each place and offer: every other one with a first name,
    a company and an event, the others with as little as may be."""
    clock = FixedClock(FRIDAY)
    desk = a_desk(a_floor(tmp_path / "floor", now=FRIDAY), clock=clock)
    leads = []
    every = [(place, offer) for place in PLACES for offer in OFFERS]
    for number, (place, offer) in enumerate(every):
        country, region, phone = place
        leads.append(
            a_lead(
                desk,
                company="Brightwater Mutual" if number % 2 else "",
                phone=phone[:-3] + f"{number:03}",
                email=f"lead{number}@example.com",
                country=country,
                region=region,
                offer=offer,
                inquiry_at=FRIDAY - timedelta(days=number % 12),
            )
        )
    with desk.context.write() as unit:
        for number, ident in enumerate(leads):
            sheet = sheet_of(desk.context, unit.session, ident)
            sheet.lead.dates = DATES
            sheet.responses[0].event = "Midwest IT Expo" if number % 2 else ""
            sheet.lead.first_name = sheet.lead.first_name if number % 2 else ""
        unit.log("test")
    yield desk, clock, leads
    desk.close()


def texts_for(desk, lead, now):
    """(template, finished text) of every text that this lead can get."""
    with desk.context.store.read() as session:
        sheet = sheet_of(desk.context, session, lead)
        book, facts, _ = ground(desk.context, sheet, None)
        rep = session.get(Rep, desk.identity.id)
        for original in book.templates.values():
            if original.variant_of:
                continue
            (chosen, *_) = variants(book, original.kind, original.id, facts, now)
            values = field_values(desk.context, book, sheet, rep, now, chosen.language)
            yield chosen, render(chosen, values)


def test_no_text_is_hollow_or_speaks_of_another_day(floor):
    """No field is left, no name is missing, and tomorrow is a working day."""
    desk, clock, leads = floor
    tongues = set()
    for now in (FRIDAY, MONDAY):
        clock.at = now
        for lead in share(leads, 9):
            for template, done in texts_for(desk, lead, now):
                said = f"{done.subject}\n{done.body}"
                assert not left_over(said), (template.file, left_over(said))
                assert not HOLLOW.search(said), (template.file, HOLLOW.search(said), said)
                assert now == MONDAY or not NEXT_DAY.search(said), (template.file, said)
                tongues.add(template.language)
    assert tongues == {"", "de"}


def test_who_is_in_germany_is_written_to_in_german_and_others_are_not(floor):
    """The lead's own language goes before its country's; a text without a twin stays as it is."""
    desk, _, leads = floor
    american, _, german = (leads[number * len(OFFERS) + 4] for number in range(3))
    assert not desk.mail.preview(american, None, "").template.endswith("-de")
    shown = desk.mail.preview(german, None, "")
    assert shown.template.endswith("-de")
    assert shown.body.startswith("Guten Tag ")
    assert "reply with the word" not in shown.body
    with desk.context.write() as unit:
        unit.session.get(Lead, german).language = "en"
        unit.log("test")
    assert desk.mail.preview(german, None, "").body.startswith("Hello ")
