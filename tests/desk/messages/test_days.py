"""Days in a text: as the calendar has them when it is sent, in the language of the text."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from leadtui.desk.calls.starting import Dial
from leadtui.desk.messages.days import ENGLISH, GERMAN, inquiry_day, moment_text, workdays
from tests.builders import MONDAY, a_desk, a_floor, a_lead, open_touch
from tests.desk.acting import answer, call, start

CHICAGO = ZoneInfo("America/Chicago")
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def weekday(day):
    """Open from Monday to Friday."""
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("now", "english", "german"),
    [
        (FRIDAY, ("Monday", "Tuesday"), ("am Montag", "am Dienstag")),
        (MONDAY, ("tomorrow", "Wednesday"), ("morgen", "am Mittwoch")),
    ],
)
def test_the_next_working_day_is_tomorrow_only_where_it_is(now, english, german):
    """On a Friday it is Monday."""
    assert workdays(ENGLISH, CHICAGO, now, weekday) == english
    assert workdays(GERMAN, CHICAGO, now, weekday) == german


def test_a_working_day_further_off_than_a_week_has_its_date():
    """A weekday alone would be another day."""
    opens = date(2027, 1, 4)
    found = workdays(ENGLISH, CHICAGO, datetime(2026, 12, 23, 16, tzinfo=UTC), lambda d: d >= opens)
    assert found == ("Monday, January 4", "Tuesday, January 5")


def test_a_calendar_that_never_opens_gives_no_day():
    """The message then lacks its field, and stays."""
    assert workdays(ENGLISH, CHICAGO, MONDAY, lambda _: False) == ("", "")


@pytest.mark.parametrize(
    ("ago", "english", "german"),
    [
        (timedelta(hours=1), "today", "heute"),
        (timedelta(days=1), "yesterday", "gestern"),
        (timedelta(days=3), "on Friday", "am Freitag"),
        (timedelta(days=11), "on November 12", "am 12. November"),
        (timedelta(days=400), "on October 19, 2025", "am 19. Oktober 2025"),
    ],
)
def test_the_day_of_an_inquiry_is_part_of_any_sentence(ago, english, german):
    """From today to another year."""
    assert inquiry_day(ENGLISH, MONDAY - ago, CHICAGO, MONDAY) == english
    assert inquiry_day(GERMAN, MONDAY - ago, CHICAGO, MONDAY) == german


def test_a_moment_in_german_has_german_names():
    """The zone too."""
    said = moment_text(GERMAN, datetime(2026, 7, 1, 8, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    assert said == "Mittwoch, 1. Juli, um 10:00 Uhr (MESZ)"


@pytest.fixture
def desk(tmp_path):
    made = a_desk(a_floor(tmp_path / "floor"))
    yield made
    made.close()


def test_mondays_call_to_fridays_inquiry_says_friday(desk):
    """Its script, and the e-mail beside it."""
    lead = a_lead(desk, offer="contact-us", rating="", inquiry_at=FRIDAY)
    question = desk.block.start(open_touch(desk, lead).id).question
    panel = desk.block.panel(question.id)
    assert panel.script.id == "inquiry-call-1-asked"
    assert "You asked us on Friday to get in touch" in panel.script.opening
    shown = desk.mail.preview(lead, None, "inquiry-missed-asked")
    assert "You asked us on Friday to get in touch" in shown.body


def test_a_text_speaks_of_the_calls_that_were_made_and_of_no_other(desk):
    """None, one, several, and one that was taken."""
    lead = a_lead(desk, offer="contact-us", rating="")

    def said():
        return desk.mail.preview(lead, None, "inquiry-missed").body

    assert "call you" not in said().split("\n")[2]
    running = start(desk, lead, dial=Dial(acknowledge=True))
    assert "did not reach" not in said()
    answer(desk, running, "NO_ANSWER")
    assert "I called you and did not reach you." in said()
    desk.context.clock.advance(hours=3)
    desk.tick()
    answer(desk, start(desk, lead))  # the e-mail between
    call(desk, lead, "NO_ANSWER")
    assert "I have called you a few times and did not reach you." in said()
    desk.context.clock.advance(hours=3)
    desk.tick()
    later = desk.context.now() + timedelta(days=1)
    call(desk, lead, "TALKED", note="Two servers.", next_action="Send the sheet", at=later)
    assert "did not reach" not in said()
    assert "nicht erreicht" not in desk.mail.preview(lead, None, "inquiry-missed-de").body
